"""Who may run which tool: requests that wait for the user, decisions, and the journal that can be undone."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from glmdesk.domain.changes import Changes
from glmdesk.domain.tools import ApprovalRequest, Decision, Grant, Scope, ToolSpec
from glmdesk.services.news import News
from glmdesk.store.rows import RowFile

_LASTING = (Scope.CHAT, Scope.ALWAYS)
_KEPT = 2_000  # decisions that are remembered; the oldest go first, those in force stay


Preview = Callable[[str], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A call that wants to run: `arguments` as pretty JSON, `diff` what it would change.

    `preview` gives the diff of other arguments, and raises ToolFault for those that do not fit.
    """

    conversation_id: str
    call_id: str
    spec: ToolSpec
    arguments: str
    diff: str = ""
    preview: Preview | None = None


class ApprovalService:
    """No call runs without passing `ask`. All calls belong to the event loop's thread."""

    def __init__(self, file: RowFile[Grant], news: News, *, clock: Callable[[], float] = time.time) -> None:
        self._file = file
        self._news = news
        self._clock = clock
        self._journal = file.load()
        self._waiting: dict[str, tuple[ApprovalRequest, asyncio.Future[Decision]]] = {}
        self._previews: dict[str, Preview] = {}  # by request
        self._saving = asyncio.Lock()

    # Looking

    def pending(self, conversation_id: str) -> tuple[ApprovalRequest, ...]:
        """What waits for the user in a conversation, oldest first."""
        return tuple(r for r, _ in self._waiting.values() if r.conversation_id == conversation_id)

    def waiting(self) -> frozenset[str]:
        """Ids of the conversations that wait for the user."""
        return frozenset(request.conversation_id for request, _ in self._waiting.values())

    def journal(self) -> Sequence[Grant]:
        """All decisions, newest first."""
        return tuple(reversed(self._journal))

    def grant_for(self, spec: ToolSpec, conversation_id: str) -> Grant | None:
        """The decision that lets exactly this tool run here without asking."""
        return next((g for g in reversed(self._journal) if _covers(g, spec, conversation_id)), None)

    # Asking

    async def ask(self, asked: Asked) -> Decision:
        """Wait for the user, or return at once when a grant covers exactly this tool.

        A read-only hint lowers nothing. Cancelling takes the request back. Raises StoreError when a revocation cannot
        be saved.
        """
        changed = await self._revoke_outdated([asked.spec])
        grant = self.grant_for(asked.spec, asked.conversation_id)
        if grant is not None:
            return Decision(grant.scope)
        request = self._request(asked, changed=bool(changed) or self._was_another(asked.spec))
        future: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
        self._waiting[request.id] = (request, future)
        if asked.preview is not None:
            self._previews[request.id] = asked.preview
        self._announce(request.conversation_id)
        try:
            return await future
        finally:
            self._waiting.pop(request.id, None)
            self._previews.pop(request.id, None)
            self._announce(request.conversation_id)

    def _request(self, asked: Asked, *, changed: bool) -> ApprovalRequest:
        return ApprovalRequest(
            uuid.uuid4().hex,
            asked.conversation_id,
            asked.call_id,
            asked.spec,
            asked.arguments,
            asked.diff,
            can_always=self._seen(asked.spec),
            changed=changed,
        )

    def _seen(self, spec: ToolSpec) -> bool:
        """Whether the user has let exactly this tool run before."""
        return any(_same(g, spec) and g.digest == spec.digest and g.scope is not Scope.DENY for g in self._journal)

    def _was_another(self, spec: ToolSpec) -> bool:
        """Whether the user knows this name as another tool, and not as this one."""
        known = (g for g in self._journal if _same(g, spec) and g.digest and g.scope is not Scope.DENY)
        return not self._seen(spec) and any(known)

    async def preview(self, request_id: str, arguments: str) -> str:
        """What a waiting call would change with other arguments; '' when nothing can be said.

        Raises ToolFault or UserError when the arguments cannot be used.
        """
        preview = self._previews.get(request_id)
        return await preview(arguments) if preview is not None else ""

    async def decide(self, request_id: str, decision: Decision) -> None:
        """Answer a request; one that waits no more is left alone. A lasting decision answers its like as well.

        Raises ValueError for "always" where that is not offered, StoreError when the journal cannot be saved (the
        decision holds for this call all the same).
        """
        entry = self._waiting.get(request_id)
        if entry is None or entry[1].done():
            return
        request, future = entry
        if decision.scope is Scope.ALWAYS and not request.can_always:
            raise ValueError("always is not offered at first sight")
        self._note(request, decision)
        future.set_result(decision)
        if decision.scope in _LASTING:
            self._answer_alike(request, decision.scope)
        await self._save()

    def _note(self, request: ApprovalRequest, decision: Decision) -> None:
        spec = request.spec
        self._journal.append(
            Grant(
                uuid.uuid4().hex,
                self._clock(),
                spec.origin,
                spec.name,
                spec.digest,
                decision.scope,
                "" if decision.scope is Scope.ALWAYS else request.conversation_id,
            )
        )

    def _answer_alike(self, decided: ApprovalRequest, scope: Scope) -> None:
        for request, future in self._waiting.values():
            if not future.done() and self.grant_for(request.spec, request.conversation_id) is not None:
                future.set_result(Decision(scope))
        self._announce(decided.conversation_id)

    # The journal

    async def revoke(self, grant_id: str) -> None:
        """Take a grant back. Raises StoreError."""
        await self._set_revoked([grant_id], self._clock())

    async def restore(self, grant_id: str) -> None:
        """Undo a revocation. Raises StoreError."""
        await self._set_revoked([grant_id], None)

    async def check(self, specs: Sequence[ToolSpec]) -> tuple[Grant, ...]:
        """Revoke what was granted to tools that are not the same any more; returns those grants."""
        return await self._revoke_outdated(specs)

    async def forget(self, origin: str) -> None:
        """Nothing that was granted to a server holds for what comes under its name later. Raises StoreError."""
        if any(g.origin == origin and g.digest for g in self._journal):
            now = self._clock()
            self._journal = [_forgotten(g, now) if g.origin == origin else g for g in self._journal]
            await self._save()

    async def _revoke_outdated(self, specs: Sequence[ToolSpec]) -> tuple[Grant, ...]:
        digests = {(spec.origin, spec.name): spec.digest for spec in specs}
        old = [
            g
            for g in self._journal
            if g.revoked_at is None and g.scope in _LASTING and digests.get((g.origin, g.tool), g.digest) != g.digest
        ]
        if old:
            await self._set_revoked([grant.id for grant in old], self._clock())
        return tuple(old)

    async def _set_revoked(self, ids: Sequence[str], at: float | None) -> None:
        self._journal = [replace(g, revoked_at=at) if g.id in ids else g for g in self._journal]
        self._news.announce(Changes(tools=True))
        await self._save()

    async def _save(self) -> None:
        lasting = [g for g in self._journal if g.scope in _LASTING and g.revoked_at is None]
        spare = max(0, len(self._journal) - _KEPT)
        if spare:
            droppable = [g for g in self._journal if g not in lasting][:spare]
            self._journal = [g for g in self._journal if g not in droppable]
        async with self._saving:
            await self._file.save(self._journal)
        self._news.announce(Changes(tools=True))

    def _announce(self, conversation_id: str) -> None:
        self._news.announce(Changes(approvals=True, conversations=True, messages=frozenset({conversation_id})))


def _same(grant: Grant, spec: ToolSpec) -> bool:
    return grant.origin == spec.origin and grant.tool == spec.name


def _forgotten(grant: Grant, at: float) -> Grant:
    revoked = grant.revoked_at if grant.revoked_at is not None or grant.scope not in _LASTING else at
    return replace(grant, digest="", revoked_at=revoked)


def _covers(grant: Grant, spec: ToolSpec, conversation_id: str) -> bool:
    if not _same(grant, spec) or grant.digest != spec.digest or grant.revoked_at is not None:
        return False
    if grant.scope is Scope.CHAT:
        return bool(conversation_id) and grant.conversation_id == conversation_id
    return grant.scope is Scope.ALWAYS
