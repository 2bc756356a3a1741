"""The settings page in the real window: what the journeys do not touch."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from glmdesk.domain.endpoint import DEFAULT_URLS, DialectName
from glmdesk.domain.settings import Language
from glmdesk.store.preferences import Preferences
from glmdesk.ui.composer.plain_edit import MAX_CHARACTERS
from glmdesk.ui.settings.chat import ChatSection
from glmdesk.ui.settings.data import DataSection
from glmdesk.ui.settings.endpoints import EndpointsSection
from glmdesk.ui.settings.general import GeneralSection
from glmdesk.ui.settings.models import ModelsSection
from glmdesk.ui.settings.page import SettingsPage
from glmdesk.ui.settings.section import Section
from glmdesk.ui.settings.shortcuts import ShortcutsSection
from tests.helpers.server import demo_server
from tests.helpers.typing_keys import compose, press
from tests.journeys.driver import Person, drive


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with demo_server() as url:
        yield url


def page_of(person: Person, section: str) -> SettingsPage:
    person.window.navigation.show_settings(section)
    page = person.window.navigation.page
    assert isinstance(page, SettingsPage)
    return page


def opened(person: Person, section: str) -> Section:
    shown = page_of(person, section).section
    assert shown is not None
    return shown


def test_an_edited_endpoint_is_in_the_file(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        section = opened(person, "endpoints")
        assert isinstance(section, EndpointsSection)
        card = section.cards[0]
        person.click(card.edit_button)
        card.form.name.setText("Work")
        card.form.address.setText("nonsense")
        person.click(card.form.save_button)
        assert card.form.message.isVisible()
        assert card.form.address.text() == "nonsense"
        card.form.dialect.setCurrentIndex(card.form.dialect.findData(DialectName.OLLAMA.value))
        card.form.dialect.activated.emit(card.form.dialect.currentIndex())
        assert card.form.address.text() == DEFAULT_URLS[DialectName.OLLAMA]
        person.click(card.form.save_button)
        await person.until(lambda: section.cards[0].name.text() == "Work", "the list follows")

    drive(tmp_path, body, demo=True)
    assert Preferences(tmp_path / "settings.toml").load().endpoints[0].dialect is DialectName.OLLAMA


def test_coding_plan_terms_are_shown_on_their_endpoints_only(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        endpoints = person.window.desk.endpoints
        first = endpoints.list()[0]
        await endpoints.save(replace(first, dialect=DialectName.BIGMODEL_CODING))
        section = opened(person, "endpoints")
        assert isinstance(section, EndpointsSection)
        assert [card.terms.isVisible() for card in section.cards] == [True, False]

    drive(tmp_path, body, demo=True)


def test_a_refused_key_keeps_its_text_and_enter_waits_for_the_input_method(tmp_path: Path, url: str) -> None:
    async def body(person: Person) -> None:
        endpoints = person.window.desk.endpoints
        await endpoints.save(replace(endpoints.list()[0], base_url="http://127.0.0.1:9/v4"))
        section = opened(person, "endpoints")
        assert isinstance(section, EndpointsSection)
        card = section.cards[0]
        person.click(card.key_button)
        person.type(card.key_form.field, "some.key")
        compose(card.key_form.field, "ni")
        press(card.key_form.field, Qt.Key.Key_Return)
        assert not person.window.tasks.running("key.store")
        compose(card.key_form.field, "")
        press(card.key_form.field, Qt.Key.Key_Return)
        await person.until(lambda: not person.window.tasks.running("key.store"), "the check ends")
        assert card.key_form.message.isVisible()
        assert card.key_form.field.text() == "some.key"

    drive(tmp_path, body, demo=True)


def test_a_check_that_ends_after_its_page_was_left_says_it_there(tmp_path: Path, url: str) -> None:
    async def body(person: Person) -> None:
        endpoints = person.window.desk.endpoints
        await endpoints.save(replace(endpoints.list()[0], base_url=url))
        section = opened(person, "endpoints")
        assert isinstance(section, EndpointsSection)
        form = section.cards[0].key_form
        person.click(section.cards[0].key_button)
        person.type(form.field, "some.key")
        person.click(form.button)
        page_of(person, "about")
        await person.until(lambda: not person.window.tasks.running("key.store"), "the check ends")
        assert page_of(person, "endpoints").section is section
        assert form.session_button.isVisible()
        person.click(form.session_button)
        await person.until(lambda: section.cards[0].has_key, "the card says that there is a key")
        assert form.field.text() == ""
        person.click(section.cards[0].remove_button)
        assert len(section.cards) == 2, "a key would be lost: the first press only asks"

    drive(tmp_path, body, demo=True)


def test_a_language_switch_retranslates_pages_that_are_not_shown(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        chat = opened(person, "chat")
        general = opened(person, "general")
        assert isinstance(chat, ChatSection)
        assert isinstance(general, GeneralSection)
        person.click(general.sidebar)
        await person.window.desk.settings.change(language=Language.EN)
        await person.until(lambda: chat.send_key.accessibleName() == "Send key", "the hidden page follows")
        page = page_of(person, "chat")
        assert page.names.item(0).text() == "General"

    drive(tmp_path, body, demo=True)
    assert Preferences(tmp_path / "settings.toml").load().sidebar_visible is False


def test_another_model_id_is_taken_on_enter_and_shortcuts_reset(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        models = opened(person, "models")
        assert isinstance(models, ModelsSection)
        person.type(models.other, "my-model")
        press(models.other, Qt.Key.Key_Return)
        settings = person.window.desk.settings
        await person.until(lambda: settings.value.default_model == "my-model", "the id is taken")
        keys = opened(person, "shortcuts")
        assert isinstance(keys, ShortcutsSection)
        keys.edits["new_chat"].setKeySequence("Ctrl+J")
        keys.edits["new_chat"].editingFinished.emit()
        await person.until(lambda: settings.value.shortcuts, "the keys are changed")
        keys.edits["new_chat"].setFocus()
        await settings.change(shortcuts={})
        await person.until(lambda: keys.edits["new_chat"].keySequence().toString() == "Ctrl+N", "and back")

    drive(tmp_path, body, demo=True)


def test_a_backup_is_named_and_the_check_says_what_it_found(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        page = page_of(person, "data")
        section = page.section
        assert isinstance(section, DataSection)
        person.click(section.backup_button)
        await person.until(lambda: str(tmp_path) in section.message.text(), "the copy is named")
        person.click(section.check_button)
        await person.until(lambda: section.message.text() == "数据完好。", "the check says so")

    drive(tmp_path, body, demo=True)


def test_a_narrow_window_has_a_field_instead_of_the_list(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        page = page_of(person, "general")
        person.window.resize(640, 700)
        await asyncio.sleep(0)
        await person.until(page.narrow_names.isVisible, "the list folds")
        assert not page.names.isVisible()
        QTest.keyClick(page.narrow_names, Qt.Key.Key_Down)
        assert page.narrow_names.currentIndex() == 1

    drive(tmp_path, body, demo=True)


def test_a_system_prompt_that_is_too_long_says_so_and_what_fits_is_kept(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        section = opened(person, "chat")
        assert isinstance(section, ChatSection)
        section.system.replace_text("字" * (MAX_CHARACTERS + 1))
        desk = person.window.desk
        await person.until(lambda: len(desk.settings.value.system_prompt) == MAX_CHARACTERS, "what fits is saved")
        await asyncio.sleep(0.02)
        assert section.system_note.isVisible()
        section.system.replace_text("短")
        await person.until(lambda: desk.settings.value.system_prompt == "短", "the short one is saved")
        assert section.system_note.isHidden()

    drive(tmp_path, body, demo=True)
