"""A program for the accessibility test: a conversation whose last answer grows, ends and is followed by others."""

from __future__ import annotations

import faulthandler
import sys

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from glmdesk.domain.settings import Language
from glmdesk.ui.i18n import switch_language
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.transcript.view import TranscriptView
from tests.ui.transcript.talk import Stream, reply, talk, user

STEPS = 60  # frames of one answer
FIRST = "**第一个**回答\n\n```python\nx = 1\n```"


class Speaker:
    """Lets answers grow in a view until its input is closed."""

    def __init__(self, view: TranscriptView) -> None:
        self._view = view
        self._round = self._step = 0
        self._timer = QTimer(view)
        self._timer.timeout.connect(self._grow)
        self._begin()

    def _begin(self) -> None:
        transcript = talk(user("u1", "第一个问题"), reply("a1", FIRST), user("u2", "第二个问题"))
        self._view.show_transcript(transcript)
        self._stream = Stream(self._view, transcript, f"live{self._round}")
        self._timer.start(20)

    def _grow(self) -> None:
        self._step += 1
        if self._step % STEPS:
            self._stream.set("一句话。\n\n" * (self._step % STEPS))
            # Buttons come and go while they are looked at.
            first = FIRST if self._step // 7 % 2 else FIRST.replace("```", "")
            self._stream.transcript.update(reply("a1", first), live=False)
            self._view.poll()
            return
        self._stream.finish()
        self._round += 1
        self._timer.stop()
        QTimer.singleShot(300, self._view, self._begin)


def main() -> None:
    faulthandler.enable()
    app = QApplication([])
    switch_language(app, Language.ZH_CN)
    view = TranscriptView(theme=ThemeManager(app))
    view.resize(800, 600)
    view.show()
    speaker = Speaker(view)
    QTimer.singleShot(round(float(sys.argv[1]) * 1000), app.quit)
    app.exec()
    assert speaker is not None
    print("ended")


if __name__ == "__main__":
    main()
