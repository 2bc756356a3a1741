"""A stored conversation opened, scrolled, resized and closed again."""

from __future__ import annotations

import asyncio
import ctypes
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from glmdesk.demo.longtext import long_text, long_thought
from glmdesk.domain.conversation import Conversation
from glmdesk.domain.message import Message, Role, Status
from glmdesk.domain.part import Part, ReasoningPart, TextPart
from glmdesk.store.conversations import Conversations
from glmdesk.store.database import open_database
from glmdesk.store.files import Profile
from glmdesk.ui.main_window import MainWindow
from tests.benchmarks.meter import cpu, resident

Json = dict[str, Any]
_SHORT = 12  # messages


async def write_history(folder: Path, messages: int, characters: int) -> None:
    """A profile whose conversation `long` has that many messages and about as many characters, and a short one."""
    profile = Profile(folder)
    profile.prepare()
    database = await open_database(profile.database)
    store = Conversations(database)
    text, thought = long_text(characters), long_thought(20_000)
    size = 2 * characters // messages - 60
    for conversation, count in (("short", _SHORT), ("long", messages)):
        await store.create(Conversation(conversation, conversation))
        parent = None
        for number in range(count):
            parent = await _write(
                store, conversation, parent, number, text[number * 797 % (len(text) // 2) :][:size], thought
            )
    await database.close()


async def _write(
    store: Conversations, conversation: str, parent: str | None, number: int, text: str, thought: str
) -> str:
    key = f"{conversation}{number}"
    parts: list[Part] = [TextPart(f"第 {number} 个问题：这一节说了什么？")]
    if number % 2:
        parts = [ReasoningPart(thought[:200], 2.0)] if number % 8 == 1 else []
        parts.append(TextPart(text))
    role = Role.ASSISTANT if number % 2 else Role.USER
    message = Message(key, conversation, role, tuple(parts), parent_id=parent, status=Status.COMPLETE, model="glm-4.5")
    return (await store.add_message(message)).id


class Paints:
    """Tells when the transcript has been painted."""

    def __init__(self, window: MainWindow) -> None:
        self.done = asyncio.Event()
        window.page.transcript.painted = self.done.set


async def _cost(paints: Paints, action: Callable[[], object]) -> float:
    """CPU milliseconds from an action to the end of its paint and of all it has set going."""
    paints.done.clear()
    began = cpu()
    action()
    await paints.done.wait()
    spent = cpu()
    await asyncio.sleep(0.05)
    return 1000 * (spent - began)


async def open_and_read(window: MainWindow, order: Json) -> Json:
    """CPU milliseconds of opening the long conversation, and of steps in it."""
    window.open_conversation("short")
    window.resize(1000, window.height())
    await asyncio.sleep(0.5)
    paints = Paints(window)
    view, bar = window.page.transcript, window.page.transcript.verticalScrollBar()
    opened = await _cost(paints, lambda: window.open_conversation("long"))
    last = view.stack.items[-1].id
    await asyncio.sleep(0.5)
    result: Json = {"open": opened, "at_end": view.origin == bar.maximum(), "last": last}
    steps, dice, height = order["steps"], random.Random(5), view.viewport().height()
    step = view.context.style.px(120)
    result["scroll"] = [await _cost(paints, lambda: bar.setValue(bar.value() - step)) for _ in range(steps)]
    places = [dice.randrange(height, bar.maximum() - height) for _ in range(steps)]
    result["jump"] = [await _cost(paints, lambda to=to: bar.setValue(to)) for to in places]
    # Between a column that is as wide as it gets and a sidebar that folds away: all words are broken anew.
    widths = [1000 - 20 * (number % 7) for number in range(1, steps + 1)]
    result["resize"] = [await _cost(paints, lambda to=to: window.resize(to, window.height())) for to in widths]
    return result


async def memory(window: MainWindow, order: Json) -> Json:
    """Kilobytes before the long conversation, after reading all of it, and after it has been closed."""
    window.open_conversation("short")
    await asyncio.sleep(0.5)
    await _read_through(window, pages=20)
    before = _settled()
    window.open_conversation("long")
    while len(window.page.transcript.stack.items) <= _SHORT:
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.3)
    opened = _settled()
    await _read_through(window, pages=order["pages"])
    read = _settled()
    window.new_chat()
    await asyncio.sleep(0.5)
    return {"before": before, "opened": opened, "read": read, "closed": _settled()}


async def _read_through(window: MainWindow, *, pages: int) -> None:
    bar = window.page.transcript.verticalScrollBar()
    for number in range(pages, -1, -1):
        bar.setValue(bar.maximum() * number // pages)
        await asyncio.sleep(0.01)


def _settled() -> float:
    """Resident kilobytes once freed memory has gone back to the system."""
    resident()
    libc = ctypes.CDLL(None)
    if hasattr(libc, "malloc_trim"):
        libc.malloc_trim(0)
    return resident()
