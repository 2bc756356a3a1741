"""Coding agents that use GLM: Claude Code's settings are changed after a look at the change, tested and taken back."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from glmdesk.domain import coding_agents as agents
from glmdesk.domain.changes import Changes
from glmdesk.domain.coding_agents import Choice, Written
from glmdesk.domain.endpoint import Endpoint
from glmdesk.domain.errors import ErrorInfo, SecretError, StoreError, UserError
from glmdesk.domain.json_text import JsonText
from glmdesk.domain.secret import Secret
from glmdesk.domain.threads import in_thread
from glmdesk.services.claude_file import (
    HIDDEN,
    Standing,
    Undone,
    claude_settings,
    difference,
    fingerprints,
    look_at,
    masked,
    parsed,
    put,
    standing_of,
    take_back,
)
from glmdesk.services.endpoints import EndpointService
from glmdesk.services.key_command import key_command, key_from
from glmdesk.services.models import ModelService
from glmdesk.services.news import News
from glmdesk.store import other_files
from glmdesk.store.other_files import Looked
from glmdesk.store.rows import RowFile

MessagesCheck = Callable[[str, str, Secret], Awaitable[str]]  # base URL, model, key; returns the model that answered


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
    """A change that was not made yet. `diff` is unified, with keys as dots; '' when nothing would change.

    `has_key`: the keyring has a key for the endpoint, so the command will find one.
    """

    choice: Choice
    looked: Looked
    new: JsonText
    diff: str
    has_key: bool = True


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
            text = parsed(await look_at(path))
            written = self._written
            standing = standing_of(text, written) if written is not None else Standing.NONE
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
        looked = await look_at(claude_settings())
        old = parsed(looked)
        values = partial(
            agents.claude_values,
            choice,
            url,
            window=self._models.get(choice.main_model).window,
            helper=key_command(endpoint.id),
        )
        new = put(old, values(token=token))
        shown = values(token=f"{HIDDEN} {endpoint.name}")
        old_shown = masked(old, looked.path)
        before = old_shown.text if looked.data is not None else ""
        diff = "" if new.text == old.text else difference(before, put(old_shown, shown).text)
        return Change(choice, looked, new, diff, await self._has_key(endpoint))

    async def _has_key(self, endpoint: Endpoint) -> bool:
        try:
            return await self._endpoints.has_stored_key(endpoint)
        except SecretError:
            return False

    async def _token(self, endpoint: Endpoint) -> str:
        key = await self._endpoints.key_for(endpoint)
        if key is None:
            raise UserError(ErrorInfo("no_key", {"endpoint": endpoint.name}))
        return key.reveal()

    async def apply(self, change: Change) -> None:
        """Back up and write. Raises StoreError, `agent_changed` when the file is not what the change was made from."""
        before, known = self._rows, self._written
        fresh = known is None or standing_of(parsed(change.looked), known) is not Standing.OURS
        if known is None or fresh:
            known = await self._backed_up(change)
        data = change.new.text.encode()
        written = replace(
            known,
            exact=known.exact and change.looked.digest in (known.before, known.after),
            after=other_files.digest(data),
            endpoint_id=change.choice.endpoint_id,
            values=fingerprints(change.new),
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
        had = tuple(place for place, mark in fingerprints(parsed(looked)).items() if mark)
        return Written(str(looked.path), copy, looked.digest, looked.digest, "", had=had)

    async def undo(self) -> Undone:
        """Take back what was written, and nothing that others wrote since. Raises StoreError."""
        written = self._written
        if written is None:
            return Undone()
        undone = await in_thread(lambda: take_back(written), name="glmdesk-agents")
        await self._keep(self._others())
        self._announce()
        return undone

    # --- trying it --------------------------------------------------------------------------------------------------

    async def test(self) -> str:
        """One call with what stands in the file, its helper run as Claude Code runs it; the model that answered.

        Raises UserError; `agent_not_ours` when the file has other values than those that were agreed to.
        """
        written = self._written
        text = parsed(await look_at(claude_settings()))
        if written is None or standing_of(text, written) is not Standing.OURS:
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
