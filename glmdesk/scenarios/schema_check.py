"""JSON Schema draft 2020-12 in a process of its own (`glmdesk --worker schema`): one JSON line in, one out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from itertools import islice
from typing import Any, BinaryIO, cast

from glmdesk.domain.schema_faults import fault_of

MOST_FAULTS = 60
_COUNTED = 1_000
_FORMATS = ("date", "email", "ipv4", "ipv6", "uuid")


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

    faults = [fault_of(error, relevance) for error in islice(errors, _COUNTED)]
    rows: list[dict[str, Any]] = [{"path": list(f.path), "keyword": f.keyword, "args": dict(f.args)} for f in faults]
    unique = list({json.dumps(row, sort_keys=True): row for row in rows}.values())
    unique.sort(key=lambda row: [(isinstance(step, str), step) for step in row["path"]])
    return {"faults": unique[:MOST_FAULTS], "more": max(0, len(unique) - MOST_FAULTS)}
