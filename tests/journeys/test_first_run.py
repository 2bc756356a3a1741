"""Before the first key: pages can be opened and left, and what is stored can be read."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from glmdesk.domain.endpoint import DialectName, Endpoint
from glmdesk.domain.message import Status
from glmdesk.ui.settings.page import SettingsPage
from glmdesk.ui.welcome.page import WelcomePage
from tests.journeys.driver import Person, drive

CONTROL = Qt.KeyboardModifier.ControlModifier


async def _ask(person: Person, text: str) -> None:
    person.window.page.composer.set_text(text)
    person.click(person.window.page.composer.send_button)
    await person.until(lambda: person.window.page.transcript.stack.items, "the question is shown")
    await person.until(lambda: person.answer().status is not Status.STREAMING, "the answer has ended")


def test_a_page_left_before_the_first_key_leads_back_to_the_welcome_page(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        window = person.window
        QTest.keyClick(window, Qt.Key.Key_Comma, CONTROL)
        assert isinstance(window.navigation.page, SettingsPage)
        QTest.keyClick(window, Qt.Key.Key_Escape)
        await person.until(lambda: isinstance(window.navigation.page, WelcomePage), "the welcome page again")
        QTest.keyClick(window, Qt.Key.Key_N, CONTROL)
        await person.until(lambda: isinstance(window.navigation.page, WelcomePage), "nothing to ask yet")
        window.navigation.demo_requested.emit()
        await person.until(lambda: window.navigation.page is None, "the chat opens")
        window.navigation.show_settings()
        assert window.navigation.leave()
        assert window.navigation.page is None, "the welcome page is over"

    drive(tmp_path, body)


def test_an_endpoint_set_up_in_the_settings_ends_the_welcome(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        window = person.window
        window.navigation.show_settings("endpoints")
        desk = person.program.desk
        await desk.endpoints.save(Endpoint("mine", "Mine", DialectName.VLLM, "http://127.0.0.1:9", needs_key=False))
        await desk.settings.change(default_endpoint="mine")
        QTest.keyClick(window, Qt.Key.Key_Escape)
        await person.until(lambda: window.navigation.page is None, "the chat opens")
        assert window.sidebar.isVisible()
        await person.until(lambda: not window.tasks.running("settings:keys"), "the page's own task has ended")
        assert not window.notices.texts, "a page that was left is no trouble"

    drive(tmp_path, body)


def test_stored_chats_can_be_read_without_a_key(tmp_path: Path) -> None:
    async def demo(person: Person) -> None:
        await _ask(person, "还在吗")

    async def later(person: Person) -> None:
        window = person.window
        assert isinstance(window.navigation.page, WelcomePage)
        assert window.sidebar.isVisible(), "the chats are beside it"
        window.open_conversation(window.list.conversations[0].id)
        await person.until(lambda: window.page.transcript.stack.items, "the chat is shown")
        assert window.navigation.page is None
        QTest.keyClick(window, Qt.Key.Key_Comma, CONTROL)
        QTest.keyClick(window, Qt.Key.Key_Escape)
        assert window.navigation.page is None, "back to the chat that was read"
        QTest.keyClick(window, Qt.Key.Key_N, CONTROL)
        await person.until(lambda: isinstance(window.navigation.page, WelcomePage), "something to set up first")

    drive(tmp_path, demo, demo=True)
    drive(tmp_path, later)
