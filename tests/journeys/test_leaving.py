"""Esc and the other ways out of a page: they close what is in front and lose nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from glmdesk.domain.template import VariableKind
from glmdesk.ui.scenarios.fields import LongField
from glmdesk.ui.scenarios.form import TemplateForm
from glmdesk.ui.scenarios.gallery import Gallery
from glmdesk.ui.widgets.sheet import Sheet
from tests.journeys.driver import Person, drive

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    (tmp_path / "settings.toml").write_text("welcomed = true\n", "utf-8")
    return tmp_path


W = TypeVar("W", bound=QWidget)


def _shown(person: Person, kind: type[W]) -> W:
    return next(widget for widget in person.window.findChildren(kind) if widget.isVisible())


def _press(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key, modifiers)


def test_esc_keeps_a_form_that_has_something_written_in_it(profile: Path) -> None:
    async def body(person: Person) -> None:
        navigation, templates = person.window.navigation, person.window.desk.templates.list("zh_CN")
        kinds = {t.id: {v.kind for v in t.variables} for t in templates}
        navigation.show_form(next(id_ for id_, has in kinds.items() if VariableKind.LONG in has))
        form = _shown(person, TemplateForm)
        name = next(v.name for v in form.template.variables if v.kind is VariableKind.LONG)
        field = form.fields[name]
        assert isinstance(field, LongField)
        person.type(field.edit, "a long story")
        _press(Qt.Key.Key_Escape)
        form.start_button.setFocus()
        _press(Qt.Key.Key_Escape)
        assert navigation.page is not None
        assert form.values[name] == "a long story"

    drive(profile, body)


def test_esc_in_a_form_goes_back_to_the_gallery_and_from_there_to_the_chat(profile: Path) -> None:
    async def body(person: Person) -> None:
        navigation = person.window.navigation
        navigation.show_form(person.window.desk.templates.list("zh_CN")[0].id)
        _press(Qt.Key.Key_Escape)
        _shown(person, Gallery).setFocus()
        _press(Qt.Key.Key_Escape)
        assert navigation.page is None

    drive(profile, body)


def test_a_page_can_be_left_while_the_sidebar_is_hidden(profile: Path) -> None:
    async def body(person: Person) -> None:
        window = person.window
        window.toggle_sidebar()
        window.navigation.show_settings()
        QTest.keyClick(window, Qt.Key.Key_Escape)
        assert window.navigation.page is None
        window.navigation.show_templates()
        person.click(_shown(person, Gallery).close_button)
        assert window.navigation.page is None

    drive(profile, body)


def test_keys_belong_to_the_sheet_in_front(profile: Path) -> None:
    async def body(person: Person) -> None:
        window = person.window
        window.navigation.show_templates()
        QTest.keyClick(window, Qt.Key.Key_Slash, CONTROL)
        sheet = _shown(person, Sheet)
        _press(Qt.Key.Key_N, CONTROL)  # a new chat would leave the gallery
        assert window.navigation.page is not None
        window.navigation.show_chat()  # whatever had the focus is gone
        _press(Qt.Key.Key_Escape)
        assert not sheet.isVisible()

    drive(profile, body)


def test_ctrl_plus_zooms_in_however_it_is_typed(profile: Path) -> None:
    async def body(person: Person) -> None:
        window = person.window
        for key, modifiers, zoom in (
            (Qt.Key.Key_Plus, CONTROL, 1.1),
            (Qt.Key.Key_Equal, CONTROL, 1.2),
            (Qt.Key.Key_Plus, CONTROL | Qt.KeyboardModifier.KeypadModifier, 1.3),
        ):
            QTest.keyClick(window, key, modifiers)
            await person.until(lambda z=zoom: window.desk.settings.value.zoom == z, f"zoom {zoom}")
        QTest.keyClick(window, Qt.Key.Key_0, CONTROL)
        await person.until(lambda: window.theme.zoom == 1.0, "zoom 1")

    drive(profile, body)


def test_the_search_field_names_the_keys_in_force(profile: Path) -> None:
    async def body(person: Person) -> None:
        field = person.window.sidebar.field
        assert field.placeholderText().endswith("Ctrl+Shift+F")
        await person.window.desk.settings.change(shortcuts={"search": "Ctrl+J"})
        await person.until(lambda: field.placeholderText().endswith("Ctrl+J"), "the new keys")

    drive(profile, body)
