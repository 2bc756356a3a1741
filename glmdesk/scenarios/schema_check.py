"""JSON Schema draft 2020-12 in a process of its own (`glmdesk --worker schema`): one JSON line in, one out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, BinaryIO, cast

from glmdesk.domain.json_schema import type_name

MOST_FAULTS = 60
_COUNTED = 1_000
_FORMATS = ("date", "email", "ipv4", "ipv6", "uuid")
_SHOWN = 80  # characters of a value in a sentence


def main() -> int:
    """Serve standard input until it closes."""
    _limit_memory()
    serve(sys.stdin.buffer, sys.stdout.buffer)
    return 0


def serve(requests: BinaryIO, replies: BinaryIO) -> None:
    """`{"schema"}` is checked against the meta-schema, `{"schema", "value"}` validates; see `faults_of`."""
    for line in requests:
        replies.write(json.dumps(_answer(line)).encode() + b"\n")
        replies.flush()


def _limit_memory() -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (1 << 31, 1 << 31))
    except (ImportError, ValueError, OSError):
        return  # the time limit holds all the same


def _answer(line: bytes) -> dict[str, Any]:
    try:
        request = json.loads(line)
        if "value" in request:
            return faults_of(request["schema"], request["value"])
        return schema_faults(request["schema"])
    except RecursionError:
        return {"error": "deep"}
    except MemoryError:
        return {"error": "memory"}
    except Exception as error:  # a reference that leads nowhere comes as many types
        return {"error": type(error).__name__}


def schema_faults(schema: Any) -> dict[str, Any]:
    """Where a schema is no schema, as `faults_of` says it; also a local reference that leads nowhere."""
    from jsonschema import Draft202012Validator

    meta: Any = Draft202012Validator.META_SCHEMA
    kind: Any = Draft202012Validator
    return _listed(kind(meta).iter_errors(schema))


def faults_of(schema: Any, value: Any) -> dict[str, Any]:
    """`{"faults": [{"path", "keyword", "args"}], "more": count}`; remote references are never fetched."""
    import referencing
    from jsonschema import Draft202012Validator, FormatChecker

    registry: Any = cast("Any", referencing).Registry()  # knows no other documents
    kind: Any = Draft202012Validator
    validator = kind(schema, registry=registry, format_checker=FormatChecker(_FORMATS))
    return _listed(validator.iter_errors(value))


def _listed(errors: Iterable[Any]) -> dict[str, Any]:
    from jsonschema.exceptions import relevance

    found = [_closest(error, relevance) for error in islice(errors, _COUNTED)]
    rows = [_fault(error) for error in found]
    unique = list({json.dumps(row, sort_keys=True): row for row in rows}.values())
    unique.sort(key=lambda row: [(isinstance(step, str), step) for step in row["path"]])
    return {"faults": unique[:MOST_FAULTS], "more": max(0, len(unique) - MOST_FAULTS)}


def _closest(error: Any, relevance: Any) -> Any:
    """Of an `anyOf` the branch that comes nearest says more than that none of them fits."""
    while error.validator in ("anyOf", "oneOf") and error.context:
        nearest = max(error.context, key=lambda inner: (len(inner.absolute_path), relevance(inner)))
        if nearest.validator in ("type", "const") and len(nearest.absolute_path) == len(error.absolute_path):
            return error
        error = nearest
    return error


def _fault(error: Any) -> dict[str, Any]:
    return {"path": list(error.absolute_path), "keyword": str(error.validator), "args": _args(error)}


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
