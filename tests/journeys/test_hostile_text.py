"""Mark-up in everything that a model, a user, a server or a file can name: it is shown as it is written, everywhere."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolTip, QWidget

from glmdesk.domain.endpoint import DialectName, Endpoint
from glmdesk.domain.errors import ErrorInfo, UserError
from glmdesk.domain.message import Message, Role, Status
from glmdesk.domain.part import AttachmentPart, ErrorPart, ReasoningPart, TextPart
from glmdesk.domain.secret import Secret
from glmdesk.domain.template import Family, Template, Variable, VariableKind
from glmdesk.ui.settings.registry import SECTIONS
from tests.helpers.stored import stored
from tests.journeys.driver import Person, drive


def hostile(fifo: Path) -> str:
    return f'<img src="{fifo}"><b>粗</b><a href="file://{fifo}">去</a>'


@pytest.fixture
def evil(tmp_path: Path) -> str:
    """Words that name a FIFO: whoever reads them as mark-up opens it and never comes back."""
    os.mkfifo(tmp_path / "f")
    return hostile(tmp_path / "f")


def history(folder: Path, evil: str) -> None:
    async def body() -> None:
        async with stored(folder / "glmdesk.db") as store:
            await store.conversation("c", title=evil)
            question = await store.add_message(
                Message("q", "c", Role.USER, (TextPart(evil), AttachmentPart(f"{evil}.txt", "text/plain", evil)))
            )
            error = ErrorInfo("server_said", code=evil, detail=evil)
            parts = (ReasoningPart(evil, 1.0), TextPart(f"{evil}\n\n```{evil}\n{evil}\n```\n"), ErrorPart(error))
            answer = Message("a", "c", Role.ASSISTANT, parts, parent_id=question.id, model=evil, status=Status.FAILED)
            await store.add_message(answer)

    asyncio.run(body())


def wrong(window: QWidget, evil: str) -> list[str]:
    """Labels that read mark-up, and tooltips that would."""
    found = [f"label {w.text()[:60]}" for w in window.findChildren(QLabel) if w.textFormat() != Qt.TextFormat.PlainText]
    raw = (w for w in window.findChildren(QWidget) if "<img" in w.toolTip())
    return [*found, *(f"tooltip of {w.objectName() or type(w).__name__}" for w in raw)]


def shows(window: QWidget, evil: str) -> bool:
    """Whether a label shows the words as they are."""
    return any(evil in label.text() for label in window.findChildren(QLabel))


async def settled(person: Person) -> None:
    for _ in range(5):
        await asyncio.sleep(0.01)
    person.window.grab()


def template(evil: str) -> Template:
    choice = Variable("kind", evil, VariableKind.CHOICE, "a", hint=evil, choices=(("a", evil), ("b", evil + "b")))
    line = Variable("line", evil, VariableKind.TEXT, evil, hint=evil)
    return Template(
        "", Family.WRITING, evil, evil, f"{evil}{{{{kind}}}}{{{{line}}}}", variables=(choice, line), built_in=False
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_no_page_reads_markup(tmp_path: Path, evil: str) -> None:
    profile = tmp_path / "p"
    profile.mkdir()
    (profile / "settings.toml").write_text("welcomed = true\n", "utf-8")
    history(profile, evil)

    async def body(person: Person) -> None:
        window, desk = person.window, person.window.desk
        desk.endpoints.add_for_session(Endpoint("evil", evil, DialectName.VLLM, "http://127.0.0.1:9"), Secret("a.b"))
        desk.endpoints.use_for_session("evil")
        made = await desk.templates.save(template(evil))
        window.open_conversation("c")
        await person.until(lambda: len(window.page.transcript.stack.items) == 2, "the chat is open")
        window.page.composer.set_text(evil)
        window.notices.post("evil", evil, "warn", action_text_id="chat.undo", callback=lambda: None)
        window.show_error(UserError(ErrorInfo("server_said", code=evil, detail=evil)))
        await settled(person)
        assert wrong(window, evil) == []
        assert shows(window.notices, evil) or shows(window, evil)
        for section, _, _ in SECTIONS:
            window.navigation.show_settings(section)
            await settled(person)
            assert wrong(window, evil) == [], section
        for show in (
            window.navigation.show_templates,
            lambda: window.navigation.show_templates("mine"),
            lambda: window.navigation.show_form(made.id),
            window.navigation.show_welcome,
        ):
            show()
            await settled(person)
            assert wrong(window, evil) == []
        window.navigation.show_chat()
        for keys in (Qt.Key.Key_K, Qt.Key.Key_G, Qt.Key.Key_Slash):
            QTest.keyClick(window, keys, Qt.KeyboardModifier.ControlModifier)
            await settled(person)
            assert wrong(window, evil) == []
            QTest.keyClick(window, Qt.Key.Key_Escape)
        window.sidebar.delete.emit("c")
        await person.until(lambda: not window.list.conversations, "it is deleted")
        window.sidebar.bin_button.click()
        await settled(person)
        window.sidebar.bin.list.opened.emit("c")
        assert wrong(window, evil) == []
        assert evil in window.sidebar.bin.offer.question.text()

    drive(profile, body)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_the_tooltip_of_a_link_shows_its_address_as_it_is(tmp_path: Path, evil: str) -> None:
    profile = tmp_path / "p"
    profile.mkdir()
    (profile / "settings.toml").write_text("welcomed = true\n", "utf-8")
    history(profile, evil)

    async def body(person: Person) -> None:
        window = person.window
        window.open_conversation("c")
        view = window.page.transcript
        await person.until(lambda: len(view.stack.items) == 2, "the chat is open")
        item = view.stack.items[1]
        row = replace(
            item.row, message=replace(item.row.message, parts=(TextPart("[去](https://e.example/?a=<img+src=x>)"),))
        )
        view.stack.update(row)
        view.arrange()
        await settled(person)
        top = view.stack.piece_top(item, item.pieces[0]) or 0
        at = QPoint(view.column_left + 6, top - view.origin + 10)
        event = QHelpEvent(QEvent.Type.ToolTip, at, view.viewport().mapToGlobal(at))
        told: list[str] = []
        with patch.object(QToolTip, "showText", lambda _at, text, _widget: told.append(text)):  # has no window here
            QApplication.sendEvent(view.viewport(), event)
        assert "e.example" in told[0]
        assert "<img" not in told[0]

    drive(profile, body)
