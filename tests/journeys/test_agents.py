"""Claude Code set up in the window: the change looked at, written, tried, undone; the key only after a warning."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel

from glmdesk.domain.endpoint import DialectName, Endpoint
from glmdesk.domain.secret import Secret
from glmdesk.ui.settings.agents import AgentsSection
from glmdesk.ui.settings.page import SettingsPage
from tests.journeys.driver import Person, drive
from tests.providers.loopback import CANARY, refuses, serve

MESSAGE = {"type": "message", "role": "assistant", "model": "glm-4.7", "content": []}


class _Settings:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "settings.json"

    @property
    def text(self) -> str:
        return self.path.read_text("utf-8") if self.path.exists() else ""

    def put(self, text: str) -> None:
        self.path.parent.mkdir(exist_ok=True)
        self.path.write_text(text, "utf-8")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> _Settings:
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "claude"))
    return _Settings(tmp_path / "claude")


def open_page(person: Person) -> AgentsSection:
    person.window.navigation.show_settings("agents")
    page = person.window.navigation.page
    assert isinstance(page, SettingsPage)
    assert isinstance(page.section, AgentsSection)
    return page.section


async def shown(person: Person) -> AgentsSection:
    section = open_page(person)
    await person.until(lambda: section.claude.path.text(), "the state of the file is known")
    return section


def test_the_change_is_looked_at_written_tried_and_undone(tmp_path: Path, settings: _Settings) -> None:
    mine = '{\n  "model": "opus",\n  "env": {"ANTHROPIC_AUTH_TOKEN": "sk-mine"}\n}\n'
    settings.put(mine)

    async def body(person: Person) -> None:
        async with serve(refuses(200, MESSAGE)) as server:
            endpoints = person.program.desk.endpoints
            base = f"http://127.0.0.1:{server.port}/api/paas/v4"
            endpoint = Endpoint("local", "Local", DialectName.BIGMODEL, base)
            await endpoints.save(endpoint)
            endpoints.keep_key_in_memory(endpoint, Secret(CANARY))
            section = await shown(person)
            claude = section.claude
            section.endpoint.setCurrentIndex(section.endpoint.findData("local"))
            section.endpoint.activated.emit(section.endpoint.currentIndex())
            person.click(claude.show_button)
            await person.until(claude.panel.isVisible, "the change is shown")
            assert "+" in claude.panel.text.toPlainText()
            assert claude.panel.no_key.isVisible()  # the key is of this session: the command would not find it
            assert "sk-mine" not in claude.panel.text.toPlainText()
            assert settings.text == mine
            person.click(claude.panel.key_toggle)
            await person.until(claude.panel.insist_button.isVisible, "the warning")
            assert claude.panel.warning.isVisible()
            assert not claude.panel.no_key.isVisible()
            person.click(claude.panel.insist_button)
            assert settings.text == mine  # asked once more
            person.click(claude.panel.insist_button)
            await person.until(claude.test_button.isVisible, "it is written")
            assert CANARY in settings.text
            person.click(claude.test_button)
            await person.until(lambda: "glm-4.7" in claude.outcome.text(), "the model has answered")
            assert claude.test_button.hasFocus()  # not Undo, where Enter would take it all back
            person.click(claude.undo_button)
            await person.until(lambda: not claude.undo_button.isVisible(), "it is undone")
            assert claude.show_button.hasFocus()
            assert settings.text == mine

    drive(tmp_path / "profile", body, demo=True)


def test_without_insisting_the_file_gets_the_command_and_not_the_key(tmp_path: Path, settings: _Settings) -> None:
    async def body(person: Person) -> None:
        section = await shown(person)
        claude = section.claude
        person.click(claude.show_button)
        await person.until(claude.panel.isVisible, "the change is shown")
        assert claude.panel.no_key.isVisible()  # this session's keyring is empty
        person.click(claude.panel.write_button)
        await person.until(claude.undo_button.isVisible, "it is written")
        assert json.loads(settings.text)["apiKeyHelper"].endswith("key print bigmodel")
        person.click(claude.test_button)
        await person.until(lambda: "密钥" in claude.outcome.text(), "no key in this session's keyring")
        await person.until(claude.test_button.isEnabled, "it can be tried again")
        person.click(claude.show_button)
        await person.until(claude.panel.isVisible, "the same once more")
        assert claude.panel.title.text().startswith("没有要改的")
        assert not claude.panel.write_button.isVisible()

    drive(tmp_path / "profile", body, demo=True)


def test_a_broken_file_is_named_and_the_page_goes_on(tmp_path: Path, settings: _Settings) -> None:
    settings.put('{\n"env": ,\n}')

    async def body(person: Person) -> None:
        section = await shown(person)
        assert "第 2 行" in section.claude.problem.text()
        person.click(section.claude.show_button)
        await person.until(section.claude.outcome.isVisible, "why nothing is shown")
        assert not section.claude.problem.isVisible()  # said once
        assert not section.claude.panel.isVisible()
        settings.put("{}")
        person.click(section.claude.show_button)
        await person.until(section.claude.panel.isVisible, "mended")

    drive(tmp_path / "profile", body, demo=True)


def test_every_name_value_and_change_is_whole_in_a_narrow_window_at_double_size(
    tmp_path: Path, settings: _Settings
) -> None:
    settings.put('{\n  "env": {"FOO": "1"}\n}\n')

    async def body(person: Person) -> None:
        person.window.resize(480, 900)
        await person.program.desk.settings.change(zoom=2.0)
        section = await shown(person)
        person.click(section.claude.show_button)
        await person.until(section.claude.panel.isVisible, "the change is shown")
        labels = [label for card in (section.roo, section.cline) for f in card.fields for label in (f.label, f.value)]

        def whole(label: QLabel) -> bool:
            return label.heightForWidth(label.width()) <= label.height()

        await person.until(lambda: all(map(whole, labels)), "nothing is cut")
        panel = section.claude.panel
        await person.until(lambda: panel.hint.y() >= panel.text.geometry().bottom(), "nothing lies over the change")

    drive(tmp_path / "profile", body, demo=True)


def test_values_for_other_agents_are_copied(tmp_path: Path, settings: _Settings) -> None:
    async def body(person: Person) -> None:
        section = await shown(person)
        field = section.roo.fields[1]
        person.click(field.copy_button)
        assert QGuiApplication.clipboard().text() == "https://open.bigmodel.cn/api/paas/v4"
        person.click(section.cline.fields[2].copy_button)
        assert QGuiApplication.clipboard().text().endswith("key print bigmodel")
        assert [f.value.text() for f in section.roo.fields[3:6]] == ["glm-4.7", "131072", "200000"]

    drive(tmp_path / "profile", body, demo=True)
