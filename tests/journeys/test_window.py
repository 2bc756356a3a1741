"""What a person does with the window, over the real services and the real demo server."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from glmdesk.compose import compose
from glmdesk.demo.longtext import long_text
from glmdesk.domain.conversation import Conversation, ThinkingChoice
from glmdesk.domain.endpoint import DialectName, Endpoint
from glmdesk.domain.message import Message, Status
from glmdesk.domain.secret import Secret
from glmdesk.domain.settings import Language, Theme
from glmdesk.store.files import Profile
from glmdesk.ui.single_instance import SingleInstance
from glmdesk.ui.welcome.page import WelcomePage
from tests.helpers.server import demo_server
from tests.helpers.stored import ROOT
from tests.journeys.driver import Person, drive

CONTROL = Qt.KeyboardModifier.ControlModifier
CLOSING_SECONDS = 3.0


@pytest.fixture(scope="module")
def url() -> Generator[str]:
    with demo_server() as address:
        yield address


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """The folder of somebody who has been here before: no welcome page."""
    (tmp_path / "settings.toml").write_text("welcomed = true\n", "utf-8")
    return tmp_path


def _connect(person: Person, url: str) -> None:
    """New conversations go to the test's server."""
    endpoints = person.window.desk.endpoints
    endpoints.add_for_session(Endpoint("test", "Test", DialectName.BIGMODEL, url), Secret("a.b"))
    endpoints.use_for_session("test")


async def _ask(person: Person, text: str) -> Message:
    """Type a question, press Enter, wait for the end of its answer."""
    page = person.window.page
    await person.until(page.composer.send_button.isVisible, "the composer is ready to send")
    before = len(page.transcript.stack.items) if page.transcript.isVisible() else 0
    page.composer.editor.setPlainText(text)
    QTest.keyClick(page.composer.editor, Qt.Key.Key_Return)
    await person.until(lambda: len(page.transcript.stack.items) >= before + 2, "question and answer are shown")
    await person.until(lambda: person.answer().status is not Status.STREAMING, "the answer has ended")
    return person.answer()


def _press(person: Person, key: Qt.Key, modifier: Qt.KeyboardModifier = CONTROL) -> None:
    QTest.keyClick(person.window, key, modifier)


def _commit(field: QWidget, text: str) -> None:
    """As an input method hands its words over."""
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(field, event)


def _listed(person: Person) -> list[Conversation]:
    return person.window.list.conversations


def _button(parent: QWidget, text: str) -> QPushButton:
    return next(b for b in parent.findChildren(QPushButton) if b.text() == text)


