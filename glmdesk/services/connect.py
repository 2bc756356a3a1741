"""Coding agents that use GLM: Claude Code's settings are changed after a look at the change, tested and taken back."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path

from glmdesk.domain import coding_agents as agents
from glmdesk.domain.changes import Changes
from glmdesk.domain.coding_agents import Choice, Written
from glmdesk.domain.endpoint import Endpoint
from glmdesk.domain.errors import ErrorInfo, StoreError, UserError
from glmdesk.domain.json_text import JsonProblem, JsonText
from glmdesk.domain.secret import Secret
from glmdesk.domain.servers import is_secret_name
from glmdesk.domain.threads import in_thread
from glmdesk.services.endpoints import EndpointService
from glmdesk.services.key_command import key_command, key_from
from glmdesk.services.models import ModelService
from glmdesk.services.news import News
from glmdesk.store import other_files
from glmdesk.store.other_files import Looked
from glmdesk.store.rows import RowFile

_HIDDEN = "•••"
_ENV = ("env",)
MessagesCheck = Callable[[str, str, Secret], Awaitable[str]]  # base URL, model, key; returns the model that answered


class Standing(StrEnum):
    """Whose values stand in the file: nobody's of ours, ours, or ours with changes by others."""

    NONE = "none"
    OURS = "ours"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class ClaudeState:
    """What stands in Claude Code's settings now. `shadowing` names variables of the shell that would win."""

    path: Path
    standing: Standing
    base_url: str = ""
    main_model: str = ""
    small_model: str = ""
    endpoint_id: str = ""
    key_in_file: bool = False
    shadowing: tuple[str, ...] = ()
    problem: ErrorInfo | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A change that was not made yet. `diff` is unified, with keys as dots; '' when nothing would change."""

    choice: Choice
    looked: Looked
    new: JsonText
    diff: str


@dataclass(frozen=True, slots=True)
class Undone:
    """`kept`: names that others have changed meanwhile and that were left. `lost`: former values that are gone."""

    kept: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


class ConnectService:
    """`check` makes a test call. Claude Code's settings are found as it finds them itself."""

    def __init__(
        self,
        file: RowFile[Written],
        endpoints: EndpointService,
        *,
        models: ModelService,
        check: MessagesCheck,
        news: News,
    ) -> None:
        self._file = file
        self._rows: Sequence[Written] = file.load()
        self._endpoints = endpoints
        self._models = models
        self._check = check
        self._news = news

    # --- what there is ----------------------------------------------------------------------------------------------

    def endpoints(self) -> tuple[Endpoint, ...]:
        """The endpoints whose service also speaks Anthropic's protocol."""
        return tuple(e for e in self._endpoints.list() if agents.anthropic_url(e))

    def key_command(self, endpoint: Endpoint) -> str:
        """The command that prints the endpoint's key."""
        return key_command(endpoint.id)

    async def state(self) -> ClaudeState:
        """What stands there now. Never raises: what cannot be read is in `problem`."""
        path = claude_settings()
        shadowing = tuple(name for name in agents.SHADOWING if os.environ.get(name))
        try:
            text = _parsed(await _look(path))
            written = self._written
            standing = _standing(text, written) if written is not None else Standing.NONE
            return ClaudeState(
                path,
                standing,
                text.string(agents.BASE_URL),
                text.string(agents.MAIN_MODELS[0]),
                text.string(agents.SMALL_MODEL),
                written.endpoint_id if written else "",
                bool(text.string(agents.TOKEN)),
                shadowing,
            )
        except UserError as error:
            return ClaudeState(path, Standing.NONE, shadowing=shadowing, problem=error.info)

    # --- changing it ------------------------------------------------------------------------------------------------

    async def plan(self, choice: Choice) -> Change:
        """What would be written. Raises UserError when the file cannot be changed safely."""
        endpoint = self._endpoints.known(choice.endpoint_id)
        url = agents.anthropic_url(endpoint) if endpoint is not None else ""
        if endpoint is None or not url:
            raise UserError(ErrorInfo("no_endpoint"))
        token = await self._token(endpoint) if choice.key_in_file else ""
        looked = await _look(claude_settings())
        old = _parsed(looked)
        values = partial(
            agents.claude_values,
            choice,
            url,
            window=self._models.get(choice.main_model).window,
            helper=key_command(endpoint.id),
        )
        new = _put(old, values(token=token))
        shown = values(token=f"{_HIDDEN} {endpoint.name}")
        masked = _masked(old, looked.path)
        before = masked.text if looked.data is not None else ""
        diff = "" if new.text == old.text else _diff(before, _put(masked, shown).text)
        return Change(choice, looked, new, diff)

    async def _token(self, endpoint: Endpoint) -> str:
        key = await self._endpoints.key_for(endpoint)
        if key is None:
            raise UserError(ErrorInfo("no_key", {"endpoint": endpoint.name}))
        return key.reveal()

    async def apply(self, change: Change) -> None:
        """Back up and write. Raises StoreError, `agent_changed` when the file is not what the change was made from."""
        before, known = self._rows, self._written
        fresh = known is None or _standing(_parsed(change.looked), known) is not Standing.OURS
        if known is None or fresh:
            known = await self._backed_up(change)
        data = change.new.text.encode()
        written = replace(
            known,
            exact=known.exact and change.looked.digest in (known.before, known.after),
            after=other_files.digest(data),
            endpoint_id=change.choice.endpoint_id,
            values=_fingerprints(change.new),
        )
        try:
            await self._keep([*self._others(), written])  # before the file: what was written can always be taken back
            await in_thread(lambda: other_files.replace(change.looked, data), name="glmdesk-agents")
        except StoreError:
            if fresh and written.backup:
                other_files.drop(Path(written.backup))
            await self._keep(before)
            raise
        self._announce()

    async def _backed_up(self, change: Change) -> Written:
        looked, copy = change.looked, ""
        if looked.data is not None:
            stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
            copy = str(await in_thread(lambda: other_files.back_up(looked, stamp), name="glmdesk-agents"))
        return Written(str(looked.path), copy, looked.digest, looked.digest, "")

    async def undo(self) -> Undone:
        """Take back what was written, and nothing that others wrote since. Raises StoreError."""
        written = self._written
        if written is None:
            return Undone()
        undone = await in_thread(lambda: _undo(written), name="glmdesk-agents")
        await self._keep(self._others())
        self._announce()
        return undone

    # --- trying it --------------------------------------------------------------------------------------------------

    async def test(self) -> str:
        """One call with what stands in the file, its helper run as Claude Code runs it; the model that answered.

        Raises UserError; `agent_not_ours` when the file has other values than those that were agreed to.
        """
        written = self._written
        text = _parsed(await _look(claude_settings()))
        if written is None or _standing(text, written) is not Standing.OURS:
            raise UserError(ErrorInfo("agent_not_ours"))
        token, helper = text.string(agents.TOKEN), text.string(agents.HELPER)
        key = Secret(token) if token else await key_from(helper)
        return await self._check(text.string(agents.BASE_URL), text.string(agents.MAIN_MODELS[0]), key)

    @property
    def _written(self) -> Written | None:
        """What was written to the file that Claude Code reads now."""
        target = str(claude_settings())
        return next((row for row in self._rows if row.target == target), None)

    def _others(self) -> list[Written]:
        return [row for row in self._rows if row.target != str(claude_settings())]

    async def _keep(self, rows: Sequence[Written]) -> None:
        self._rows = rows
        await self._file.save(rows)

    def _announce(self) -> None:
        self._news.announce(Changes(settings=True))


