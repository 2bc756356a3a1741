"""The inspector in the real window: what was sent and received, after a restart too."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from glmdesk.domain.endpoint import DialectName, Endpoint
from glmdesk.domain.message import Message
from glmdesk.services.chat import Draft
from glmdesk.ui.inspector.page import InspectorPage
from tests.exporters.samples import run_python
from tests.helpers.program import TEST_KEY
from tests.helpers.server import demo_server
from tests.helpers.toolbox import TestToolbox, ask_with_tools
from tests.journeys.driver import Person, drive


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with demo_server() as url:
        yield url


def welcomed(folder: Path) -> Path:
    (folder / "settings.toml").write_text("welcomed = true\nauto_title = false\n", "utf-8")
    return folder


def use_server(me: Person, url: str) -> None:
    endpoints = me.program.desk.endpoints
    endpoints.add_for_session(Endpoint("bigmodel", "BigModel", DialectName.BIGMODEL, url), TEST_KEY)
    endpoints.use_for_session("bigmodel")


async def shown(me: Person, conversation_id: str) -> None:
    me.window.open_conversation(conversation_id)
    await me.until(lambda: len(me.window.page.transcript.stack.items) == 2, "the chat is shown")


async def asked(me: Person, url: str, text: str) -> Message:
    desk = me.program.desk
    use_server(me, url)
    talk = await desk.history.create()
    await desk.chat.open(talk.id)
    await desk.chat.send(talk.id, Draft(text))
    while talk.id in desk.chat.busy():
        await desk.chat.retry_now(talk.id)
        await asyncio.sleep(0.01)
    await desk.chat.until_idle(talk.id)
    await shown(me, talk.id)
    return me.answer()


async def inspected(me: Person, message_id: str) -> InspectorPage:
    me.window.chat.turns.act("inspect", message_id)
    page = me.window.navigation.page
    assert isinstance(page, InspectorPage)
    await me.until(lambda: page._read, "the requests are read")
    return page


def test_request_reply_times_and_code_of_an_answer(tmp_path: Path, url: str) -> None:
    kept: list[str] = []

    async def body(me: Person) -> None:
        answer = await asked(me, url, "/error 1302 times=1\nhello '''$HOME\\ 木星 😀")
        kept.append(answer.id)
        page = await inspected(me, answer.id)
        assert [one.attempt.status for one in page.tries] == [429, 200]
        assert page.which.isVisible()
        assert "200" in page.overview.text
        me.click(page.tabs.button("request"))
        shown = page.wire.text
        assert "Authorization: Bearer •••" in shown
        assert TEST_KEY.reveal() not in shown
        assert json.loads(shown[shown.index("{") :])["model"] == answer.model
        QTest.keyClick(page, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(page.wire.field, "hello")
        assert page.wire.hits == 1
        assert page.wire.view.textCursor().selectedText() == "hello"
        me.click(page.tabs.button("reply"))
        assert "data: [DONE]" in page.wire.text
        me.click(page.copy_button)
        assert QGuiApplication.clipboard().text() == page.wire.text
        page.copy_code("zai_python")
        await me.until(lambda: "from zai import" in QGuiApplication.clipboard().text(), "the code is copied")
        assert run_python(QGuiApplication.clipboard().text()).strip() == answer.text.strip()
        QTest.keyClick(me.window, Qt.Key.Key_Escape)
        await me.until(lambda: me.window.navigation.page is None, "Esc leaves the page")

    async def again(me: Person) -> None:
        await shown(me, (await me.program.desk.history.list())[0].id)
        page = await inspected(me, kept[0])
        assert len(page.tries) == 2

    drive(welcomed(tmp_path), body)
    drive(tmp_path, again)


def test_every_round_of_an_agent_run_can_be_looked_at(tmp_path: Path, url: str) -> None:
    async def body(me: Person) -> None:
        use_server(me, url)
        me.program.desk.tools.add(TestToolbox())
        answer = await ask_with_tools(me.program, '/tool probe {"n": 1}\n/next\n/tool probe {"n": 2}\n问个问题')
        await shown(me, answer.conversation_id)
        page = await inspected(me, answer.id)
        sizes = [len(json.loads(one.exchange.body)["messages"]) for one in page.tries]
        assert sizes == [1, 3, 5]
        assert page.which.currentIndex() == 2
        page.which.setCurrentIndex(0)
        page.which.activated.emit(0)
        me.click(page.tabs.button("request"))
        assert page.wire.text.count('"role"') == 1

    drive(welcomed(tmp_path), body)


def test_what_was_not_kept_is_said_to_be_missing(tmp_path: Path, url: str) -> None:
    async def body(me: Person) -> None:
        await me.program.desk.inspecting.set_room(0)
        answer = await asked(me, url, "hello")
        page = await inspected(me, answer.id)
        assert page.nothing.isVisible()
        assert not page.copy_button.isEnabled()

    drive(welcomed(tmp_path), body)


def test_a_withdrawn_reply_is_not_shown(tmp_path: Path, url: str) -> None:
    async def body(me: Person) -> None:
        answer = await asked(me, url, "hello\n/fault sensitive")
        page = await inspected(me, answer.id)
        me.click(page.tabs.button("reply"))
        assert page.wire.text == ""
        assert page.wire.note.isVisible()

    drive(welcomed(tmp_path), body)
