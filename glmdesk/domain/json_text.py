"""Changes single values in a JSON text and leaves every other byte as it is: other programs' settings files."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn, cast

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()
_DEFAULT_INDENT = "  "
Path = Sequence[str]


class JsonProblem(ValueError):
    """A text that cannot be changed safely. `reason` is `syntax`, `shape` or `twice`; `line` counts from 1."""

    def __init__(self, reason: str, line: int, found: str = "") -> None:
        super().__init__(f"line {line}: {reason} {found}")
        self.reason = reason
        self.line = line
        self.found = found


@dataclass(frozen=True, slots=True)
class _Member:
    """Places in the text: `start` of the name, `value` and `end` of the value."""

    name: str
    start: int
    value: int
    end: int


class JsonText:
    """One JSON object as text. Raises JsonProblem for anything that is not exactly that.

    An empty text counts as an empty object: some programs leave an empty file.
    """

    def __init__(self, text: str) -> None:
        self.text = text if text.strip("\ufeff \t\r\n") else "{}\n"
        self._newline = "\r\n" if "\r\n" in self.text else "\n"
        self._check()

    def _check(self) -> None:
        try:
            found: object = json.loads(self.text.removeprefix("\ufeff"), parse_constant=_refuse)
        except json.JSONDecodeError as error:
            raise JsonProblem("syntax", error.lineno, error.msg) from None
        except (ValueError, RecursionError) as error:
            raise JsonProblem("syntax", 1, str(error)) from None
        if not isinstance(found, dict):
            raise JsonProblem("shape", 1)

    # --- reading ----------------------------------------------------------------------------------------------------

    def raw(self, path: Path) -> str | None:
        """The value as it is written, None when there is none. Raises JsonProblem when it is there twice."""
        member = self._find(path)
        return None if member is None else self.text[member.value : member.end]

    def string(self, path: Path) -> str:
        """The value when it is a string, else ''."""
        raw = self.raw(path)
        found: object = None if raw is None else json.loads(raw)
        return found if isinstance(found, str) else ""

    def names(self, path: Path) -> tuple[str, ...]:
        """Names of the members of the object there; none when there is no object."""
        place = self._object(path)
        return () if place is None else tuple(member.name for member in self._members(place))

    def _root(self) -> int:
        return _skip(self.text, self.text.startswith("\ufeff"))

    def _object(self, path: Path) -> int | None:
        """Where the object at `path` begins; None when nothing is there. Raises JsonProblem for another value."""
        if not path:
            return self._root()
        member = self._find(path)
        if member is None:
            return None
        if self.text[member.value] != "{":
            raise JsonProblem("shape", self._line(member.start), path[-1])
        return member.value

    def _find(self, path: Path) -> _Member | None:
        place = self._object(path[:-1])
        if place is None:
            return None
        found = [member for member in self._members(place) if member.name == path[-1]]
        if len(found) > 1:
            raise JsonProblem("twice", self._line(found[1].start), path[-1])
        return found[0] if found else None

    def _members(self, place: int) -> list[_Member]:
        """The members of the object that begins at `place`. The text is known to be sound."""
        members: list[_Member] = []
        place = _skip(self.text, place + 1)
        while self.text[place] != "}":
            start = place
            name, place = _DECODER.raw_decode(self.text, start)
            value = _skip(self.text, _skip(self.text, place) + 1)  # over the colon
            end = _DECODER.raw_decode(self.text, value)[1]
            members.append(_Member(cast("str", name), start, value, end))
            place = _skip(self.text, end)
            if self.text[place] == ",":
                place = _skip(self.text, place + 1)
        return members

    def _line(self, place: int) -> int:
        return self.text.count("\n", 0, place) + 1

    # --- changing ---------------------------------------------------------------------------------------------------

    def put(self, path: Path, raw: str) -> JsonText:
        """With `raw` as the value; objects on the way are made."""
        member = self._find(path) if self._object(path[:-1]) is not None else None
        if member is not None:
            return self._spliced(member.value, member.end, raw)
        return self._with_parents(path)._added(path, raw)

    def _with_parents(self, path: Path) -> JsonText:
        if len(path) < 2 or self._object(path[:-1]) is not None:
            return self
        return self.put(path[:-1], "{}")

    def _added(self, path: Path, raw: str) -> JsonText:
        place = self._object(path[:-1])
        if place is None:
            raise ValueError("no object to add to")
        entry = f"{json.dumps(path[-1], ensure_ascii=False)}{self._colon()}{raw}"
        members = self._members(place)
        if members:
            gap = self._gap(place, members)
            return self._spliced(members[-1].end, members[-1].end, f",{gap}{entry}")
        close = self.text.index("}", place)
        outer = self._newline + self._unit() * (len(path) - 1)
        return self._spliced(place + 1, close, f"{outer}{self._unit()}{entry}{outer}")

    def _gap(self, place: int, members: Sequence[_Member]) -> str:
        """What stands between two members of an object, or before its first one."""
        if len(members) > 1:
            between = self.text[members[-2].end : members[-1].start]
            return between.partition(",")[2]
        return self.text[place + 1 : members[0].start] or " "

    def _colon(self) -> str:
        """`": "`, or what the file has between its first name and value."""
        members = self._members(self._root())
        if not members:
            return ": "
        first = members[0]
        return self.text[_DECODER.raw_decode(self.text, first.start)[1] : first.value]

    def _unit(self) -> str:
        """The file's own indentation."""
        members = self._members(self._root())
        before = self.text[self._root() + 1 : members[0].start] if members else ""
        return before.rpartition("\n")[2] if "\n" in before else _DEFAULT_INDENT

    def without(self, path: Path) -> JsonText:
        """Without the value and its name; the same when it is not there."""
        member = self._find(path)
        if member is None:
            return self
        members = self._members(self._object(path[:-1]) or 0)
        place = members.index(member)
        if place:
            return self._spliced(members[place - 1].end, member.end, "")
        if len(members) > 1:
            return self._spliced(member.start, members[1].start, "")
        opening = self.text.rindex("{", 0, member.start)
        return self._spliced(opening + 1, self.text.index("}", member.end), "")

    def _spliced(self, start: int, end: int, between: str) -> JsonText:
        return JsonText(self.text[:start] + between + self.text[end:])


def _skip(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return found.end() if found else place


def _refuse(word: str) -> NoReturn:
    raise ValueError(word)
