"""JSON Schemas as texts: read with line and column, made from an example or from a form."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, cast

from glmdesk.domain.json_places import Path, line_and_column, places
from glmdesk.domain.patterns import is_safe

DRAFT = "https://json-schema.org/draft/2020-12/schema"
LONGEST = 128 * 1024  # characters of a schema
DEEPEST = 48
MOST_VALUES = 8_000
_MOST_PROBLEMS = 20
_NAMED = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")  # keys are names
_VALUES = ("enum", "const", "default", "examples")  # what is inside is no schema
Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a schema's text. `text_id` and `args` make the sentence; line and column count from 1."""

    text_id: str
    args: Mapping[str, str] = field(default_factory=dict[str, str])
    line: int = 1
    column: int = 1


class SchemaUnusable(ValueError):
    """A schema that cannot be used; `problems` is not empty."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems[0].text_id)
        self.problems = tuple(problems)


def read_schema(text: str) -> Schema:
    """The schema in a text. Raises SchemaUnusable with every place that is wrong.

    Only draft 2020-12, only references into the schema itself, only patterns that end, and limits on size and depth.
    """
    if len(text) > LONGEST:
        raise SchemaUnusable([Problem("structured.schema.too_long", {"limit": str(LONGEST // 1024)})])
    value = parse_json(text)
    if not isinstance(value, dict):
        raise SchemaUnusable([Problem("structured.schema.not_object")])
    wrong = list(islice(_problems(cast("Schema", value)), _MOST_PROBLEMS))
    if wrong:
        known = places(text)
        raise SchemaUnusable([Problem(text_id, args, *_place(text, path, known)) for path, text_id, args in wrong])
    return cast("Schema", value)


def parse_json(text: str) -> Any:
    """The value of a JSON text. Raises SchemaUnusable with the place of the mistake."""
    if not text.strip():
        raise SchemaUnusable([Problem("structured.schema.empty")])
    try:
        return json.loads(text.lstrip("\ufeff"), parse_constant=_refuse)
    except json.JSONDecodeError as error:
        key = _KINDS.get(error.msg, "syntax")
        problem = Problem(f"structured.json.{key}", {"detail": error.msg}, error.lineno, error.colno)
        raise SchemaUnusable([problem]) from None
    except RecursionError:
        raise SchemaUnusable([Problem("structured.schema.too_deep", {"limit": str(DEEPEST)})]) from None
    except ValueError as error:
        raise SchemaUnusable([Problem("structured.json.number", {"detail": str(error)[:80]})]) from None


_KINDS = {
    "Expecting property name enclosed in double quotes": "name",
    "Illegal trailing comma before end of object": "trailing",
    "Illegal trailing comma before end of array": "trailing",
    "Expecting ',' delimiter": "comma",
    "Expecting ':' delimiter": "colon",
    "Expecting value": "value",
    "Unterminated string starting at": "open_string",
    "Extra data": "extra",
    "Invalid control character at": "control",
    "Invalid \\escape": "escape",
}


def _refuse(word: str) -> float:
    raise ValueError(word)


def place_of(text: str, path: Path) -> tuple[int, int]:
    """Line and column of the value at a path, or of the nearest one around it."""
    return _place(text, path, places(text))


def _place(text: str, path: Path, known: Mapping[Path, int]) -> tuple[int, int]:
    while path and path not in known:
        path = path[:-1]
    return line_and_column(text, known.get(path, 0))


def _problems(schema: Schema) -> Iterator[tuple[Path, str, dict[str, str]]]:
    size, too_deep = _measure(schema)
    if size > MOST_VALUES:
        yield (), "structured.schema.too_many", {"limit": str(MOST_VALUES)}
        return
    if too_deep is not None:
        yield too_deep, "structured.schema.too_deep", {"limit": str(DEEPEST)}
        return
    draft = schema.get("$schema", DRAFT)
    if not isinstance(draft, str) or draft.rstrip("#") != DRAFT:
        yield ("$schema",), "structured.schema.draft", {"draft": str(draft)[:80]}
    for path, rules in _schemas(schema, ()):
        yield from _rule_problems(path, rules)


def _rule_problems(path: Path, rules: Schema) -> Iterator[tuple[Path, str, dict[str, str]]]:
    for key in ("$ref", "$dynamicRef"):
        target = rules.get(key)
        if isinstance(target, str) and not target.startswith("#"):
            yield (*path, key), "structured.schema.remote", {"target": target[:120]}
    patterns = [rules.get("pattern")]
    named = rules.get("patternProperties")
    keys = list(cast("Schema", named)) if isinstance(named, dict) else []
    for pattern in (*patterns, *keys):
        if isinstance(pattern, str) and not is_safe(pattern):
            place = (*path, "pattern") if pattern in patterns else (*path, "patternProperties", pattern)
            yield place, "structured.schema.pattern", {"pattern": pattern[:80]}


def _schemas(value: object, path: Path) -> Iterator[tuple[Path, Schema]]:
    """Every schema inside a schema, itself first. What stands under `enum` and its like is data."""
    if isinstance(value, list):
        for index, item in enumerate(cast("list[object]", value)):
            yield from _schemas(item, (*path, index))
    if not isinstance(value, dict):
        return
    rules = cast("Schema", value)
    yield path, rules
    for key, inner in rules.items():
        if key in _NAMED and isinstance(inner, dict):
            for name, item in cast("Schema", inner).items():
                yield from _schemas(item, (*path, key, name))
        elif key not in _VALUES:
            yield from _schemas(inner, (*path, key))


def _measure(value: object) -> tuple[int, Path | None]:
    """(how many values there are, the path of one that lies too deep)."""
    size, waiting = 0, [(value, cast("Path", ()))]
    while waiting:
        at, path = waiting.pop()
        size += 1
        if len(path) > DEEPEST:
            return size, path
        if isinstance(at, dict):
            waiting += [(item, (*path, key)) for key, item in cast("Schema", at).items()]
        elif isinstance(at, list):
            waiting += [(item, (*path, index)) for index, item in enumerate(cast("list[object]", at))]
    return size, None


def schema_text(schema: Mapping[str, Any]) -> str:
    """A schema as it stands in the editor."""
    return json.dumps(schema, ensure_ascii=False, indent=2)


# From an example


def schema_from_example(value: object) -> Schema:
    """The narrowest plain schema that an example fits; several rows of a list are read together."""
    return _merged([value])


def _merged(values: Sequence[object]) -> Schema:
    kinds = list(dict.fromkeys(type_name(value) for value in values))
    if "integer" in kinds and "number" in kinds:
        kinds.remove("integer")
    made: Schema = {"type": kinds[0] if len(kinds) == 1 else kinds} if kinds else {}
    objects = [cast("Schema", value) for value in values if isinstance(value, dict)]
    if objects:
        made.update(_object_rules(objects))
    items = [item for value in values if isinstance(value, list) for item in cast("list[object]", value)]
    if "array" in kinds:
        made["items"] = _merged(items)
    return made


def _object_rules(objects: Sequence[Schema]) -> Schema:
    names = list(dict.fromkeys(name for value in objects for name in value))
    properties = {name: _merged([value[name] for value in objects if name in value]) for name in names}
    required = [name for name in names if all(name in value for value in objects)]
    rules: Schema = {"properties": properties}
    if required:
        rules["required"] = required
    rules["additionalProperties"] = False
    return rules


def type_name(value: object) -> str:
    """The JSON Schema type of a parsed value; 1.0 is a number here, so that an example may say so."""
    if isinstance(value, bool):
        return "boolean"
    for kind, name in ((str, "string"), (int, "integer"), (float, "number"), (dict, "object"), (list, "array")):
        if isinstance(value, kind):
            return name
    return "null"


def wants_object(schema: Mapping[str, Any]) -> bool:
    """Whether `response_format: json_object` fits the root (glm-api.md §2 knows no other JSON mode)."""
    kind = schema.get("type")
    kinds = cast("list[object]", kind) if isinstance(kind, list) else [kind]
    return kind is None or "object" in kinds
