"""Conversations for these tests, and an answer that comes in piece by piece."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from glmdesk.domain.message import Message, Role, Status
from glmdesk.domain.part import Part, ReasoningPart, TextPart
from glmdesk.services.transcript import Transcript
from glmdesk.ui.transcript.blocks.base import Piece
from glmdesk.ui.transcript.view import TranscriptView

MARKDOWN = """## 标题

**注意：**这一段有 `代码` 和 [链接](https://e.example/path)。

- 一
- 二
  - 三

```python
def f(x: int) -> int:
    return x + 1  # 注释
```

| 甲 | 乙 |
|---|---|
| 1 | 2 |

$$
x^2
$$

> 引用

"""


def user(key: str, text: str = "问题") -> Message:
    return Message(key, "c", Role.USER, (TextPart(text),))


def reply(key: str, text: str = "回答", reasoning: str = "", **fields: object) -> Message:
    parts: list[Part] = [ReasoningPart(reasoning, 1.5)] if reasoning else []
    parts += [TextPart(text)] if text else []
    return replace(Message(key, "c", Role.ASSISTANT, tuple(parts), model="glm-4.5"), **fields)  # type: ignore[arg-type]


def talk(*messages: Message) -> Transcript:
    transcript = Transcript("c")
    transcript.append(messages)
    return transcript


def long_talk(count: int) -> Transcript:
    pairs = [(user(f"u{i}", f"问题 {i}"), reply(f"a{i}", MARKDOWN * (1 + i % 3))) for i in range(count // 2)]
    return talk(*(message for pair in pairs for message in pair))


class Stream:
    """An answer that grows in a transcript; `step` shows one frame."""

    def __init__(self, view: TranscriptView, transcript: Transcript, key: str = "live") -> None:
        self.view, self.transcript = view, transcript
        self.message = reply(key, "", status=Status.STREAMING)
        transcript.append([self.message], live=True)
        self.frame()

    def set(self, text: str, reasoning: str = "") -> None:
        self.message = replace(self.message, parts=reply("x", text, reasoning).parts)
        self.transcript.update(self.message, live=True)

    def step(self, text: str, reasoning: str = "") -> None:
        self.set(text, reasoning)
        self.frame()

    def finish(self, status: Status = Status.COMPLETE) -> None:
        self.message = replace(self.message, status=status)
        self.transcript.update(self.message, live=False)
        self.frame()

    def frame(self) -> None:
        self.view._timer.stop()
        self.view._frame()
        QApplication.processEvents()


def pieces(view: TranscriptView, row_id: str, kind: type[Piece]) -> list[Piece]:
    item = view.stack.item(row_id)
    assert item is not None
    return [piece for piece in item.pieces if isinstance(piece, kind)]


def on_screen(view: TranscriptView, row_id: str, piece: Piece) -> int:
    """The y of a piece in the viewport."""
    item = view.stack.item(row_id)
    assert item is not None
    top = view.stack.piece_top(item, piece)
    assert top is not None
    return top - view.origin


def screen(view: TranscriptView) -> list[tuple[Piece, int]]:
    """What is in the viewport and where."""
    height = view.viewport().height()
    return [(p.piece, p.top - view.origin) for p in view.stack.pieces_in(view.origin, view.origin + height)]


def mouse(view: TranscriptView, kind: QEvent.Type, at: QPoint, *, held: bool = False) -> None:
    button = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
    buttons = Qt.MouseButton.LeftButton if held or kind is QEvent.Type.MouseButtonPress else Qt.MouseButton.NoButton
    place = view.viewport().mapToGlobal(at)
    event = QMouseEvent(kind, QPointF(at), QPointF(place), button, buttons, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(view.viewport(), event)


def click(view: TranscriptView, at: QPoint) -> None:
    mouse(view, QEvent.Type.MouseMove, at)
    mouse(view, QEvent.Type.MouseButtonPress, at)
    mouse(view, QEvent.Type.MouseButtonRelease, at)


def click_button(view: TranscriptView, row_id: str, key: str) -> None:
    """Click the first painted button of a row with this key."""
    item = view.stack.item(row_id)
    assert item is not None
    for piece in item.pieces:
        for button in piece.buttons(view.context):
            if button.key == key:
                top = on_screen(view, row_id, piece)
                click(view, button.rect.center() + QPoint(view.column_left, top))
                return
    raise AssertionError(f"no button {key}")
