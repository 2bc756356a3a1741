"""The whole program, used at random and then left as it is: `python -m tests.journeys.left_window SEED`.

Prints two JSON objects: how the window stands after its start, and how it stands when it has been used.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from dataclasses import asdict
from time import monotonic

from PySide6.QtTest import QTest

from glmdesk import app
from glmdesk.ui.main_window import MainWindow

_QUIET = 0.4  # seconds
_WORDS = ("你好，", "木星 ", "satellites ", "多少颗？", "and ", "  ", "“引号”")


class LeftWindow(MainWindow):
    """Goes to a chat, reads somewhere in it, writes words and changes its size."""

    async def start(self, *, demo: bool = False) -> None:
        await super().start(demo=demo)
        self.tasks.start("use", self._use(random.Random(int(sys.argv[1]))))

    async def _use(self, dice: random.Random) -> None:
        await self._until_shown(self.session.left.chat)
        self._say()
        chat = dice.choice(self.list.conversations).id
        self.open_conversation(chat)
        await self._until_shown(chat)
        self.resize(dice.randrange(500, 780), dice.randrange(430, 560))  # within the screen
        self.page.composer.editor.clear()
        QTest.keyClicks(self.page.composer.editor, f"draft {dice.randrange(10**6)} ")
        self.page.composer.editor.insertPlainText("".join(dice.choices(_WORDS, k=dice.randrange(40))))
        await self._settled()
        bar = self.page.transcript.verticalScrollBar()
        bar.setValue(dice.choice([bar.maximum(), 0, dice.randrange(bar.maximum() + 1)]))
        await self._settled()
        self._say()

    async def _until_shown(self, chat: str) -> None:
        while self.chat.conversation_id != chat:
            await asyncio.sleep(0.01)
        await self._settled()

    async def _settled(self) -> None:
        """Nothing has changed for a while: heights and pictures of formulas have come."""
        before, since = self._state(), monotonic()
        while monotonic() - since < _QUIET or self.tasks.running("formulas:draw"):
            await asyncio.sleep(0.02)
            if (now := self._state()) != before:
                before, since = now, monotonic()

    def _state(self) -> dict[str, object]:
        spot = self.page.transcript.places.spot()
        return {
            "chat": self.chat.conversation_id,
            "draft": self.page.composer.text,
            "size": [self.width(), self.height()],
            "spot": asdict(spot) if spot is not None else None,
        }

    def _say(self) -> None:
        print(json.dumps(self._state()), flush=True)


if __name__ == "__main__":
    app.MainWindow = LeftWindow
    raise SystemExit(app.run())