def claude_settings() -> Path:
    """The settings of Claude Code for this user."""
    folder = os.environ.get("CLAUDE_CONFIG_DIR")
    return (Path(folder).expanduser() if folder else Path.home() / ".claude") / "settings.json"


async def _look(path: Path) -> Looked:
    return await in_thread(lambda: other_files.look(path), name="glmdesk-agents")


def _parsed(looked: Looked) -> JsonText:
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


def _put(text: JsonText, values: agents.Values) -> JsonText:
    for place, value in values.items():
        text = text.without(place) if value is None else text.put(place, json.dumps(value, ensure_ascii=False))
    return text


def _masked(text: JsonText, path: Path) -> JsonText:
    """For the eye: secrets among the variables as dots. Raises StoreError for names that are there twice."""
    try:
        for name in text.names(_ENV):
            if is_secret_name(name) and text.string((*_ENV, name)):
                text = text.put((*_ENV, name), json.dumps(_HIDDEN, ensure_ascii=False))
    except JsonProblem as problem:
        raise _problem(problem, path) from None
    return text


def _diff(old: str, new: str) -> str:
    import difflib

    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=3)
    return "\n".join(list(lines)[2:])


def _fingerprints(text: JsonText) -> dict[str, str]:
    """What stands at every place that we set."""
    return {"/".join(place): _fingerprint(text, place) for place in agents.PLACES}


def _fingerprint(text: JsonText, place: tuple[str, ...]) -> str:
    raw = text.raw(place)
    return "" if raw is None else hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()


def _standing(text: JsonText, written: Written) -> Standing:
    same = [_fingerprint(text, tuple(place.split("/"))) == mark for place, mark in written.values.items()]
    return Standing.OURS if all(same) else Standing.CHANGED


def _undo(written: Written) -> Undone:
    now = other_files.look(Path(written.target))
    if now.data is None:
        return Undone()
    before = _before(written)
    if written.exact and now.digest == written.after and before is not None:
        _restore(now, written, before)
        return Undone()
    return _take_back(now, written, before)


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


def _take_back(now: Looked, written: Written, before: Looked | None) -> Undone:
    """Value by value: others have written to the file since."""
    text, old = _parsed(now), None if before is None else _parsed(before)
    kept: list[str] = []
    lost: list[str] = []
    for joined, mark in written.values.items():
        place = tuple(joined.split("/"))
        if _fingerprint(text, place) != mark:
            kept.append(place[-1])
        elif (raw := old.raw(place) if old is not None else None) is not None:
            text = text.put(place, raw)
        elif mark:
            text = text.without(place)
        else:
            lost += [place[-1]] if old is None else []
    if not text.names(_ENV) and (old is None or old.raw(_ENV) is None):
        text = text.without(_ENV)
    other_files.replace(now, text.text.encode())
    return Undone(tuple(kept), tuple(lost))
