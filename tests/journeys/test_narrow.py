"""Windows with little room: at zoom 2 every page fits the column it has."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QScrollArea, QWidget

from glmdesk.domain.part import AttachmentPart
from glmdesk.domain.settings import Language, Theme
from glmdesk.ui.composer.composer import Composer
from glmdesk.ui.settings.registry import SECTIONS
from glmdesk.ui.structured.lab_page import LabPage
from glmdesk.ui.structured.page import StructuredPage
from glmdesk.ui.structured.run_page import RunPage
from tests.journeys.driver import Person, drive
from tests.journeys.test_turns import ask

ZOOM = 2.0
WIDTH, HEIGHT = 640, 700  # 320 logical pixels at zoom 2


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    (tmp_path / "settings.toml").write_text("welcomed = true\n", "utf-8")
    return tmp_path


async def _narrow(person: Person) -> None:
    await person.window.desk.settings.change(zoom=ZOOM, theme=Theme.LIGHT)
    await person.until(lambda: person.window.theme.zoom == ZOOM, "the zoom")
    person.window.resize(WIDTH, HEIGHT)


async def _settled(person: Person) -> None:
    """Layouts are done when nothing moves any more."""
    seen: list[object] = []

    def still() -> bool:
        now = [w.geometry() for w in person.window.findChildren(QWidget)]
        seen.append(now)
        return len(seen) > 3 and seen[-1] == seen[-2] == seen[-3]

    await person.until(still, "the layout settles")


def _cut(page: QWidget) -> list[str]:
    """What reaches over the right edge of its page or lies over its neighbour."""
    kinds = (QAbstractButton, QComboBox, QLineEdit, QLabel)
    shown = [w for kind in kinds for w in page.findChildren(kind) if w.isVisible()]
    edges = {w: w.mapTo(page, QPoint(w.width(), 0)).x() for w in shown}
    return [f"{type(w).__name__} {w.accessibleName() or w.objectName()}" for w, x in edges.items() if x > page.width()]


def _page(area: QWidget) -> QWidget:
    return area.viewport() if isinstance(area, QScrollArea) else area


def test_no_settings_page_is_cut(profile: Path) -> None:
    async def body(person: Person) -> None:
        await _narrow(person)
        for section, _, _ in SECTIONS:
            person.window.navigation.show_settings(section)
            await _settled(person)
            page = person.window.navigation.page
            assert page is not None
            assert _cut(page) == [], section
            areas = [area for area in page.findChildren(QScrollArea) if area.isVisible()]
            assert [_cut(_page(area)) for area in areas] == [[] for _ in areas], section

    drive(profile, body)


def test_forms_gallery_and_welcome_are_not_cut(profile: Path) -> None:
    async def body(person: Person) -> None:
        await _narrow(person)
        navigation, desk = person.window.navigation, person.window.desk
        for show in (
            navigation.show_templates,
            lambda: navigation.show_form(desk.templates.list("zh_CN")[0].id),
            navigation.show_welcome,
        ):
            show()
            await _settled(person)
            page = navigation.page
            assert page is not None
            assert _cut(page) == []

    drive(profile, body)


def test_the_thinking_switch_gets_a_line_of_its_own(profile: Path) -> None:
    async def body(person: Person) -> None:
        await _narrow(person)
        composer = person.window.page.composer
        for width in (640, 560, 1400):
            person.window.resize(width, HEIGHT)
            await _settled(person)
            segments = composer.thinking.segments
            buttons = [segments.button(name) for name in ("on", "off", "template")]
            for left, right in pairwise(buttons):
                assert not left.geometry().intersects(right.geometry())
            assert all(segments.rect().contains(button.geometry()) for button in buttons)
            assert _cut(composer.card) == []

    drive(profile, body)


def _parts(composer: Composer) -> list[QWidget]:
    """What one uses of the composer, from the top."""
    parts: list[QWidget] = [composer.chips, composer.editor, composer.attach_button, composer.send_button]
    return [part for part in [*parts, composer.thinking] if part.isVisible()]


@pytest.mark.parametrize("language", [Language.ZH_CN, Language.EN])
def test_in_the_lowest_window_all_of_the_composer_is_there(profile: Path, language: Language) -> None:
    files = [AttachmentPart(f"报告 {n}.md", "text/plain", "字" * 300) for n in range(5)]

    async def body(person: Person) -> None:
        await _narrow(person)
        window, composer = person.window, person.window.page.composer
        await window.desk.settings.change(language=language)
        for width in (480, 640, 1000):
            window.resize(width, 420)
            for text, parts in (("", ()), ("", files), ("一行字\n" * 12, ()), ("一行字\n" * 12, files)):
                composer.set_text(text, parts)
                await _settled(person)
                card = composer.card.rect()
                assert window.rect().contains(QRect(composer.mapTo(window, QPoint()), composer.size()))
                places = [QRect(p.mapTo(composer.card, QPoint()), p.size()) for p in _parts(composer)]
                assert all(card.contains(place) for place in places), (width, text, len(parts))
                assert not any(a.intersects(b) for a, b in combinations(places, 2)), (width, text, len(parts))
                assert _cut(composer.card) == []

    drive(profile, body)


def test_where_the_thinking_switch_is_an_icon_it_is_a_menu(profile: Path) -> None:
    async def body(person: Person) -> None:
        await _narrow(person)
        window, switch = person.window, person.window.page.composer.thinking
        switch.segments.button("on").setFocus()
        window.resize(480, 420)
        await _settled(person)
        assert switch.button.isVisible()
        assert switch.button.hasFocus()
        assert switch.button.accessibleName() == "思考方式：思考"
        menu = switch.menu()
        assert [(action.text(), action.isChecked()) for action in menu.actions()] == [
            ("思考", True),
            ("不思考", False),
            ("按模板", False),
        ]
        menu.actions()[1].trigger()
        menu.deleteLater()
        await person.until(lambda: switch.button.accessibleName() == "思考方式：不思考", "it is chosen")
        window.resize(480, 900)
        await _settled(person)
        assert not switch.button.isVisible()
        assert switch.segments.value == "off"
        assert switch.segments.button("off").hasFocus()

    drive(profile, body)


def test_a_sidebar_without_room_beside_it_stands_alone_until_something_is_opened(profile: Path) -> None:
    async def body(person: Person) -> None:
        await _narrow(person)
        window = person.window
        window.toggle_sidebar()
        assert window.sidebar.isVisible()
        assert not window.page.isVisible()
        person.click(window.sidebar.settings_button)
        assert window.navigation.page is not None
        assert window.navigation.page.isVisible()
        assert not window.sidebar.isVisible()
        window.navigation.show_chat()
        window.toggle_sidebar()
        QTest.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
        assert window.page.isVisible()

    drive(profile, body)


def test_a_long_notice_is_shown_whole(profile: Path) -> None:
    async def body(person: Person) -> None:
        await _narrow(person)
        notices = person.window.notices
        notices.post("long", "这是一句很长的话，" * 12)
        await _settled(person)
        label = notices.findChild(QLabel)
        assert label is not None
        assert label.height() >= label.heightForWidth(label.width())

    drive(profile, body)


def test_the_sidebar_folds_beside_a_page_too(profile: Path) -> None:
    async def body(person: Person) -> None:
        window = person.window
        window.navigation.show_settings()
        assert window.sidebar.isVisible()
        await _narrow(person)
        await person.until(lambda: not window.sidebar.isVisible(), "the sidebar folds")
        window.resize(1600, HEIGHT)
        await person.until(window.sidebar.isVisible, "the sidebar is back")

    drive(profile, body)


@pytest.mark.parametrize("language", [Language.ZH_CN, Language.EN])
def test_schema_page_and_function_lab_are_not_cut(profile: Path, language: Language) -> None:
    async def body(person: Person) -> None:
        await _narrow(person)
        window = person.window
        await window.desk.settings.change(language=language)
        window.resize(480, 800)
        for show in (window.navigation.show_structured, window.navigation.show_lab):
            show()
            page = window.navigation.page
            assert isinstance(page, StructuredPage)
            half = page.stack.currentWidget()
            assert isinstance(half, RunPage | LabPage)
            for way in ("edit", "example", "form"):
                person.click(half.schema.ways.button(way))
                await _settled(person)
                assert half.horizontalScrollBar().maximum() == 0, way
                assert _cut(half.viewport()) == [], way
                choices = [half.schema.ways.button(name) for name in ("edit", "example", "form")]
                assert all(half.schema.ways.rect().contains(choice.geometry()) for choice in choices), way

    drive(profile, body)


@pytest.mark.parametrize("language", [Language.ZH_CN, Language.EN])
def test_results_of_a_schema_run_are_not_cut(profile: Path, language: Language) -> None:
    async def body(person: Person) -> None:
        await _narrow(person)
        window = person.window
        await window.desk.settings.change(language=language)
        window.resize(480, 800)
        window.navigation.show_structured()
        page = window.navigation.page
        assert isinstance(page, StructuredPage)
        run, result = page.run_page, page.run_page.result
        run.schema.set_text('{"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}')
        run.prompt.replace_text("/json bad")
        person.click(run.run_button)
        await person.until(lambda: result.choice.isVisible() and run.run_button.isVisible(), "it is repaired")
        await _settled(person)
        assert run.horizontalScrollBar().maximum() == 0
        assert _cut(run.viewport()) == []

    drive(profile, body, demo=True)


@pytest.mark.parametrize("language", [Language.ZH_CN, Language.EN])
def test_the_list_behind_the_ring_is_not_cut(profile: Path, language: Language) -> None:
    async def body(person: Person) -> None:
        await _narrow(person)
        await person.window.desk.settings.change(language=language)
        person.window.resize(480, 800)
        for words in ("你好", "介绍一下你自己", "为什么木星的卫星比土星多？"):
            await ask(person, words)
        person.window.page.header.usage.opened.emit()
        await person.until(lambda: person.window.chat.ruler.sheet is not None, "the list is open")
        sheet = person.window.chat.ruler.sheet
        assert sheet is not None
        await _settled(person)
        area = sheet.findChild(QScrollArea)
        assert area is not None
        assert _cut(area.viewport()) == []
        assert _cut(sheet.card) == []
        assert area.geometry().bottom() < sheet.close_button.y()

    drive(profile, body, demo=True)
