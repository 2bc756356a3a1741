"""Claude Code's settings file: what stands in it, a change that leaves the rest alone, the way back."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from glmdesk.domain import coding_agents as agents
from glmdesk.domain.coding_agents import Written
from glmdesk.domain.errors import ErrorInfo, StoreError
from glmdesk.domain.json_text import JsonProblem, JsonText
from glmdesk.domain.server_secrets import is_secret_name, looks_secret
from glmdesk.domain.threads import in_thread
from glmdesk.store import other_files
from glmdesk.store.other_files import Looked

HIDDEN = "•••"
_ENV = ("env",)


class Standing(StrEnum):
    """Whose values stand in the file: nobody's of ours, ours, or ours with changes by others."""

    NONE = "none"
    OURS = "ours"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Undone:
    """`kept`: names that others have changed meanwhile and that were left. `lost`: former values that are gone."""

    kept: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


def claude_settings() -> Path:
    """The settings of Claude Code for this user."""
    folder = os.environ.get("CLAUDE_CONFIG_DIR")
    return (Path(folder).expanduser() if folder else Path.home() / ".claude") / "settings.json"


async def look_at(path: Path) -> Looked:
    """The file as it is now. Raises StoreError."""
    return await in_thread(lambda: other_files.look(path), name="glmdesk-agents")


def parsed(looked: Looked) -> JsonText:
    """Raises StoreError for a text that cannot be changed safely."""
    try:
        text = JsonText(looked.text)
        for place in agents.PLACES:
            text.raw(place)
    except JsonProblem as problem:
        raise _problem(problem, looked.path) from None
    return text


def _problem(problem: JsonProblem, path: Path) -> StoreError:
    args = {"path": str(path), "line": str(problem.line), "name": problem.found}
    return StoreError(ErrorInfo(f"agent_{problem.reason}", args, detail=problem.found))


def put(text: JsonText, values: agents.Values) -> JsonText:
    """The text with these values, and nothing else changed."""
    for place, value in values.items():
        text = text.without(place) if value is None else text.put(place, json.dumps(value, ensure_ascii=False))
    return text


def masked(text: JsonText, path: Path) -> JsonText:
    """For the eye: secrets among the variables as dots, and what may be one. Raises StoreError for doubled names."""
    try:
        for name in text.names(_ENV):
            value = text.string((*_ENV, name))
            ours = (*_ENV, name) in agents.PLACES
            if value and (is_secret_name(name) or (not ours and looks_secret(name, value))):
                text = text.put((*_ENV, name), json.dumps(HIDDEN, ensure_ascii=False))
    except JsonProblem as problem:
        raise _problem(problem, path) from None
    return text


def difference(old: str, new: str) -> str:
    """A unified diff without its head."""
    import difflib

    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=3)
    return "\n".join(list(lines)[2:])


def fingerprints(text: JsonText) -> dict[str, str]:
    """What stands at every place that we set."""
    return {"/".join(place): _fingerprint(text, place) for place in agents.PLACES}


def _fingerprint(text: JsonText, place: tuple[str, ...]) -> str:
    raw = text.raw(place)
    return "" if raw is None else hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()


def standing_of(text: JsonText, written: Written) -> Standing:
    """Whether what was written still stands there."""
    same = [_fingerprint(text, tuple(place.split("/"))) == mark for place, mark in written.values.items()]
    return Standing.OURS if all(same) else Standing.CHANGED


def take_back(written: Written) -> Undone:
    """Undo on the disk: the whole file when nobody else wrote, else value by value. Raises StoreError."""
    now = other_files.look(Path(written.target))
    if now.data is None:
        return Undone()
    before = _before(written)
    if written.exact and now.digest == written.after and before is not None:
        _restore(now, written, before)
        return Undone()
    return _value_by_value(now, written, before)


def _before(written: Written) -> Looked | None:
    """The file as it was; None when the back-up is gone or another one."""
    if not written.backup:
        return Looked(Path(written.target), None)
    try:
        found = other_files.look(Path(written.backup))
    except StoreError:
        return None
    return found if found.data is not None and found.digest == written.before else None


def _restore(now: Looked, written: Written, before: Looked) -> None:
    """Byte for byte; the back-up has done its work then."""
    if before.data is None:
        other_files.remove(now)
        return
    other_files.replace(now, before.data)
    other_files.drop(before.path)


def _value_by_value(now: Looked, written: Written, before: Looked | None) -> Undone:
    """Value by value: others have written to the file since."""
    text, old = parsed(now), None if before is None else parsed(before)
    kept: list[str] = []
    lost: list[str] = []
    for joined, mark in written.values.items():
        place = tuple(joined.split("/"))
        if _fingerprint(text, place) != mark:
            kept.append(place[-1])
        elif (raw := old.raw(place) if old is not None else None) is not None:
            text = text.put(place, raw)
        else:
            text = text.without(place)
            lost += [place[-1]] if joined in written.had else []
    if not text.names(_ENV) and (old is None or old.raw(_ENV) is None):
        text = text.without(_ENV)
    other_files.replace(now, text.text.encode())
    return Undone(tuple(kept), tuple(lost))
