"""What another model, other tools or another prompt cost a long chat is said where the switch is."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QMenu

from glmdesk.ui.settings.chat import ChatSection
from glmdesk.ui.settings.page import SettingsPage
from glmdesk.ui.turns.compare_sheet import CompareSheet
from tests.journeys.driver import Person, drive
from tests.journeys.pictures import looks
from tests.journeys.test_inspector import url, use_server, welcomed
from tests.journeys.test_turns import ask

__all__ = ["url"]

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # the offscreen platform
LONG = "说明这个季度的销售为什么下降，分三点，每点一句话。" * 400


def menu_lines(person: Person) -> list[str]:
    return [action.text() for action in person.window.page.header.model.menu().actions()]


def section(person: Person) -> ChatSection:
    pages = person.window.findChildren(SettingsPage)
    return next(child for page in pages for child in page.findChildren(ChatSection))


def test_a_short_chat_says_nothing_and_a_long_one_what_a_switch_costs(tmp_path: Path, url: str) -> None:
    async def body(person: Person) -> None:
        page, desk = person.window.page, person.program.desk
        use_server(person, url)
        await ask(person, "你好")
        assert not any("缓存" in line or "+" in line for line in menu_lines(person))
        await ask(person, LONG)
        usage, own = person.answer().usage, person.answer().model
        assert usage is not None
        count = f"{usage.prompt_tokens:,}"
        lines = menu_lines(person)
        assert lines[0] == f"换模型后，约 {count} tokens 不再命中缓存"
        assert not next(line for line in lines if line.split("\t")[0] == desk.models.get(own).name).count("+¥")
        assert any("+¥" in line for line in lines), "another model says its price"
        await looks(person, "stake-menu", of=person.window.page.header.model.menu)
        again = QMenu()
        person.window.chat.turns.menu.fill_again(again, page.transcript.stack.items[-1].row)
        others = [line for menu in again.findChildren(QMenu) for line in (a.text() for a in menu.actions())]
        assert any("+¥" in line for line in others), "so does asking again"
        assert lines[0] in others
        person.click(page.composer.tools_button)
        sheet = person.window.chat.tools.sheet
        assert sheet is not None
        assert count in sheet.stake.text()
        assert "约多付 ¥" in sheet.stake.text()
        await looks(person, "stake-tools")
        person.click(next(iter(sheet.toggles.values())))
        sheet.close_sheet()
        await ask(person, "还有呢？")
        after = person.answer().usage
        assert after is not None
        assert after.cached_tokens < 0.1 * usage.prompt_tokens, "it was true"
        person.window.navigation.show_settings("chat")
        await person.until(lambda: section(person).stake.isVisible(), "the prompt's field says it too")
        await looks(person, "stake-prompt")

    drive(welcomed(tmp_path), body)


def test_a_comparison_says_the_price_of_either_side_before_it_is_asked(tmp_path: Path, url: str) -> None:
    async def body(person: Person) -> None:
        window = person.window
        use_server(person, url)
        await ask(person, LONG)
        window.page.composer.set_text("还有呢？")
        window.chat.compare()
        (sheet,) = window.findChildren(CompareSheet)
        await person.until(lambda: sheet.left.price.text() and sheet.right.price.text(), "both say what they cost")
        assert "缓存" in sheet.right.price.toolTip()
        cheap = sheet.right.price.text()
        sheet.right.set_model("glm-5")
        assert sheet.right.price.text() != cheap
        await looks(person, "stake-compare")
        person.click(sheet.cancel)
        person.window.chat.turns.act("compare", person.answer().id)
        again = window.findChildren(CompareSheet)[-1]
        await person.until(again.left.price.text, "of an answer that is there as well")

    drive(welcomed(tmp_path), body)


def test_what_was_left_out_is_not_at_stake_any_more(tmp_path: Path, url: str) -> None:
    async def body(person: Person) -> None:
        window = person.program.desk.window
        use_server(person, url)
        await ask(person, LONG)
        await ask(person, "还有呢？")
        assert "缓存" in menu_lines(person)[0]
        here = person.window.chat.conversation_id
        shares = (await window.ruler(here)).shares
        await window.drop(here, [share for share in shares if share.number == 1])
        await person.until(lambda: "缓存" not in menu_lines(person)[0], "little is sent now")

    drive(welcomed(tmp_path), body)
