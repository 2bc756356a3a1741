"""The whole program with a running answer: `python -m tests.journeys.closed_window HOW URL QUESTION`.

HOW is `close` (the window's own button, once words have come) or `wait` (somebody else ends the program). The program
is started by its own `run`; only its window asks by itself and says `streaming` on standard output.
"""

from __future__ import annotations

import asyncio
import sys

from glmdesk import app
from glmdesk.domain.conversation import ThinkingChoice
from glmdesk.domain.endpoint import DialectName, Endpoint
from glmdesk.domain.secret import Secret
from glmdesk.ui.main_window import MainWindow

HOW, URL, QUESTION = sys.argv[1:4]


class AskingWindow(MainWindow):
    """Asks once it has started."""

    async def start(self, *, demo: bool = False) -> None:
        await super().start(demo=demo)
        self.desk.endpoints.add_for_session(Endpoint("test", "Test", DialectName.BIGMODEL, URL), Secret("a.b"))
        self.desk.endpoints.use_for_session("test")
        self.new_chat()
        self.chat.choose_thinking(ThinkingChoice.OFF)
        await self.chat.send(QUESTION)
        self.tasks.start("tell", self._tell_when_words_come())

    async def _tell_when_words_come(self) -> None:
        items = self.page.transcript.stack.items
        while not (items and len(items[-1].row.message.text) > 50):
            await asyncio.sleep(0.02)
            items = self.page.transcript.stack.items
        print("streaming", flush=True)
        if HOW == "close":
            self.close()


if __name__ == "__main__":
    app.MainWindow = AskingWindow
    raise SystemExit(app.run())