def test_a_new_user_sees_the_welcome_page_and_the_demo_leads_to_the_start_page(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        window = person.window
        assert isinstance(window.navigation.page, WelcomePage)
        assert not window.sidebar.isVisible()
        window.navigation.demo_requested.emit()
        await person.until(lambda: window.navigation.page is None, "the chat opens")
        assert window.page.start.isVisible()
        assert window.sidebar.isVisible()
        assert not _listed(person), "nothing is stored before the first words"

    drive(tmp_path, body)


def test_a_question_makes_a_title_and_a_new_chat_is_empty_again(profile: Path, url: str) -> None:
    async def body(person: Person) -> None:
        window = person.window
        _connect(person, url)
        assert window.page.start.isVisible()
        question = "请用两三句话解释一下，为什么木星的卫星比土星多，还是其实反过来？我总是记不清楚，想弄明白"
        answer = await _ask(person, question)
        assert answer.status is Status.COMPLETE
        assert not window.page.start.isVisible()
        assert window.page.composer.text == ""
        await person.until(lambda: _listed(person) and _listed(person)[0].title, "the list shows the first words")
        await person.until(lambda: not _listed(person)[0].title.endswith("…"), "a short title takes their place")
        title = _listed(person)[0].title
        assert 0 < len(title) <= 12
        await person.until(lambda: window.page.header.title.button.text() == title, "the header shows it")

        _press(person, Qt.Key.Key_N)
        await person.until(window.page.start.isVisible, "a new chat")
        assert len(_listed(person)) == 1
        assert window.chat.conversation_id == ""

    drive(profile, body)


def test_a_draft_stays_with_its_conversation_when_a_new_chat_is_opened_at_once(profile: Path, url: str) -> None:
    async def body(person: Person) -> None:
        window = person.window
        _connect(person, url)
        await _ask(person, "你好")
        first = window.chat.conversation_id
        person.type(window.page.composer.editor, "half a thought")
        _press(person, Qt.Key.Key_N)
        await person.until(window.page.start.isVisible, "a new chat")
        assert window.page.composer.text == ""
        window.open_conversation(first)
        await person.until(lambda: window.page.composer.text == "half a thought", "the draft is back")
        assert [c.id for c in _listed(person)] == [first]

    drive(profile, body)


def test_ctrl_t_switches_thinking_for_the_next_answer(profile: Path, url: str) -> None:
    async def body(person: Person) -> None:
        _connect(person, url)
        assert (await _ask(person, "为什么木星的卫星比土星多？")).reasoning
        _press(person, Qt.Key.Key_T)
        await person.until(lambda: person.window.chat._setup.thinking is not ThinkingChoice.TEMPLATE, "switched")
        assert not (await _ask(person, "为什么木星的卫星比土星多？")).reasoning
        _press(person, Qt.Key.Key_T)
        assert (await _ask(person, "为什么木星的卫星比土星多？")).reasoning

    drive(profile, body)


def test_a_deleted_conversation_comes_back_with_undo(profile: Path, url: str) -> None:
    async def body(person: Person) -> None:
        window = person.window
        _connect(person, url)
        await _ask(person, "你好")
        await person.until(lambda: _listed(person), "it is listed")
        conversation_id = _listed(person)[0].id
        window.sidebar.delete.emit(conversation_id)
        await person.until(lambda: not _listed(person), "it is gone from the list")
        await person.until(window.page.start.isVisible, "the chat that was open is closed")
        await person.until(lambda: window.notices.texts, "a notice says so")
        assert "删除" in window.notices.texts[0]
        person.click(_button(window.notices, "撤销"))
        await person.until(lambda: _listed(person), "it is back")
        assert _listed(person)[0].id == conversation_id
        assert not window.notices.texts

    drive(profile, body)


def test_language_theme_and_zoom_change_live_and_stay(profile: Path, url: str) -> None:
    async def body(person: Person) -> None:
        window, settings = person.window, person.program.desk.settings
        placeholder = window.sidebar.field.placeholderText
        assert "搜索" in placeholder()
        await settings.change(language=Language.EN)
        await person.until(lambda: "Search" in placeholder(), "the window speaks English")
        light = window.theme.tokens
        await settings.change(theme=Theme.DARK)
        await person.until(lambda: window.theme.tokens != light, "the theme is dark")
        size = window.sidebar.width()
        _press(person, Qt.Key.Key_Equal)
        await person.until(lambda: window.theme.zoom == 1.1, "larger")
        assert window.sidebar.width() > size
        _press(person, Qt.Key.Key_0)
        await person.until(lambda: window.theme.zoom == 1.0, "as before")
        _press(person, Qt.Key.Key_Minus)
        await person.until(lambda: window.theme.zoom == 0.9, "smaller")

    async def again(person: Person) -> None:
        value = person.program.desk.settings.value
        assert (value.language, value.theme, value.zoom) == (Language.EN, Theme.DARK, 0.9)

    drive(profile, body)
    drive(profile, again)


def test_the_sidebar_folds_in_a_narrow_window_and_can_be_asked_for(profile: Path, url: str) -> None:
    async def body(person: Person) -> None:
        window = person.window
        assert window.sidebar.isVisible()
        window.resize(640, 800)
        await person.until(lambda: not window.sidebar.isVisible(), "it folds")
        assert window.page.header.width() == window.width(), "the chat has all the room"
        _press(person, Qt.Key.Key_B)
        await person.until(window.sidebar.isVisible, "asked for")
        _press(person, Qt.Key.Key_B)
        await person.until(lambda: not window.sidebar.isVisible(), "folded by hand")
        _press(person, Qt.Key.Key_B)
        window.resize(1200, 800)
        await person.until(window.sidebar.isVisible, "room again")

    drive(profile, body)


def test_search_finds_a_chinese_substring_and_jumps_to_the_answer(profile: Path, url: str) -> None:
    async def body(person: Person) -> None:
        window = person.window
        _connect(person, url)
        await _ask(person, "第一问：你好")
        first = window.chat.conversation_id
        await _ask(person, "/long tokens=6000\n紫藤花什么时候开？")
        for _ in range(2):
            await _ask(person, "再见")
        _press(person, Qt.Key.Key_N)
        await _ask(person, "别的事情")
        assert window.chat.conversation_id != first
        QTest.keyClick(window, Qt.Key.Key_F, CONTROL | Qt.KeyboardModifier.ShiftModifier)
        assert window.sidebar.field.hasFocus()
        _commit(window.sidebar.field, "藤花什么")
        await person.until(lambda: window.sidebar.hits.isVisible(), "hits are shown")
        assert window.sidebar.hits.found.rowCount() == 1
        QTest.keyClick(window.sidebar.field, Qt.Key.Key_Return)
        await person.until(lambda: window.chat.conversation_id == first, "the conversation opens")
        view = window.page.transcript
        await person.until(lambda: len(view.stack.items) == 8, "its rows are there")
        await person.until(lambda: not view.following, "the view stands at the hit, not at the end")
        assert view.find_bar.field.text() == "藤花什么"
        assert view.finder.current is not None
        assert view.finder.current.row_id == view.stack.items[2].id

    drive(profile, body)


@pytest.mark.qt_log_ignore("does not support raise")  # the offscreen platform
def test_a_second_start_brings_the_window_forward(profile: Path) -> None:
    async def body(person: Person) -> None:
        window = person.window
        instance = SingleInstance(profile)
        assert instance.acquire()
        instance.raise_wanted.connect(window.come_forward)
        instance.listen()
        window.showMinimized()
        await person.until(window.isMinimized, "minimised")
        environment = os.environ | {"GLMDESK_HOME": str(profile), "QT_QPA_PLATFORM": "offscreen"}
        second = await asyncio.to_thread(
            subprocess.run, [sys.executable, "-m", "glmdesk"], cwd=ROOT, env=environment, timeout=20, check=False
        )
        assert second.returncode == 0
        await person.until(lambda: not window.isMinimized(), "it is back")
        instance.release()

    drive(profile, body)


def _stored_answer(folder: Path) -> Message:
    async def body() -> Message:
        program = await compose(Profile(folder))
        try:
            newest = (await program.desk.history.list())[0]
            return (await program.desk.chat.open(newest.id)).rows[-1].message
        finally:
            await program.close()

    return asyncio.run(body())


@pytest.mark.parametrize("how", ["close"] if sys.platform == "win32" else ["close", "SIGTERM", "SIGINT"])
def test_closing_while_an_answer_streams_is_quick_and_keeps_what_had_come(profile: Path, how: str) -> None:
    question = "/long tokens=3000 thought=0"
    with demo_server(rate=300) as slow:
        mode = how if how == "close" else "wait"
        with subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.closed_window", mode, slow, question],
            cwd=ROOT,
            env=os.environ | {"GLMDESK_HOME": str(profile), "QT_QPA_PLATFORM": "offscreen"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as program:
            assert program.stdout is not None
            assert program.stdout.readline() == "streaming\n"
            told = time.monotonic()
            if mode == "wait":
                program.send_signal(signal.Signals[how])
            _, err = program.communicate(timeout=30)
            seconds = time.monotonic() - told
    assert (program.returncode, err) == (0, "")
    assert seconds < CLOSING_SECONDS
    answer = _stored_answer(profile)
    assert answer.status is Status.STOPPED
    assert len(answer.text) > 50
    assert long_text(3000).startswith(answer.text)
    assert not list(profile.glob("*-wal")), "the database was closed"


def test_words_typed_just_before_a_new_chat_stay_in_their_own_chat(profile: Path) -> None:
    async def body(person: Person) -> None:
        composer = person.window.page.composer
        person.type(composer.editor, "first words")
        _press(person, Qt.Key.Key_N)
        assert composer.text == ""
        await person.until(lambda: person.window.list.conversations, "the draft has a conversation of its own")
        assert person.window.chat.conversation_id == ""
        person.type(composer.editor, "second words")
        composer.flush()
        await person.until(lambda: len(person.window.list.conversations) == 2, "the new chat has its own")
        drafts = {conversation.draft for conversation in await person.window.desk.history.list()}
        assert drafts == {"first words", "second words"}

    drive(profile, body, demo=True)
