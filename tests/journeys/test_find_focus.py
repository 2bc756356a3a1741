"""Finding words in the chat, with the keys alone."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from glmdesk.domain.message import Status
from tests.journeys.driver import Person, drive


def test_esc_of_the_bar_that_finds_leads_back_to_the_composer(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        window, page = person.window, person.window.page
        page.composer.set_text("你好")
        page.composer.focus_editor()
        QTest.keyClick(page.composer.editor, Qt.Key.Key_Return)
        await person.until(lambda: page.transcript.stack.items, "the question is shown")
        await person.until(lambda: person.answer().status is not Status.STREAMING, "the answer has ended")
        assert window.focusWidget() is page.composer.editor
        QTest.keyClick(page.composer.editor, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        bar = page.transcript.find_bar
        assert bar.isVisible()
        QTest.keyClicks(bar.field, "glm")
        await person.until(lambda: page.transcript.finder.total, "something is found")
        QTest.keyClick(bar.field, Qt.Key.Key_Escape)
        assert not bar.isVisible()
        assert window.focusWidget() is page.composer.editor
        assert page.transcript.context.focus is None, "no button of the chat looks as if it had the focus"

    drive(tmp_path, body, demo=True)
