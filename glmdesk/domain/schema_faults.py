"""What a validator of JSON Schemas finds, as `SchemaFault`s; the validator itself stays outside."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from glmdesk.domain.json_schema import type_name
from glmdesk.domain.structured import SchemaFault

_SHOWN = 80  # characters of a value in a sentence


def fault_of(error: Any, relevance: Any) -> SchemaFault:
    """A `jsonschema.ValidationError` as the place that comes nearest to fitting; `relevance` is jsonschema's own."""
    nearest = _closest(error, relevance)
    return SchemaFault(tuple(nearest.absolute_path), str(nearest.validator), _args(nearest))


def _closest(error: Any, relevance: Any) -> Any:
    """Of an `anyOf` the branch that comes nearest says more than that none of them fits."""
    while error.validator in ("anyOf", "oneOf") and error.context:
        nearest = max(error.context, key=lambda inner: (len(inner.absolute_path), relevance(inner)))
        if nearest.validator in ("type", "const") and len(nearest.absolute_path) == len(error.absolute_path):
            return error
        error = nearest
    return error


def _args(error: Any) -> dict[str, str]:
    rule, value = error.validator_value, error.instance
    args = {"rule": _short(rule), "value": _short(value), "found_type": type_name(value)}
    match error.validator:
        case "type":
            args["expected_types"] = "|".join(cast("list[str]", rule)) if isinstance(rule, list) else str(rule)
        case "required":
            args["names"] = _missing(error)
        case "additionalProperties" | "unevaluatedProperties":
            args["names"] = _extra(error)
        case "enum":
            args["rule"] = " / ".join(_short(choice) for choice in cast("list[Any]", rule)[:12])
        case "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties":
            args["count"] = str(len(value))
        case _:
            pass
    return args


def _missing(error: Any) -> str:
    # One error per name, and only its message says which.
    names = [str(name) for name in error.validator_value if name not in error.instance]
    return next((name for name in names if repr(name) in error.message), ", ".join(names))


def _extra(error: Any) -> str:
    known = cast("Mapping[str, Any]", error.schema.get("properties", {}))
    return ", ".join(str(name) for name in error.instance if name not in known)[:_SHOWN]


def _short(value: Any) -> str:
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"
