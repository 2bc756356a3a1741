"""The real window before a bad server: what is asked, what is seen, and what must hold in every row."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import monotonic

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from glmdesk.domain.endpoint import DialectName, Endpoint
from glmdesk.domain.message import Message, Role, Status
from glmdesk.domain.secret import Secret
from glmdesk.domain.settings import ProxyMode
from glmdesk.providers.limits import Limits
from glmdesk.ui.transcript.blocks.notice import NoticePiece
from tests.journeys.driver import Person, drive

CANARY = "canary0123456789abcdef.S3cretCanary"


class Counted:
    """Stands in for the trace: how many requests went out."""

    def __init__(self) -> None:
        self.requests = 0

    def event(self, name: str, *, at: float | None = None, **fields: float | str) -> None:
        self.requests += name == "request"


class Scene:
    """One window whose new conversations go to the server at `url`; '' leaves the profile's own endpoint."""

    def __init__(self, person: Person, url: str, limits: Limits) -> None:
        self.person = person
        self.window = person.window
        self.view = person.window.page.transcript
        self.counted = Counted()
        person.program.network._trace = self.counted
        person.program.network._current().limits = limits
        if url:
            self.connect(url)

    def connect(self, url: str) -> None:
        endpoints = self.window.desk.endpoints
        endpoints.add_for_session(Endpoint("test", "Test", DialectName.BIGMODEL, url), Secret(CANARY))
        endpoints.use_for_session("test")

    def trust(self, certificates: ssl.SSLContext) -> None:
        """These certificates instead of the system's."""
        self.person.program.network._current()._verify = certificates

    async def use_proxy(self, url: str) -> None:
        await self.window.desk.settings.change(proxy_mode=ProxyMode.CUSTOM, proxy_url=url)

    async def send(self, text: str) -> None:
        """Type and press Enter; returns when question and answer are on the screen."""
        composer = self.window.page.composer
        await self.person.until(composer.send_button.isVisible, "the composer is ready")
        before = len(self.view.stack.items) if self.view.isVisible() else 0
        composer.editor.setPlainText(text)
        QTest.keyClick(composer.editor, Qt.Key.Key_Return)
        await self.person.until(lambda: len(self.view.stack.items) >= before + 2, "question and answer are shown")

    async def ask(self, text: str) -> Message:
        """Send and wait for the end of the answer."""
        await self.send(text)
        return await self.end()

    async def end(self) -> Message:
        await self.person.until(lambda: self.message.status is not Status.STREAMING, "the answer has ended")
        await self.person.until(lambda: not self.view.stack.items[-1].row.live, "the view shows its end")
        return self.message

    @property
    def message(self) -> Message:
        return self.person.answer()

    @property
    def said(self) -> str:
        """The sentences below the answer."""
        pieces = self.view.stack.items[-1].pieces
        return "\n".join(piece.content for piece in pieces if isinstance(piece, NoticePiece))

    @property
    def offered(self) -> list[str]:
        """The buttons below the answer."""
        pieces = self.view.stack.items[-1].pieces
        return [o.key for piece in pieces if isinstance(piece, NoticePiece) for o in piece.offers]

    @property
    def shown(self) -> str:
        """All words on the screen that can be copied."""
        self.view.commands.select_all()
        try:
            return self.view.selection.copy().plain
        finally:
            self.view.selection.clear()

    async def stop(self) -> float:
        """Press Stop; the seconds until the answer has ended."""
        button = self.window.page.composer.stop_button
        await self.person.until(button.isVisible, "Stop can be pressed")
        at = monotonic()
        self.person.click(button)
        await self.end()
        return monotonic() - at


Body = Callable[[Scene], Awaitable[None]]


def play(profile: Path, url: str, body: Body, *, limits: Limits | None = None) -> None:
    """Run `body` in the window; afterwards every question is still there and the key is nowhere."""

    async def with_scene(person: Person) -> None:
        scene = Scene(person, url, limits or Limits())
        await body(scene)
        rows = [item.row.message for item in scene.view.stack.items]
        assert [m.role for m in rows] == [Role.USER, Role.ASSISTANT] * (len(rows) // 2)
        stored = await person.window.desk.history.export_json()
        assert all(f'"{row.id}"' in stored for row in rows)

    drive(profile, with_scene)
    for path in profile.rglob("*"):
        if path.is_file():
            assert CANARY[:12].encode() not in path.read_bytes(), path
