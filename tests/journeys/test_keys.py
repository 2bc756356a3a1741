"""Every shortcut does its work in the real window, with its own keys and with any others the user gives it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest

from glmdesk.domain.message import Message, Role
from glmdesk.domain.part import TextPart
from glmdesk.ui.actions import ACTIONS
from glmdesk.ui.shortcuts import keys_of
from glmdesk.ui.turns.compare_sheet import CompareSheet
from glmdesk.ui.widgets.picker import Picker
from glmdesk.ui.widgets.sheet import Sheet
from tests.helpers.stored import stored
from tests.journeys.driver import Person, drive

CHATS = 10
Seen = Callable[[], object]
Effect = Callable[[Person], Awaitable[Seen]]


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """Ten chats, the newest `c` with two questions and answers."""
    (tmp_path / "settings.toml").write_text("welcomed = true\n", "utf-8")

    async def body() -> None:
        for number in range(CHATS):
            async with stored(tmp_path / "glmdesk.db", clock=1_800_000_000.0 + number) as store:
                name = "c" if number == CHATS - 1 else f"c{number}"
                await store.conversation(name, title=f"对话 {number}")
                before = None
                for turn in range(2):
                    asked = Message(f"{name}q{turn}", name, Role.USER, (TextPart(f"问题 {turn}"),), parent_id=before)
                    said = Message(f"{name}a{turn}", name, Role.ASSISTANT, (TextPart("回答"),), parent_id=asked.id)
                    before = said.id
                    await store.add_message(asked)
                    await store.add_message(said)

    asyncio.run(body())
    return tmp_path


async def chat(person: Person, name: str = "c") -> None:
    """The chat alone: no page, no sheet, no bar, nothing selected, the focus in the composer."""
    window = person.window
    for sheet in window.findChildren(Sheet):
        sheet.close_sheet()
    window.page.transcript.find_bar.leave()
    window.open_conversation(name)
    items = window.page.transcript.stack
    await person.until(lambda: window.chat.conversation_id == name and len(items.items) >= 3, "the chat is open")
    if len(items.items) == 3:
        window.chat.turns.undo()  # what was deleted by the action before
        await person.until(lambda: len(items.items) == 4, "the chat is whole")
    await asyncio.sleep(0)
    window.page.composer.focus_editor()


async def conversation(person: Person) -> Seen:
    await chat(person)
    return lambda: person.window.chat.conversation_id


async def middle(person: Person) -> Seen:
    await chat(person, person.window.list.conversations[4].id)
    return lambda: person.window.chat.conversation_id


async def picker(person: Person) -> Seen:
    await chat(person)
    return lambda: any(p.isVisible() for p in person.window.findChildren(Picker))


async def sheet(person: Person) -> Seen:
    await chat(person)
    return lambda: any(s.isVisible() for s in person.window.findChildren(Sheet))


async def comparing(person: Person) -> Seen:
    await chat(person)
    person.window.page.composer.set_text("两种")
    return lambda: any(s.isVisible() for s in person.window.findChildren(CompareSheet))


async def page(person: Person) -> Seen:
    await chat(person)
    return lambda: type(person.window.navigation.page)


async def left_page(person: Person) -> Seen:
    await chat(person)
    person.window.navigation.show_settings()
    return lambda: person.window.navigation.page


async def bar(person: Person) -> Seen:
    await chat(person)
    return lambda: person.window.page.transcript.find_bar.isVisible()


async def search(person: Person) -> Seen:
    await chat(person)
    return lambda: person.window.sidebar.field.hasFocus()


async def composer(person: Person) -> Seen:
    await chat(person)
    person.window.sidebar.list.setFocus()
    return lambda: person.window.page.composer.editor.hasFocus()


async def thinking(person: Person) -> Seen:
    await chat(person)
    return lambda: person.window.page.composer.thinking.segments.value


async def clipboard(person: Person) -> Seen:
    await chat(person)
    QGuiApplication.clipboard().clear()
    return lambda: QGuiApplication.clipboard().text()


async def deleted(person: Person) -> Seen:
    await chat(person)
    items = person.window.page.transcript.stack
    person.window.chat.turns.act("delete", items.items[-1].id)
    await person.until(lambda: len(items.items) == 3, "the answer is deleted")
    return lambda: len(items.items)


async def undone(person: Person) -> Seen:
    seen = await deleted(person)
    person.window.chat.turns.undo()
    await person.until(lambda: seen() == 4, "it is back")
    return seen


async def sidebar(person: Person) -> Seen:
    await chat(person)
    return person.window.sidebar.isVisible


async def zoom(person: Person) -> Seen:
    await chat(person)
    await person.window.desk.settings.change(zoom=1.2)
    await person.until(lambda: person.window.theme.zoom == 1.2, "the zoom")
    return lambda: person.window.theme.zoom


async def leaving(person: Person) -> Seen:
    await chat(person)
    wishes: list[int] = []
    person.window.closed.connect(lambda: wishes.append(1))
    return lambda: len(wishes)


# What is not named here opens a page.
EFFECTS: dict[str, Effect] = {
    "new_chat": conversation,
    "palette": picker,
    "search": search,
    "next_chat": middle,
    "previous_chat": middle,
    **{f"chat_{number}": middle if number != 5 else conversation for number in range(1, 10)},
    "thinking": thinking,
    "stop": left_page,
    "find": bar,
    "find_next": bar,
    "find_previous": bar,
    "questions": picker,
    "copy_last_answer": clipboard,
    "compare": comparing,
    "undo": deleted,
    "redo": undone,
    "focus_composer": composer,
    "toggle_sidebar": sidebar,
    "zoom_in": zoom,
    "zoom_out": zoom,
    "zoom_reset": zoom,
    "shortcuts": sheet,
    "quit": leaving,
}
_KEYS = [f"{held}{key}" for held in ("Alt+Shift+", "Ctrl+Alt+") for key in "ABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890"]
OTHERS = {action.id: keys for action, keys in zip(ACTIONS, _KEYS, strict=False)}


def press(person: Person, keys: str) -> None:
    combined = QKeySequence(keys)[0]  # pyright: ignore[reportIndexIssue]  (the stubs do not know it)
    QTest.keyClick(person.window, combined.key(), combined.keyboardModifiers())


async def works(person: Person, action_id: str, keys: str) -> None:
    seen = await EFFECTS.get(action_id, page)(person)
    before = seen()
    press(person, keys)
    await person.until(lambda: seen() != before, f"{keys} does {action_id}")


@pytest.mark.timeout(240)
def test_every_action_works_with_its_own_keys(profile: Path) -> None:
    async def body(person: Person) -> None:
        await person.until(lambda: len(person.window.list.conversations) == CHATS, "all are listed")
        for action in ACTIONS:
            for keys in keys_of(action, {}):
                await works(person, action.id, keys)

    drive(profile, body)


@pytest.mark.timeout(240)
def test_every_action_works_with_other_keys_and_no_more_with_the_old_ones(profile: Path) -> None:
    async def body(person: Person) -> None:
        window = person.window
        await person.until(lambda: len(window.list.conversations) == CHATS, "all are listed")
        await window.desk.settings.change(shortcuts=OTHERS)
        await person.until(lambda: window.sidebar.field.placeholderText(), "the keys are in force")
        for action in ACTIONS:
            await works(person, action.id, OTHERS[action.id])
            seen = await EFFECTS.get(action.id, page)(person)
            before = seen()
            QTest.keyClick(window, Qt.Key.Key_F24)  # something that is bound to nothing
            for keys in keys_of(action, {}):
                press(person, keys)
            await asyncio.sleep(0.02)
            assert seen() == before, action.id

    drive(profile, body)
