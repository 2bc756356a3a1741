"""The JSON in a model's reply: in a fence, between other words, or cut off in the middle."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any

_FENCE = re.compile(r"```[\w+-]*[ \t]*\r?\n(.*?)\r?\n?[ \t]*```", re.DOTALL)
_OPENING = re.compile(r"[{\[]")
_TRAILING = re.compile(r",(\s*[}\]])")
_MOST_STARTS = 60
_MOST_MARKS = 40
_DEEPEST = 200
LONGEST = 2_000_000  # characters of a reply that are read


class Found(StrEnum):
    """How the JSON stood in the reply."""

    WHOLE = "whole"
    FENCED = "fenced"
    AMONG = "among"  # other words around it
    MENDED = "mended"  # commas too many were left out, or quotes and words of Python made those of JSON
    PARTIAL = "partial"  # it breaks off: what is there was closed
    BROKEN = "broken"  # it has an end and a mistake: what stands before that was closed
    NONE = "none"


@dataclass(frozen=True, slots=True)
class JsonReply:
    """`value` is meaningless when `found` is NONE."""

    found: Found
    value: Any = None

    @property
    def is_whole(self) -> bool:
        """Whether the value is all of what was meant."""
        return self.found not in (Found.PARTIAL, Found.BROKEN, Found.NONE)


def read_reply(text: str, *, array: bool = False) -> JsonReply:
    """The JSON value that a reply means; objects win over lists unless `array`. Never raises."""
    text = text[:LONGEST].strip().lstrip("\ufeff")
    for found, candidate in _candidates(text):
        value = _loaded(candidate)
        if value is not None:
            return JsonReply(found, value[0])
    span = _span(text)
    for found, candidate in ((Found.AMONG, span), (Found.MENDED, _mended(span))):
        value = _loaded(candidate)
        if value is not None:
            return JsonReply(found, value[0])
    among, broken = _among(text, array=array)
    return JsonReply(Found.AMONG, among[0]) if among is not None else _partial(text, broken)


def _span(text: str) -> str:
    """From the first bracket to the last one."""
    opening = _OPENING.search(text)
    return text[opening.start() : max(text.rfind("}"), text.rfind("]")) + 1] if opening else ""


def _mended(text: str) -> str:
    """Models write the literals of Python, and a comma behind the last item."""
    return _TRAILING.sub(r"\1", _PYTHON.sub(_as_json, text))


_STRING = r'"(?:[^"\\]|\\.?)*(?:"|\Z)'  # to the end of the text when it is open: tried once, not from every mark in it
_PYTHON = re.compile(_STRING + r"|'((?:[^'\\]|\\.?)*)('|\Z)|\b(?:True|False|None)\b", re.DOTALL)
_WORDS = {"True": "true", "False": "false", "None": "null"}
_MARKS = {"\\'": "'", '"': '\\"'}


def _as_json(literal: re.Match[str]) -> str:
    if not literal[2]:
        return _WORDS.get(literal[0], literal[0])
    inner = re.sub(r'\\.|"', lambda mark: _MARKS.get(mark[0], mark[0]), literal[1], flags=re.DOTALL)
    return f'"{inner}"'


def _candidates(text: str) -> Iterator[tuple[Found, str]]:
    if text[:1] in ("{", "["):
        yield Found.WHOLE, text
    for fence in sorted(_FENCE.findall(text), key=len, reverse=True):
        if fence.lstrip()[:1] in ("{", "["):
            yield Found.FENCED, fence
    if text[:1] not in ("{", "[") and _loaded(text) is not None:
        yield Found.WHOLE, text


def _loaded(text: str) -> tuple[Any] | None:
    try:
        return (_DECODER.decode(text.strip()),)
    except (ValueError, RecursionError):
        return None


def _number(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(text)
    return value


def _refuse(word: str) -> float:
    raise ValueError(word)


_DECODER = json.JSONDecoder(strict=False, parse_float=_number, parse_constant=_refuse)


def _among(text: str, *, array: bool) -> tuple[tuple[Any] | None, int]:
    """The longest value between other words; where one begins that breaks off, else 0."""
    best: tuple[int, Any] | None = None
    at = broken = 0
    for _ in range(_MOST_STARTS):
        opening = _OPENING.search(text, at)
        if opening is None:
            break
        at = opening.start() + 1
        try:
            value, end = _DECODER.raw_decode(text, opening.start())
        except json.JSONDecodeError as error:
            if _broke_off(error, text):
                broken = opening.start()
                break
            continue
        except (ValueError, RecursionError):
            continue
        weight = (end - opening.start()) * (10 if isinstance(value, list) is array else 1)
        if best is None or weight > best[0]:
            best = weight, value
        at = end
    return (None if best is None else (best[1],)), broken


def _broke_off(error: json.JSONDecodeError, text: str) -> bool:
    """Whether nothing but the text's end is wrong."""
    return error.msg.startswith("Unterminated string") or not _MORE.search(text, error.pos)


_MORE = re.compile(r"[^\w.+\-\s\\]")


def _partial(text: str, start: int) -> JsonReply:
    for opening in islice(_OPENING.finditer(text, start), 8):
        begun = text[opening.start() :]
        for closed in _closings(begun):
            value = _loaded(closed)
            if value is not None:
                return JsonReply(Found.BROKEN if _has_an_end(begun) else Found.PARTIAL, value[0])
    return JsonReply(Found.NONE)


def _has_an_end(begun: str) -> bool:
    depth = 0
    for token in _BRACKETS.finditer(begun):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(token[0], 0)
        if depth == 0:
            return True
    return False


_BRACKETS = re.compile(_STRING + r"|[{}\[\]]", re.DOTALL)


def _closings(begun: str) -> Iterator[str]:
    """The text closed where it breaks off, then closed after its last whole members."""
    closers: list[str] = []
    marks: list[tuple[int, str]] = []
    in_string = escaped = False
    for index, ch in enumerate(begun):
        if in_string:
            in_string = escaped or ch != '"'
            escaped = ch == "\\" and not escaped
        elif ch == '"':
            in_string = True
        elif ch in "{[":
            closers.insert(0, "}" if ch == "{" else "]")
            marks.append((index + 1, "".join(closers)))
        elif ch in "}]" and closers:
            closers.pop(0)
        elif ch == ",":
            marks.append((index, "".join(closers)))
        if len(closers) > _DEEPEST:
            return
    yield begun + ('"' if in_string else "") + "".join(closers)
    for place, closing in reversed(marks[-_MOST_MARKS:]):
        yield begun[:place] + closing
