"""The function lab in the window: a call answered by hand, both requests seen, kept as a tool of the chat."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from glmdesk.domain.settings import Language
from glmdesk.ui.i18n import switch_language
from glmdesk.ui.structured.lab_page import LabPage
from glmdesk.ui.structured.page import StructuredPage
from tests.helpers.typing_keys import commit
from tests.journeys.driver import Person, drive

K, CONTROL, SHIFT = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
PARAMETERS = '{"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}'


def opened(person: Person) -> LabPage:
    QTest.keyClick(person.window, K.Key_L, CONTROL | SHIFT)
    page = person.window.navigation.page
    assert isinstance(page, StructuredPage)
    assert page.lab_page.isVisible()
    return page.lab_page


def written(lab: LabPage) -> None:
    commit(lab.name, "get_weather")
    commit(lab.description, "查询天气")
    lab.schema.set_text(PARAMETERS)
    lab.mock.replace_text('{"city": "{{city}}", "sky": "晴"}')
    lab.question.replace_text('/tool get_weather {"city": "北京"}\n北京天气如何')


def test_a_call_is_answered_by_hand_and_the_function_kept(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        lab = opened(person)
        person.click(lab.run_button)
        await person.until(lab.problem.isVisible, "it says that there is no name")
        written(lab)
        await person.until(lambda: "¥" in lab.price.text(), "the price is said before the try")
        person.click(lab.run_button)
        call = lab.result.call
        await person.until(call.isVisible, "the call waits")
        assert call.title.text() == "模型要调用 get_weather"
        assert "北京" in call.arguments.text()
        assert [lab.result.choice.itemText(n) for n in range(lab.result.choice.count())] == ["请求 1", "回复 1"]
        person.click(call.mock)
        assert json.loads(call.answer.text) == {"city": "北京", "sky": "晴"}
        person.click(call.give)
        await person.until(lambda: lab.result.choice.count() == 4 and lab.run_button.isVisible(), "the reply has come")
        assert not call.isVisible()
        assert lab.result.reply.text()
        assert lab.result.status.text() == "已完成。"
        assert "¥" in lab.result.meta.text(), "what it has cost"
        person.click(lab.result.views.button("raw"))
        assert '"role": "tool"' in lab.result.raw.text
        person.click(lab.save_button)
        await person.until(lambda: lab.saved.count() == 2, "it is kept")
        assert "get_weather" in [spec.name for spec in person.window.desk.tools.specs()]
        person.click(lab.result.chat_button)
        await person.until(lambda: person.window.chat.conversation_id == lab.try_id, "the try is a chat")

    drive(tmp_path, body, demo=True)


def test_why_nothing_was_sent_follows_the_language(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        lab = opened(person)
        person.click(lab.run_button)
        await person.until(lab.problem.isVisible, "it says that there is no name")
        chinese = lab.problem.text()
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        switch_language(app, Language.EN)
        await person.until(lambda: lab.problem.text().isascii(), "it says it in English")
        switch_language(app, Language.ZH_CN)
        await person.until(lambda: lab.problem.text() == chinese, "and in Chinese again")

    drive(tmp_path, body, demo=True)


def test_a_mock_answers_by_itself_and_what_is_written_stays(tmp_path: Path) -> None:
    async def first(person: Person) -> None:
        lab = opened(person)
        written(lab)
        person.click(lab.answers.button("mock"))
        person.click(lab.run_button)
        await person.until(lambda: lab.result.choice.count() == 4 and lab.run_button.isVisible(), "the reply has come")
        assert not lab.result.call.isVisible()

    async def second(person: Person) -> None:
        lab = opened(person)
        assert lab.name.text() == "get_weather"
        assert lab.answers.value == "mock"

    drive(tmp_path, first, demo=True)
    drive(tmp_path, second, demo=True)


def test_in_a_narrow_window_the_call_comes_into_view_with_the_focus(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        person.window.resize(480, 800)
        lab = opened(person)
        written(lab)
        lab.run_button.setFocus()
        QTest.keyClick(lab.run_button, K.Key_Space)
        call = lab.result.call
        await person.until(lambda: call.isVisible() and call.answer.hasFocus(), "the call waits")
        await person.until(lambda: not call.answer.visibleRegion().isEmpty(), "it is in view")
        commit(call.answer, "晴")
        person.click(call.give)
        await person.until(lab.run_button.isVisible, "the reply has come")

    drive(tmp_path, body, demo=True)


def test_a_try_whose_chat_was_deleted_for_good_says_so_and_can_be_made_again(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        history, notices = person.program.desk.history, person.window.notices
        lab = opened(person)
        written(lab)
        person.click(lab.answers.button("mock"))
        person.click(lab.run_button)
        await person.until(lambda: lab.result.status.text() == "已完成。", "the try has ended")
        await history.delete(lab.try_id)
        await history.empty_bin()
        person.click(lab.result.chat_button)
        await person.until(lambda: any("已经彻底删除" in text for text in notices.texts), "it is told")
        assert not any("意外" in text for text in notices.texts)
        first = lab.try_id
        lab = opened(person)
        person.click(lab.run_button)
        await person.until(lambda: lab.try_id != first and lab.result.status.text() == "已完成。", "and made again")

    drive(tmp_path, body, demo=True)
