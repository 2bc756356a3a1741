"""Whether a regular expression can keep the matcher busy for ever."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from typing import Any, cast

LONGEST = 500  # characters of a pattern
_MANY = 30  # a repetition that may go further counts as endless
_MOST = 6  # endless repetitions in one pattern


def is_safe(pattern: str) -> bool:
    """False for nested or too many endless repetitions, references back, and what is no pattern at all.

    A refusal is a matter of shape: some harmless patterns are refused too.
    """
    if len(pattern) > LONGEST:
        return False
    parsed = _parsed(pattern)
    return parsed is not None and not _refused(parsed) and _endless(parsed) <= _MOST


def _parsed(pattern: str) -> Any:
    import re._parser as parser  # the standard library's own reading; there is no other

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return cast("Any", parser).parse(pattern)
    except (re.error, RecursionError, OverflowError):
        return None


def _refused(parsed: Any) -> bool:
    """A reference back, or a repetition of something that can match in several ways."""
    for name, argument in _nodes(parsed):
        if name in ("GROUPREF", "GROUPREF_EXISTS"):
            return True
        if name in _REPEATS and _is_endless(argument) and _varies(argument[2]):
            return True
    return False


_REPEATS = ("MAX_REPEAT", "MIN_REPEAT")


def _is_endless(argument: Any) -> bool:
    return int(argument[1]) >= _MANY


def _varies(parsed: Any) -> bool:
    return any(
        name == "BRANCH" or (name in _REPEATS and argument[0] != argument[1]) for name, argument in _nodes(parsed)
    )


def _endless(parsed: Any) -> int:
    return sum(1 for name, argument in _nodes(parsed) if name in _REPEATS and _is_endless(argument))


def _nodes(parsed: Any) -> Iterable[tuple[str, Any]]:
    """Every node of a parsed pattern with its argument, the outer ones first."""
    for operation, argument in parsed:
        yield str(operation), argument
        for inner in _inner(argument):
            yield from _nodes(inner)


def _inner(argument: Any) -> Iterable[Any]:
    """The patterns inside an argument: of a group, a repetition, an alternative."""
    if type(argument).__name__ == "SubPattern":
        yield argument
    elif isinstance(argument, tuple | list):
        for part in cast("Iterable[Any]", argument):
            yield from _inner(part)
