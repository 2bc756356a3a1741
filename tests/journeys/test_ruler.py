"""The list behind the ring of the window: turns are dropped, not sent, and restored."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from shiboken6 import isValid

from glmdesk.domain.conversation import Setup
from glmdesk.domain.part import AttachmentPart
from glmdesk.domain.request import Parameters
from glmdesk.ui.header.ring import short_count
from glmdesk.ui.header.ruler_sheet import RulerSheet
from glmdesk.ui.widgets.button import Button
from tests.journeys.driver import Person, drive
from tests.journeys.pictures import PICTURES, looks
from tests.journeys.test_turns import ask

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # the offscreen platform
BOOK = AttachmentPart("书.txt", "text/plain", "很长的一本书。" * 40_000)
QUESTIONS = ("你好", "介绍一下你自己", "为什么木星的卫星比土星多？")


async def opened(person: Person) -> RulerSheet:
    before = person.window.chat.ruler.sheet
    usage = person.window.page.header.usage
    usage.setFocus()
    QTest.keyClick(usage, Qt.Key.Key_Return)
    await person.until(lambda: person.window.chat.ruler.sheet is not before, "the list is open")
    sheet = person.window.chat.ruler.sheet
    assert sheet is not None
    return sheet


async def reopened(person: Person) -> None:
    """The list in the look of now."""
    before = person.window.chat.ruler.sheet
    if before is not None and isValid(before):
        before.close_sheet()
    await opened(person)


async def list_looks(person: Person) -> None:
    """Pictures of the list; it is closed after them."""
    await looks(person, "ruler", before=lambda: reopened(person))
    sheet = person.window.chat.ruler.sheet
    if PICTURES and sheet is not None:
        sheet.close_sheet()


def first_turn(sheet: RulerSheet) -> Button:
    share = next(share for share in sheet.ruler.shares if share.kind == "turn")
    return sheet.buttons["turn", share.ids]


def test_a_dropped_turn_is_not_sent_and_comes_back(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        page, chat = person.window.page, person.window.chat
        for words in QUESTIONS:
            await ask(person, words)
        here = chat.conversation_id
        sheet = await opened(person)
        whole = sheet.ruler.used
        assert [share.number for share in sheet.ruler.shares if share.kind == "turn"] == [1, 2, 3]
        person.click(first_turn(sheet))
        await person.until(lambda: sheet.ruler.used < whole, "the first turn is dropped")
        setup = (await person.program.desk.history.get(here)).setup
        assert set(setup.dropped) == {item.id for item in page.transcript.stack.items[:2]}
        assert len(page.transcript.stack.items) == 6, "it stays in the chat"
        sheet.close_sheet()
        await list_looks(person)
        before = page.transcript.stack.items[-1].row.message.usage
        await ask(person, "还有呢？")
        after = page.transcript.stack.items[-1].row.message.usage
        assert before is not None
        assert after is not None
        assert after.cached_tokens < before.prompt_tokens, "the prefix differs from there"
        sheet = await opened(person)
        person.click(first_turn(sheet))
        await person.until(
            lambda: not any(share.dropped for share in sheet.ruler.shares if share.kind == "turn"), "it is back"
        )

    drive(tmp_path / "profile", body, demo=True)


def test_a_summary_stands_for_older_turns_until_they_are_sent_again(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        for words in (*QUESTIONS, "一句一句地说明。" * 200):
            await ask(person, words)
        usage = person.window.page.header.usage
        sheet = await opened(person)
        whole, asked, last = sheet.ruler.used, sheet.state.plan, sheet.ruler.turns[-1]
        assert asked is not None
        assert asked.model.name in sheet.hint.text()
        person.click(sheet.summary)
        await person.until(lambda: any(share.kind == "summary" for share in sheet.ruler.shares), "it is summed up")
        assert sheet.ruler.used < whole
        assert abs(sheet.ruler.turns[-1].tokens - last.tokens) <= 0.05 * last.tokens, "what is kept counts as before"
        turns = [share.ids for share in sheet.ruler.shares if share.kind == "turn"]
        assert [("turn", ids) in sheet.buttons for ids in turns] == [False, False, True, True], "they return together"
        shown = short_count(sheet.ruler.used)
        await person.until(lambda: usage.text.startswith(f"{shown} /"), "the ring shows it")
        sheet.close_sheet()
        await list_looks(person)
        sheet = await opened(person)
        (summary,) = [share for share in sheet.ruler.shares if share.kind == "summary"]
        person.click(sheet.buttons["summary", summary.ids])
        await person.until(lambda: len(sheet.ruler.turns) == 4, "the turns are sent again")

    drive(tmp_path / "profile", body, demo=True)


def test_over_the_window_a_model_with_more_room_is_one_click_away(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        await ask(person, QUESTIONS[0])
        chat = person.window.chat
        setup = Setup(model="glm-4.5-air", parameters=Parameters(max_tokens=150_000))
        await person.program.desk.history.set_setup(chat.conversation_id, setup)
        sheet = await opened(person)
        assert sheet.ruler.over
        sheet.close_sheet()
        await list_looks(person)
        sheet = await opened(person)
        person.click(sheet.larger)
        await person.until(lambda: not sheet.ruler.over, "it fits")
        now = (await person.program.desk.history.get(chat.conversation_id)).setup.model
        assert person.window.page.header.model.name == person.program.desk.models.get(now).name

    drive(tmp_path / "profile", body, demo=True)


@pytest.mark.parametrize("first", [True, False], ids=["the first question", "a later one"])
def test_over_the_window_the_list_opens_and_nothing_typed_is_lost(tmp_path: Path, first: bool) -> None:
    async def body(person: Person) -> None:
        chat, composer = person.window.chat, person.window.page.composer
        if not first:
            await ask(person, QUESTIONS[0])
        chat.choose_model("glm-4.5-air")
        composer.set_text("总结", (BOOK,))
        person.click(composer.send_button)
        await person.until(lambda: chat.ruler.sheet is not None, "the list is open")
        sheet, chat_id = chat.ruler.sheet, chat.conversation_id
        assert sheet is not None
        assert (composer.text, composer.attachments) == ("总结", (BOOK,))
        assert sheet.ruler.over
        assert next(share for share in sheet.ruler.shares if share.kind == "question").tokens > 100_000
        assert not sheet.larger.isHidden(), "a model with more room is offered"
        sheet.close_sheet()
        await list_looks(person)
        notice = person.window.notices
        if not first:
            person.window.new_chat()
            await person.until(lambda: not notice.texts, "another chat is not told of it")
            person.window.open_conversation(chat_id)
            await person.until(lambda: composer.attachments == (BOOK,), "the chat is back")
            composer.set_text("总结", (BOOK,))
            person.click(composer.send_button)
            await person.until(lambda: notice.texts and chat.ruler.sheet is not sheet, "it is told again")
            again = chat.ruler.sheet
            assert again is not None
            again.close_sheet()
        (button,) = [button for button in notice.findChildren(Button) if button.isVisible()]
        before = chat.ruler.sheet
        person.click(button)
        await person.until(lambda: chat.ruler.sheet is not before, "the notice leads back to the list")
        sheet = chat.ruler.sheet
        assert sheet is not None
        person.click(sheet.larger)
        await person.until(lambda: not sheet.ruler.over, "it fits")
        sheet.close_sheet()
        person.click(composer.send_button)
        await person.until(lambda: composer.text == "", "it is sent")

    drive(tmp_path / "profile", body, demo=True)


def test_prompt_tools_and_thoughts_go_and_come_by_a_click(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        chat, composer = person.window.chat, person.window.page.composer
        await person.program.desk.settings.change(
            system_prompt="你是一位细心的助手。" * 20, tools=("calculate", "get_time"), default_max_tokens=2_000
        )
        await ask(person, QUESTIONS[0])
        await ask(person, QUESTIONS[2])
        assert "2" in composer.tools_button.accessibleName()
        sheet = await opened(person)
        for part in ("system", "tools", "reserve", "reasoning"):
            person.click(sheet.buttons[part, ()])
            was = next(share.dropped for share in sheet.ruler.shares if share.kind == part)
            await person.until(lambda part=part, was=was: is_dropped(sheet, part) is not was, f"{part} has changed")
        assert [is_dropped(sheet, part) for part in ("system", "tools", "reserve", "reasoning")] == [True] * 3 + [False]
        sheet.close_sheet()
        await list_looks(person)
        await person.until(lambda: "2" not in composer.tools_button.accessibleName(), "the composer says so too")
        await ask(person, "还有呢？")
        exchanges = await person.program.desk.inspecting.of(person.window.page.transcript.stack.items[-1].id)
        body = json.loads(exchanges[-1].body)
        assert body["messages"][0]["role"] == "user"
        assert "tools" not in body
        assert "max_tokens" not in body
        assert body["thinking"]["clear_thinking"] is False
        composer.tools_button.click()
        tools = chat.tools.sheet
        assert tools is not None
        assert tools.stake.text()
        toggle = tools.toggles["get_time"]
        toggle.click()
        tools.close_sheet()
        await ask(person, "几点了？")
        exchanges = await person.program.desk.inspecting.of(person.window.page.transcript.stack.items[-1].id)
        assert [tool["function"]["name"] for tool in json.loads(exchanges[0].body)["tools"]] == ["calculate"]

    drive(tmp_path / "profile", body, demo=True)


def is_dropped(sheet: RulerSheet, part: str) -> bool:
    return next(share.dropped for share in sheet.ruler.shares if share.kind == part)


def test_the_composer_and_the_list_count_the_same_and_the_demo_names_its_price(tmp_path: Path) -> None:
    async def body(person: Person) -> None:
        composer = person.window.page.composer
        for words in QUESTIONS:
            await ask(person, words)
        composer.attach(AttachmentPart("书.txt", "text/plain", "很长的一本书。" * 4_000))
        await person.until(lambda: "¥" in composer.hint.text, "the price is said before sending")
        assert person.program.desk.chat.token_scale(Setup()) != 1.0, "the demo counts in its own way"
        sheet = await opened(person)
        draft = next(share for share in sheet.ruler.shares if share.kind == "question")
        assert abs(draft.tokens - composer.tokens) <= 0.01 * draft.tokens
        sheet.close_sheet()

    drive(tmp_path, body, demo=True)
