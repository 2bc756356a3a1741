"""Settings and welcome in the real window: what is changed holds at once and is in the file."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from glmdesk.domain.settings import Language, ProxyMode, SendKey
from glmdesk.store.preferences import Preferences
from glmdesk.ui.i18n import language
from glmdesk.ui.settings.chat import ChatSection
from glmdesk.ui.settings.endpoints import EndpointsSection
from glmdesk.ui.settings.general import GeneralSection
from glmdesk.ui.settings.models import ModelsSection
from glmdesk.ui.settings.network import NetworkSection
from glmdesk.ui.settings.page import SettingsPage
from glmdesk.ui.settings.registry import SECTIONS
from glmdesk.ui.settings.section import Section
from glmdesk.ui.settings.shortcuts import ShortcutsSection
from glmdesk.ui.theme.tokens import DARK
from glmdesk.ui.welcome.page import WelcomePage
from tests.helpers.server import demo_server
from tests.helpers.typing_keys import compose, press
from tests.journeys.driver import Person, drive


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with demo_server() as url:
        yield url


async def opened(person: Person, section: str) -> Section:
    person.window.navigation.show_settings(section)
    page = person.window.navigation.page
    assert isinstance(page, SettingsPage)
    assert page.section is not None
    await asyncio.sleep(0.02)  # the page is laid out
    return page.section


def pick(combo: QWidget, value: str) -> None:
    """Choose as a click in the list does."""
    combo.setCurrentIndex(combo.findData(value))  # type: ignore[attr-defined]
    combo.activated.emit(combo.currentIndex())  # type: ignore[attr-defined]


def test_language_and_theme_change_the_open_window(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        section = await opened(person, "general")
        assert isinstance(section, GeneralSection)
        pick(section.language, "en")
        await person.until(lambda: language() is Language.EN, "the language changes")
        await person.until(lambda: person.window.sidebar.templates_button.text() == "Templates", "texts follow")
        pick(section.look, "dark")
        await person.until(lambda: person.window.theme.tokens is DARK, "the theme changes")
        application = QApplication.palette().window().color()
        assert application == QColor(DARK.background)

    drive(tmp_path, body, demo=True)
    assert Preferences(tmp_path / "settings.toml").load().language is Language.EN


def test_chat_settings_are_saved_and_bad_numbers_cannot_be_typed(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        section = await opened(person, "chat")
        assert isinstance(section, ChatSection)
        pick(section.send_key, "ctrl_enter")
        QTest.keyClicks(section.temperature, "0.3x")
        section.temperature.editingFinished.emit()
        await person.until(lambda: person.window.desk.settings.value.default_temperature == 0.3, "the value is there")
        await person.until(lambda: person.window.desk.settings.value.send_key is SendKey.CTRL_ENTER, "and the key")

    drive(tmp_path, body, demo=True)
    assert Preferences(tmp_path / "settings.toml").load().default_temperature == 0.3


def test_a_proxy_address_that_cannot_be_is_named_and_not_used(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        section = await opened(person, "network")
        assert isinstance(section, NetworkSection)
        pick(section.mode, "custom")
        QTest.keyClicks(section.address, "nonsense")
        section.address.editingFinished.emit()
        assert section.problem.isVisible()
        assert person.window.desk.settings.value.proxy_mode is ProxyMode.SYSTEM
        section.address.clear()
        QTest.keyClicks(section.address, "http://127.0.0.1:7890")
        section.address.editingFinished.emit()
        await person.until(lambda: person.window.desk.settings.value.proxy_mode is ProxyMode.CUSTOM, "it is used")

    drive(tmp_path, body, demo=True)


def test_a_model_becomes_the_default_of_new_chats(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        section = await opened(person, "models")
        assert isinstance(section, ModelsSection)
        row = next(row for row in section.rows if row.model.id == "glm-4.6")
        person.click(row.button)
        await person.until(lambda: not row.button.isEnabled(), "it says so")
        assert person.window.desk.settings.value.default_model == "glm-4.6"

    drive(tmp_path, body, demo=True)


def test_keys_that_are_taken_are_refused_with_the_name_of_their_action(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        section = await opened(person, "shortcuts")
        assert isinstance(section, ShortcutsSection)
        edit = section.edits["new_chat"]
        edit.setKeySequence("Ctrl+K")
        edit.editingFinished.emit()
        assert "命令面板" in section.problem.text()
        edit.setKeySequence("Ctrl+J")
        edit.editingFinished.emit()
        await person.until(
            lambda: person.window.desk.settings.value.shortcuts.get("new_chat") == "Ctrl+J", "free keys are taken"
        )

    drive(tmp_path, body, demo=True)


def test_an_endpoint_is_added_made_default_and_removed(tmp_path: Path, url: str) -> None:
    async def body(person: Person) -> None:
        section = await opened(person, "endpoints")
        assert isinstance(section, EndpointsSection)
        before = len(section.cards)
        person.click(section.add_button)
        form = section.form
        form.address.setText(url)
        form.model.setText("glm-4.5-air")
        form.key.setText("some.key")
        person.click(form.save_button)
        # The test run has no keyring: the key is refused and the sentence says so, nothing is stored in its place.
        await person.until(lambda: "钥匙串" in form.message.text(), "the missing keyring is named")
        assert len(person.window.desk.endpoints.list()) == before
        card = section.cards[-1]
        person.click(card.remove_button)
        await person.until(lambda: len(person.window.desk.endpoints.list()) == before - 1, "it is removed")

    drive(tmp_path, body, demo=True)


def test_every_control_of_every_page_has_a_name_and_can_be_reached(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        nameless: list[str] = []
        for name, _, _ in SECTIONS:
            section = await opened(person, name)
            await asyncio.sleep(0)
            for widget in section.findChildren(QWidget):
                if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible():
                    named = widget.accessibleName() or (widget.parentWidget() or widget).accessibleName()
                    if not named:
                        nameless.append(f"{name}: {type(widget).__name__}")
        assert not nameless

    drive(tmp_path, body, demo=True)


def test_without_a_keyring_the_user_is_asked_and_the_key_stays_in_memory(tmp_path: Path, url: str) -> None:
    async def body(person: Person) -> None:
        page = person.window.navigation.page
        assert isinstance(page, WelcomePage)
        endpoint = person.window.desk.endpoints.list()[0]
        await person.window.desk.endpoints.save(type(endpoint)(endpoint.id, endpoint.name, endpoint.dialect, url))
        person.type(page.key_form.field, "some.key")
        compose(page.key_form.field, "ni")
        press(page.key_form.field, Qt.Key.Key_Return)
        assert not person.window.tasks.running("key.store"), "Enter belongs to the input method"
        compose(page.key_form.field, "")
        press(page.key_form.field, Qt.Key.Key_Return)
        await person.until(page.key_form.session_button.isVisible, "this session only is offered")
        person.click(page.key_form.session_button)
        await person.until(lambda: person.window.navigation.page is None, "the chat opens")

    drive(tmp_path, body)
    assert b"some.key" not in b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
