"""`glmdesk://chat?…`: the words stand in the composer, and nothing is sent."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from glmdesk.cli import _with_link
from glmdesk.ui.links import LinkEvents
from glmdesk.ui.single_instance import SingleInstance
from tests.helpers.stored import ROOT
from tests.journeys.driver import Person, drive


async def _untouched(person: Person) -> None:
    """Long enough for a request to have been made."""
    await asyncio.sleep(0.3)
    assert person.program.desk.chat.busy() == frozenset()


def test_the_words_are_in_a_new_chat_and_nothing_is_sent(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        person.window.open_link("glmdesk://chat?model=glm-4.5&q=%E4%BD%A0%E5%A5%BD%0A1")
        assert person.window.page.composer.text == "你好\n1"
        assert person.window.chat.conversation_id == ""
        assert person.window.page.header.model.button.text() == "GLM-4.5"
        await _untouched(person)

    drive(tmp_path, body, demo=True)


def test_an_unknown_address_or_model_changes_nothing(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        window = person.window
        before = window.page.header.model.button.text()
        window.page.composer.insert_text("mine")
        window.open_link("glmdesk://settings?q=theirs")
        assert window.page.composer.text == "mine"
        window.open_link("glmdesk://chat?model=no-such-model&q=theirs")
        assert window.page.composer.text == "theirs"
        assert window.page.header.model.button.text() == before
        await person.until(lambda: window.list.conversations, "what was written before is a chat of its own")
        assert (await window.desk.history.get(window.list.conversations[0].id)).draft == "mine"

    drive(tmp_path, body, demo=True)


def test_before_the_first_key_the_words_wait(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        window = person.window
        window.open_link("glmdesk://chat?q=later")
        assert window.navigation.page is not None
        window.navigation.demo_requested.emit()
        await person.until(lambda: window.page.composer.text == "later", "the demo has started")

    drive(tmp_path, body)


@pytest.mark.skipif(sys.platform == "win32", reason="looks at a window in another process")
def test_a_second_start_hands_its_address_to_the_first(tmp_path: Path, qapp: QApplication) -> None:
    instance = SingleInstance(tmp_path)
    assert instance.acquire()
    instance.listen()
    heard: list[str] = []
    instance.link_wanted.connect(heard.append)
    link = "glmdesk://chat?q=%E4%BD%A0%E5%A5%BD"
    environment = os.environ | {"GLMDESK_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    second = subprocess.Popen([sys.executable, "-m", "glmdesk", link], cwd=ROOT, env=environment)
    try:
        while second.poll() is None or not heard:
            qapp.processEvents()
    finally:
        second.kill()
        instance.release()
    assert second.returncode == 0
    assert heard == [link]


def test_the_systems_own_event_carries_an_address(qapp: QApplication) -> None:
    links, heard = LinkEvents(), list[str]()
    links.arrived.connect(heard.append)
    qapp.installEventFilter(links)
    try:
        QCoreApplication.sendEvent(qapp, QFileOpenEvent(QUrl("glmdesk://chat?q=x")))
    finally:
        qapp.removeEventFilter(links)
    assert heard == ["glmdesk://chat?q=x"]


@pytest.mark.parametrize(
    ("given", "parsed"),
    [
        (["glmdesk://chat?q=x"], ["--open", "glmdesk://chat?q=x"]),
        (["--profile", "p", "glmdesk://chat"], ["--profile", "p", "--open", "glmdesk://chat"]),
        (["ask", "glmdesk: what is it?"], ["ask", "glmdesk: what is it?"]),
        ([], []),
    ],
)
def test_an_address_is_an_argument_of_its_own(given: list[str], parsed: list[str]) -> None:
    assert _with_link(given) == parsed


@pytest.mark.parametrize("demo", [True, False])
def test_an_address_given_at_the_start_waits_for_the_window(tmp_path: Path, demo: bool) -> None:
    (tmp_path / "settings.toml").write_text("welcomed = true\n", "utf-8")

    async def body(person: Person) -> None:
        assert person.window.page.composer.text == "hello"

    drive(tmp_path, body, demo=demo, before=lambda window: window.open_link("glmdesk://chat?q=hello"))


def test_the_chat_that_was_open_does_not_come_between(tmp_path: Path) -> None:
    async def talk(person: Person) -> None:
        await person.window.chat.send("first")
        assert person.window.chat.conversation_id

    async def body(person: Person) -> None:
        await _untouched(person)
        assert person.window.page.composer.text == "hello"
        assert person.window.chat.conversation_id == ""

    drive(tmp_path, talk, demo=True)
    drive(tmp_path, body, demo=True, before=lambda window: window.open_link("glmdesk://chat?q=hello"))
