"""Arguments of a call: read with tolerance, checked against the schema of the tool."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, cast

from glmdesk.domain.tools import BUILT_IN, ToolFault, ToolSpec

_FENCE = re.compile(r"^\s*```[\w-]*\s*\n(.*?)\n?\s*```\s*$", re.DOTALL)
_TRAILING = re.compile(r",(\s*[}\]])")
_NAMED = ("properties", "$defs", "definitions", "dependentSchemas")  # their keys are names, not keywords
_MOST_FAULTS = 5
_LONGEST = 4_000_000  # characters


def parse_arguments(text: str) -> dict[str, Any]:
    """The JSON object in `text`: '' is {}; fences, line breaks in strings, trailing commas, an object in a string and
    words after the object are forgiven. Raises ToolFault with what is wrong."""
    if not text.strip():
        return {}
    if len(text) > _LONGEST:
        raise ToolFault("The arguments are too long.")
    value = _read(text)
    if isinstance(value, str):
        value = _read(value)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ToolFault(f"The arguments must be a JSON object, not {_kind(value)}.")
    return cast("dict[str, Any]", value)


def _read(text: str) -> Any:
    fenced = _FENCE.match(text)
    text = (fenced[1] if fenced else text).strip()
    decoder = json.JSONDecoder(strict=False)
    first: ValueError | None = None
    for candidate in (text, _TRAILING.sub(r"\1", text)):
        try:
            return decoder.raw_decode(candidate)[0]
        except RecursionError:
            raise ToolFault("The arguments are nested too deeply.") from None
        except ValueError as error:
            first = first or error
    raise ToolFault(f"The arguments are not valid JSON: {first}. Call the tool again with valid JSON.")


def _kind(value: object) -> str:
    if isinstance(value, list):
        return "an array"
    return "a string" if isinstance(value, str) else "a number or a boolean"


def check_arguments(spec: ToolSpec, arguments: Mapping[str, Any]) -> None:
    """Raises ToolFault that names every wrong place. Remote references are never fetched."""
    if not spec.parameters:
        return
    import jsonschema
    from jsonschema.exceptions import relevance

    from glmdesk.domain.schema_faults import fault_of

    try:
        validator = _validator(spec)
        errors = sorted(validator.iter_errors(dict(arguments)), key=lambda e: [str(p) for p in e.absolute_path])
    except jsonschema.SchemaError as error:
        raise ToolFault(f"The schema of {spec.name} is invalid: {error.message}") from None
    except RecursionError:
        raise ToolFault("The arguments are nested too deeply.") from None
    except Exception as error:  # a reference that cannot be resolved comes as many types
        raise ToolFault(f"The schema of {spec.name} cannot be used: {type(error).__name__}") from None
    if errors:
        first = errors[:_MOST_FAULTS]
        lines = [f"- {error.json_path}: {error.message[:300]}" for error in first]
        faults = [fault_of(error, relevance) for error in first]
        raise ToolFault("The arguments do not fit the schema:\n" + "\n".join(lines), faults=faults)


def _validator(spec: ToolSpec) -> Any:
    import referencing
    from jsonschema import Draft202012Validator, validators

    # A server's pattern against a model's text can keep the one interpreter busy for ever.
    own = spec.origin == BUILT_IN
    schema: Any = dict(spec.parameters) if own else without_patterns(spec.parameters)
    kind: Any = validators.validator_for(schema, default=Draft202012Validator)  # pyright: ignore[reportUnknownMemberType]
    kind.check_schema(schema)
    registry: Any = cast("Any", referencing).Registry()  # knows no other documents and fetches none
    return kind(schema, registry=registry)


def without_patterns(schema: object) -> Any:
    """`schema` without regular expressions, and without rules that need them."""
    if isinstance(schema, list):
        return [without_patterns(item) for item in cast("list[object]", schema)]
    if not isinstance(schema, Mapping):
        return schema
    found = cast("Mapping[str, object]", schema)
    dropped = {"pattern", "patternProperties"}
    if "patternProperties" in found:
        dropped |= {"additionalProperties", "unevaluatedProperties"}
    return {key: _below(key, value) for key, value in found.items() if key not in dropped}


def _below(key: str, value: object) -> Any:
    if key in _NAMED and isinstance(value, Mapping):
        named = cast("Mapping[str, object]", value)
        return {name: without_patterns(item) for name, item in named.items()}
    if key in ("enum", "const", "default", "examples"):
        return value
    return without_patterns(value)
