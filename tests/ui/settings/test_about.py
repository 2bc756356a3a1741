"""The page About shows the licence of every part."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from shiboken6 import isValid

from glmdesk.domain.settings import Theme
from glmdesk.ui.settings.about import AboutSection
from glmdesk.ui.settings.page import SettingsPage
from tests.journeys.driver import Person, drive


def test_every_part_has_a_line_and_choosing_one_shows_its_text(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        person.window.navigation.show_settings("about")
        page = person.window.navigation.page
        assert isinstance(page, SettingsPage)
        section = page.section
        assert isinstance(section, AboutSection)
        licences = section.licences
        lines = [licences.parts.itemText(row) for row in range(licences.parts.count())]
        assert lines[0].startswith("glmdesk ")
        assert "MIT License" in licences.text.toPlainText()
        row = next(row for row, line in enumerate(lines) if line.startswith("httpx "))
        licences.parts.setCurrentIndex(row)
        assert "Redistribution" in licences.text.toPlainText()
        assert licences.text.isReadOnly()

    drive(tmp_path, body, demo=True)


def test_the_zoom_changes_after_the_page_has_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    problems: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: problems.append(error))

    async def body(person: Person) -> None:
        person.window.navigation.show_settings("about")
        page = person.window.navigation.page
        assert isinstance(page, SettingsPage)
        assert isinstance(page.section, AboutSection)
        licences = page.section.licences
        person.click(page.close_button)
        await person.until(lambda: not isValid(licences), "the page to be gone")
        person.window.theme.apply(Theme.LIGHT, 1.5)

    drive(tmp_path, body, demo=True)
    assert problems == []
