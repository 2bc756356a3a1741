"""Notices in the real window: never over what is asked."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, QRect

from tests.journeys.driver import Person, drive
from tests.journeys.test_tools import asked_about, begin


def _on_window(person: Person, widget_name: str) -> QRect:
    window = person.window
    widget = {"notices": window.notices, "card": window.page.approval, "composer": window.page.composer}[widget_name]
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


def test_notices_do_not_cover_a_call_that_is_asked_about(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()

    async def body(person: Person) -> None:
        person.window.resize(1000, 760)
        for name in ("one", "two", "three"):
            person.window.notices.post(name, f"{name}.pdf 已损坏。请用原来的程序打开并重新保存，再添加。", "error")
        await begin(person, tmp_path / "work", '/tool list_files {"path": "."}\n看看')
        await asked_about(person, "list_files")
        await person.until(
            lambda: not _on_window(person, "notices").intersects(_on_window(person, "card")), "the card lies free"
        )
        assert person.window.notices.isVisible()
        assert not _on_window(person, "notices").intersects(_on_window(person, "composer"))

    drive(tmp_path / "profile", body, demo=True)
