"""The whole program in a state in which somebody quits: `python -m tests.journeys.quit_window STATE URL`.

Says `there` on standard output when the state is reached. Then SIGUSR1 presses the window's own button and SIGUSR2
ends the desktop's session; any other end comes from outside. URL is a demo server, or a port that never answers.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent
from shiboken6 import isValid

from glmdesk import app
from glmdesk.domain.conversation import ThinkingChoice
from glmdesk.domain.endpoint import DialectName, Endpoint
from glmdesk.domain.message import Message
from glmdesk.domain.secret import Secret
from glmdesk.domain.servers import ServerState
from glmdesk.services.rescue import Outcome
from glmdesk.ui.main_window import MainWindow
from glmdesk.ui.scenarios.templates_page import TemplatesPage
from tests.tools.mcp.running import fake, marked

STATE, URL = sys.argv[1:3]
PROFILE = Path(os.environ["GLMDESK_HOME"])
MARK = "glmdesk-quit"  # in the command line of a tool server
UNSENT = "words that were not sent"


class QuitWindow(MainWindow):
    """Goes into its state by itself."""

    async def start(self, *, demo: bool = False) -> None:
        await super().start(demo=demo)
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGUSR1, self.close)
        loop.add_signal_handler(signal.SIGUSR2, self._end_session)
        self.tasks.start("state", self._state())

    def _end_session(self) -> None:
        """What Qt does when a session manager saves and ends the session."""
        if isValid(self):
            self.save_soon()
        instance = QCoreApplication.instance()
        assert instance is not None
        QCoreApplication.sendEvent(instance, QEvent(QEvent.Type.Quit))

    async def _state(self) -> None:
        if STATE != "first_run":
            self.desk.endpoints.add_for_session(Endpoint("test", "Test", DialectName.BIGMODEL, URL), Secret("a.b"))
            self.desk.endpoints.use_for_session("test")
            self.new_chat()
            self.chat.choose_thinking(ThinkingChoice.ON)
            await STATES[STATE](self)
            self.page.composer.editor.setPlainText(UNSENT)
            await asyncio.sleep(0.02)
        print("there", flush=True)

    async def until(self, condition: Callable[[], object]) -> None:
        while not condition():
            await asyncio.sleep(0.01)

    @property
    def newest(self) -> Message | None:
        items = self.page.transcript.stack.items
        return items[-1].row.message if items else None

    async def waits(self) -> None:
        """An answer has begun that says nothing yet."""
        await self.chat.send("你好")
        await asyncio.sleep(0.3)  # the connection is being made

    async def thinks(self) -> None:
        await self.chat.send("/long tokens=9000 thought=8000")
        await self.until(lambda: self.newest and len(self.newest.reasoning) > 50)

    async def streams(self) -> None:
        self.chat.choose_thinking(ThinkingChoice.OFF)
        await self.chat.send("/long tokens=9000 thought=0")
        await self.until(lambda: self.newest and len(self.newest.text) > 50)

    async def server(self, mode: str) -> None:
        await self.desk.servers.save(fake(mode, MARK))
        await self.desk.servers.agree("fake")

    async def asks_for_a_tool(self) -> None:
        await self.server("good")
        await self.until(lambda: self.desk.servers.status("fake").state is ServerState.READY)
        await self.desk.settings.change(tools=("fake__hang",))
        await self.chat.send('/tool fake__hang {"text": "x"}\nhang')
        await self.until(self.page.approval.isVisible)

    async def runs_a_tool(self) -> None:
        await self.asks_for_a_tool()
        await self.until(self.page.approval.once.isEnabled)
        self.page.approval.once.click()
        await self.until(lambda: not self.page.approval.isVisible())
        await asyncio.sleep(0.2)  # the call has reached the server

    async def starts_a_server(self) -> None:
        await self.server("silent")
        await self.until(lambda: self.desk.servers.status("fake").state is ServerState.STARTING)
        await self.until(lambda: marked(MARK))  # its process is there

    async def exports(self) -> None:
        self.list.export_to(PROFILE / "all.json")

    async def imports(self) -> None:
        self.chat.files.add([PROFILE / "long.docx"])
        await self.until(lambda: self.desk.files.busy)
        await asyncio.sleep(0.3)  # its process is there

    async def counts_down(self) -> None:
        await self.chat.send("你好\n/error 1302 times=5 retry_after=30")
        await self.until(lambda: self.newest and self.page.transcript.stack.items[-1].row.notice)

    async def imports_a_template(self) -> None:
        """From a file that is slow: its words come when the program has been told to end."""
        self.navigation.show_templates()
        page = self.navigation.page
        assert isinstance(page, TemplatesPage)
        page.import_path(PROFILE / "slow.toml")

    async def restores(self) -> None:
        """The window has closed for it, and no other one is open."""
        (backup,) = await self.desk.rescue.backups()
        self.page.composer.flush()

        async def work() -> Outcome:
            print("there", flush=True)
            await asyncio.sleep(0.5)  # the wish to quit comes now
            return await self.desk.rescue.restore(backup.path)

        self.desk.rescue.planned = work
        self.close()
        await asyncio.Event().wait()

    async def shows_settings(self) -> None:
        self.navigation.show_settings()

    async def rests(self) -> None:
        """Nothing is going on."""


STATES: dict[str, Callable[[QuitWindow], Awaitable[None]]] = {
    "idle": QuitWindow.rests,
    "connecting": QuitWindow.waits,
    "thinking": QuitWindow.thinks,
    "streaming": QuitWindow.streams,
    "approval": QuitWindow.asks_for_a_tool,
    "tool": QuitWindow.runs_a_tool,
    "server_starting": QuitWindow.starts_a_server,
    "exporting": QuitWindow.exports,
    "importing": QuitWindow.imports,
    "template": QuitWindow.imports_a_template,
    "restoring": QuitWindow.restores,
    "countdown": QuitWindow.counts_down,
    "settings": QuitWindow.shows_settings,
    "first_run": QuitWindow.rests,
}


if __name__ == "__main__":
    app.MainWindow = QuitWindow
    raise SystemExit(app.run())
