"""Without a mouse: Tab reaches everything that can be used, on every page; what is not reached has keys of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QKeySequenceEdit,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QTextEdit,
    QWidget,
)

from glmdesk.ui.settings.registry import SECTIONS
from glmdesk.ui.transcript.view import TranscriptView
from tests.journeys.driver import Person, drive
from tests.journeys.test_keys import chat, profile

__all__ = ["profile"]
USED = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QKeySequenceEdit,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    TranscriptView,
)
WHOLE = (QComboBox, QAbstractSpinBox, QKeySequenceEdit, QLineEdit)


def usable(window: QWidget) -> set[QWidget]:
    """What a mouse could use now. Parts of a field belong to it."""
    seen = [w for w in window.findChildren(QWidget) if isinstance(w, USED) and w.isVisible() and w.isEnabled()]
    return {
        w for w in seen if not isinstance(w.parentWidget(), QComboBox | QAbstractSpinBox | QKeySequenceEdit | QLineEdit)
    }


async def walked(person: Person) -> set[QWidget]:
    """Everything that Tab comes to, until it comes round."""
    reached: set[QWidget] = set()
    steps: list[QWidget] = []
    for _ in range(400):
        focus = QApplication.focusWidget()
        assert focus is not None, f"the focus is lost after {steps[-1:]}"
        steps.append(focus)
        if len(steps) > 30 and len(set(steps[-len(steps) // 2 :]) - set(steps[: len(steps) // 2])) == 0:
            break
        reached.add(focus)
        QTest.keyClick(focus, Qt.Key.Key_Tab)
        await asyncio.sleep(0)
    return reached


def missed(person: Person, reached: set[QWidget]) -> list[str]:
    """What is not reached, without the other choices of a group that arrows walk through."""
    left = usable(person.window) - reached
    groups = {w.group() for w in reached if isinstance(w, QAbstractButton)} - {None}
    left = {w for w in left if not (isinstance(w, QAbstractButton) and w.group() in groups)}
    return sorted(f"{type(w).__name__} {w.accessibleName()!r}" for w in left)


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0.01)


@pytest.mark.timeout(240)
def test_tab_reaches_everything_on_every_page(profile: Path) -> None:
    async def body(person: Person) -> None:
        window = person.window
        await person.until(lambda: len(window.list.conversations) == 10, "all are listed")
        navigation = window.navigation
        found: dict[str, list[str]] = {}

        async def look(name: str, show: Callable[[], object]) -> None:
            show()
            await settled()
            if QApplication.focusWidget() is None:
                QTest.keyClick(window, Qt.Key.Key_Tab)
            found[name] = missed(person, await walked(person))

        await look("start", window.new_chat)
        await chat(person)
        await look("chat", lambda: None)
        await look("find", window.page.find_words)
        window.page.leave_find()
        await look("bin", window.sidebar.bin_button.click)
        window.sidebar.bin.back_button.click()
        for section, _, _ in SECTIONS:
            await look(section, lambda section=section: navigation.show_settings(section))
        await look("templates", navigation.show_templates)
        await look("form", lambda: navigation.show_form(window.desk.templates.list("zh_CN")[0].id))
        await look("usage", navigation.show_usage)
        await look("welcome", navigation.show_welcome)
        assert found == {name: [] for name in found}

    drive(profile, body)


def test_pages_that_scroll_are_scrolled_by_what_has_the_focus(profile: Path) -> None:
    async def body(person: Person) -> None:
        window = person.window
        window.resize(900, 420)
        window.navigation.show_settings("chat")
        await settled()
        for _ in range(60):
            focus = QApplication.focusWidget()
            assert focus is not None
            QTest.keyClick(focus, Qt.Key.Key_Tab)
            await asyncio.sleep(0)
            focus = QApplication.focusWidget()
            if isinstance(focus, USED) and not isinstance(focus, QScrollArea):
                assert not focus.visibleRegion().isEmpty(), f"{type(focus).__name__} {focus.accessibleName()}"

    drive(profile, body)
