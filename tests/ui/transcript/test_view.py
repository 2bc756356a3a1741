"""The view at rest: only what is seen is laid out; copying, links, buttons, states."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from time import monotonic

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from glmdesk.domain.errors import Action, ErrorInfo
from glmdesk.domain.message import Message, Role, Status
from glmdesk.domain.part import AttachmentPart, ErrorPart, TextPart
from glmdesk.domain.settings import Language, Theme
from glmdesk.domain.usage import Timing, Usage
from glmdesk.services.transcript import Notice
from glmdesk.ui.i18n import tr
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.transcript.blocks.bubble import BubblePiece
from glmdesk.ui.transcript.blocks.code import CodePiece
from glmdesk.ui.transcript.blocks.meta import MetaPiece
from glmdesk.ui.transcript.blocks.notice import ErrorPiece, NoticePiece
from glmdesk.ui.transcript.blocks.prose import ProsePiece
from glmdesk.ui.transcript.blocks.thinking import ThinkingPiece
from glmdesk.ui.transcript.selection import Place
from glmdesk.ui.transcript.view import TranscriptView
from tests.helpers.screens import speak
from tests.ui.transcript.conftest import MakeView
from tests.ui.transcript.talk import (
    MARKDOWN,
    Stream,
    click,
    click_button,
    long_talk,
    mouse,
    on_screen,
    pieces,
    reply,
    screen,
    talk,
    user,
)


def keys_of(view: TranscriptView, row_id: str) -> list[str]:
    item = view.stack.item(row_id)
    assert item is not None
    return [b.key for piece in item.pieces for b in piece.buttons(view.context)]


def notice_of(view: TranscriptView, row_id: str) -> str:
    return "\n".join(p.accessible_text() for p in pieces(view, row_id, NoticePiece))


def test_two_thousand_messages_lay_out_only_what_is_seen(make_view: MakeView) -> None:
    view = make_view(long_talk(2_000))
    built = [item for item in view.stack.items if item.built]
    assert view.following
    assert len(built) < 12
    assert view.context.documents.built < 30
    assert view.context.measured < 60
    assert view.stack.items[-1].built


def test_a_jump_into_the_middle_lays_out_only_what_is_seen(make_view: MakeView) -> None:
    view = make_view(long_talk(2_000))
    before = view.context.measured
    view.scroll_to(view.verticalScrollBar().maximum() // 2)
    assert view.context.measured - before < 60
    assert screen(view)
    assert not view.following


def test_the_scroll_bar_does_not_drift_over_a_long_way_up(make_view: MakeView) -> None:
    view = make_view(long_talk(400))
    total = view.stack.total
    for _ in range(600):
        QTest.keyClick(view, Qt.Key.Key_PageUp)
    assert view.origin == 0
    assert 0.8 < view.stack.total / total < 1.25


def test_scrolling_up_moves_the_text_by_the_step_and_no_more(make_view: MakeView) -> None:
    view = make_view(long_talk(60))
    for _ in range(40):
        before = dict(screen(view))
        QTest.keyClick(view, Qt.Key.Key_Up)
        step = view.verticalScrollBar().singleStep()
        common = [(before[piece], y) for piece, y in screen(view) if piece in before]
        assert common
        assert all(y - old == step for old, y in common)


def test_a_new_width_lays_out_only_what_is_seen(make_view: MakeView) -> None:
    view = make_view(long_talk(2_000))
    before = view.context.measured
    view.resize(700, 600)
    QApplication.processEvents()
    assert view.context.measured - before < 60
    assert view.origin == view.verticalScrollBar().maximum()


def test_the_bar_at_the_top_shows_the_top_whatever_was_estimated_there(make_view: MakeView) -> None:
    words = "".join(f"第 {n} 句话说明了一件小事，" for n in range(40))
    view = make_view(
        talk(user("u", "问题"), reply("a", f"# 题目\n\n{words}\n\n{words}\n\n```py\nx = 1\n```\n\n{words}"))
    )
    view.scroll_to(view.verticalScrollBar().maximum())
    QApplication.processEvents()
    view.scroll_to(0)
    QApplication.processEvents()
    assert view.origin == view.verticalScrollBar().value() == 0


def test_the_line_at_the_top_stays_there_when_the_width_changes(make_view: MakeView) -> None:
    text = "".join(f"第 {n} 句话说明了一件小事，" for n in range(60))
    view = make_view(talk(*(reply(f"a{n}", f"{text}\n\n{text}\n\n{text}") for n in range(8))))
    view.scroll_to(view.verticalScrollBar().maximum() // 2 + 37)
    piece, y = screen(view)[0]
    position = piece.position_at(view.context, 0, -y)
    line = y + piece.y_of(view.context, position)
    view.resize(560, 600)
    QApplication.processEvents()
    placed = next(p for p in view.stack.pieces_in(0, view.stack.total) if p.piece is piece)
    assert placed.top - view.origin + piece.y_of(view.context, position) == line


def test_no_conversation_shows_nothing(make_view: MakeView) -> None:
    view = make_view(talk(user("u")))
    view.show_transcript(None)
    assert not screen(view)
    assert view.verticalScrollBar().maximum() == 0
    view.poll()
    QTest.qWait(60)


def test_another_path_keeps_the_rows_that_stay(make_view: MakeView) -> None:
    transcript = talk(user("u"), reply("a", MARKDOWN))
    view = make_view(transcript)
    (kept,) = pieces(view, "u", BubblePiece)
    other = replace(reply("b", "另一个回答"), parent_id="u")
    transcript.load([user("u"), replace(reply("a"), parent_id="u"), other], "b")
    view._frame()
    assert [item.id for item in view.stack.items] == ["u", "b"]
    assert pieces(view, "u", BubblePiece) == [kept]
    assert {"variant_prev", "variant_next"} <= set(keys_of(view, "b"))


# Copying.


def test_select_all_copies_plain_markdown_and_rich_text(make_view: MakeView) -> None:
    view = make_view(talk(user("u", "问 <b>"), reply("a", MARKDOWN)))
    QTest.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    mime = QGuiApplication.clipboard().mimeData()
    markdown = bytes(mime.data("text/markdown").data()).decode()
    assert "**注意：**这一段有 `代码`" in markdown
    assert "```python" in markdown
    assert "| 甲 | 乙 |" in markdown
    assert "注意：这一段有 代码 和 链接。" in mime.text()
    assert "问 <b>" in mime.text()
    assert "<pre style=" in mime.html()
    assert "问 &lt;b&gt;" in mime.html()
    assert "glm-4.5" not in mime.text()


def test_a_drag_selects_across_messages(make_view: MakeView) -> None:
    view = make_view(talk(user("u", "第一个问题"), reply("a", "第一段\n\n第二段"), user("v", "第二个问题")))
    (bubble,) = pieces(view, "u", BubblePiece)
    (prose,) = pieces(view, "a", ProsePiece)
    left = view.column_left
    start = QPoint(left + view.context.width - 60, on_screen(view, "u", bubble) + 20)
    end = QPoint(left + 300, on_screen(view, "a", prose) + 8)
    mouse(view, QEvent.Type.MouseButtonPress, start)
    mouse(view, QEvent.Type.MouseMove, end, held=True)
    mouse(view, QEvent.Type.MouseButtonRelease, end)
    text = view.selection.copy().plain
    assert text.endswith("第一段")
    assert "问题" in text
    assert "第二段" not in text


def test_a_double_click_selects_a_word(make_view: MakeView) -> None:
    view = make_view(talk(user("u"), reply("a", "alpha beta gamma")))
    (prose,) = pieces(view, "a", ProsePiece)
    mouse(view, QEvent.Type.MouseButtonDblClick, QPoint(view.column_left + 55, on_screen(view, "a", prose) + 10))
    assert view.selection.copy().plain == "beta"


def test_a_selection_survives_the_answer_growing(make_view: MakeView) -> None:
    transcript = talk(user("u"))
    view = make_view(transcript)
    stream = Stream(view, transcript)
    stream.step("一二三四五")
    view.selection.set(Place("live", 0, 1), Place("live", 0, 3))
    stream.step("一二三四五六七\n\n又一段\n")
    assert view.selection.copy().plain == "二三"


def test_emoji_do_not_shift_what_is_selected(make_view: MakeView) -> None:
    view = make_view(talk(user("u", "😀😀 abc 好")))
    (bubble,) = pieces(view, "u", BubblePiece)
    assert bubble.plain(view.context, (3, 6)) == "abc"
    assert isinstance(bubble, BubblePiece)
    lines = bubble.lines(view.context)
    assert lines.position_at(10_000, 5) == len("😀😀 abc 好")


def test_copy_puts_the_answer_on_the_clipboard_as_it_was_written(make_view: MakeView) -> None:
    view = make_view(talk(user("u"), reply("a", MARKDOWN)))
    told: list[tuple[str, str]] = []
    view.action.connect(lambda key, row: told.append((key, row)))
    click_button(view, "a", "copy")
    mime = QGuiApplication.clipboard().mimeData()
    assert bytes(mime.data("text/markdown").data()).decode() == MARKDOWN.strip("\n")
    assert "<strong>注意：</strong>" in mime.html()
    assert told == [("copy", "a")]


def test_code_is_copied_alone(make_view: MakeView) -> None:
    view = make_view(talk(user("u"), reply("a", MARKDOWN)), height=900)
    click_button(view, "a", "copy_code")
    assert QGuiApplication.clipboard().text() == "def f(x: int) -> int:\n    return x + 1  # 注释"


# Links.


def test_links_act_on_release_and_open_web_addresses_only(make_view: MakeView) -> None:
    view = make_view(talk(user("u"), reply("a", "[一个链接](https://e.example/x) [坏](file:///etc/passwd)")))
    opened: list[str] = []
    hovered: list[str] = []
    view.link_activated.connect(opened.append)
    view.link_hovered.connect(hovered.append)
    (prose,) = pieces(view, "a", ProsePiece)
    y = on_screen(view, "a", prose) + 10
    on_link = QPoint(view.column_left + 20, y)
    mouse(view, QEvent.Type.MouseMove, on_link)
    mouse(view, QEvent.Type.MouseButtonPress, on_link)
    assert opened == []
    mouse(view, QEvent.Type.MouseButtonRelease, on_link)
    assert opened == ["https://e.example/x"]
    assert hovered[-1] == "https://e.example/x"
    for x in range(80, 400, 10):
        click(view, QPoint(view.column_left + x, y))
    assert opened == ["https://e.example/x"]


def test_a_press_on_a_link_that_ends_elsewhere_opens_nothing(make_view: MakeView) -> None:
    view = make_view(talk(user("u"), reply("a", "[一个链接](https://e.example/x) 后面")))
    opened: list[str] = []
    view.link_activated.connect(opened.append)
    (prose,) = pieces(view, "a", ProsePiece)
    y = on_screen(view, "a", prose) + 10
    mouse(view, QEvent.Type.MouseButtonPress, QPoint(view.column_left + 20, y))
    mouse(view, QEvent.Type.MouseMove, QPoint(view.column_left + 200, y), held=True)
    mouse(view, QEvent.Type.MouseButtonRelease, QPoint(view.column_left + 200, y))
    assert opened == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_an_image_path_is_never_opened(make_view: MakeView, tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)  # opening it would hang this test for ever
    text = f'![i]({fifo}) <img src="{fifo}"> ![j](file://{fifo}) | ![k]({fifo}) |\n|--|\n'
    view = make_view(talk(user("u", text), reply("a", text, text)))
    view.grab()
    view.commands.select_all()
    view.copy_selection()
    document = view.context.documents
    assert len(document) >= 1


# States.


def test_a_stopped_answer_offers_continue_and_regenerate(make_view: MakeView) -> None:
    view = make_view(talk(user("u"), reply("a", "一半", status=Status.STOPPED)))
    told: list[tuple[str, str]] = []
    view.action.connect(lambda key, row: told.append((key, row)))
    assert notice_of(view, "a") == "已停止"
    click_button(view, "a", "continue")
    click_button(view, "a", "regenerate")
    assert told == [("continue", "a"), ("regenerate", "a")]


@pytest.mark.parametrize(
    ("message", "text_id", "keys"),
    [
        (reply("a", "半", status=Status.INTERRUPTED), "interrupted", ["continue", "regenerate"]),
        (reply("a", "半", finish_reason="length"), "length", ["continue", "regenerate"]),
        (reply("a", "密", status=Status.WITHDRAWN), "withdrawn", ["regenerate"]),
        (reply("a", "", "只有思考"), "no_answer", ["fold", "regenerate"]),
        (reply("a", ""), "empty", ["regenerate"]),
        (reply("a", "全", damaged=True), "damaged", ["details", "copy"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_end_is_said(make_view: MakeView, message: Message, text_id: str, keys: list[str]) -> None:
    view = make_view(talk(user("u"), message))
    assert notice_of(view, "a") == tr(f"transcript.status.{text_id}")
    assert keys_of(view, "a")[: len(keys)] == keys


def test_a_withdrawn_answer_shows_none_of_its_words(make_view: MakeView) -> None:
    view = make_view(talk(user("u"), reply("a", "秘密", "想法", status=Status.WITHDRAWN)))
    assert not pieces(view, "a", ProsePiece)
    assert not pieces(view, "a", ThinkingPiece)
    view.commands.select_all()
    assert "秘密" not in view.selection.copy().plain
    assert "copy" not in keys_of(view, "a")


def test_continue_is_offered_on_the_last_answer_only(make_view: MakeView) -> None:
    transcript = talk(user("u"), reply("a", "半", status=Status.STOPPED))
    view = make_view(transcript)
    assert "continue" in keys_of(view, "a")
    transcript.append([user("v")])
    view._frame()
    assert "continue" not in keys_of(view, "a")


def test_an_error_says_what_and_how_and_offers_its_action(make_view: MakeView) -> None:
    error = ErrorInfo("key_refused", action=Action.OPEN_KEYS, code="1000", detail="<img src=/dev/zero>")
    message = reply("a", "半句", status=Status.FAILED)
    view = make_view(talk(user("u"), replace(message, parts=(*message.parts, ErrorPart(error)))))
    (card,) = pieces(view, "a", ErrorPiece)
    assert "<img src=/dev/zero>" in card.accessible_text()
    assert keys_of(view, "a")[:2] == ["open_keys", "continue"]


def test_a_retry_countdown_can_be_hurried_or_stopped(make_view: MakeView) -> None:
    transcript = talk(user("u"))
    view = make_view(transcript)
    stream = Stream(view, transcript)
    args = {"cause_id": "transcript.status.stopped", "attempt": "1", "limit": "3"}
    notice = Notice("transcript.notice.retrying", args, until=monotonic() + 9.2, can_hurry=True)
    transcript.update(stream.message, live=True, notice=notice)
    stream.frame()
    assert notice_of(view, "live") == "已停止，9 秒后重试（第 1 次，共 3 次）"
    assert keys_of(view, "live") == ["retry_now", "stop"]


def test_silence_is_said_below_the_words_and_can_be_ended(make_view: MakeView) -> None:
    transcript = talk(user("u"))
    view = make_view(transcript)
    stream = Stream(view, transcript)
    stream.set("半句")
    transcript.update(stream.message, live=True, notice=Notice("transcript.notice.silence", {"seconds": "20"}))
    stream.frame()
    assert notice_of(view, "live") == "已有 20 秒没有新内容"
    assert keys_of(view, "live") == ["stop"]


def test_the_line_below_an_answer_says_model_thinking_speed_and_tokens(make_view: MakeView) -> None:
    message = reply(
        "a", thinking=True, usage=Usage(1240, 963, 2203, 1102, 612), timing=Timing(0.8, 10.06), finish_reason="stop"
    )
    view = make_view(talk(user("u"), message))
    (meta,) = pieces(view, "a", MetaPiece)
    assert meta.accessible_text() == "glm-4.5 · 思考 · 首字 0.8 s · 104 tok/s · 1,240 输入（缓存 1,102）· 963 输出"


def test_tokens_of_a_thought_come_from_usage_or_are_marked_as_about(make_view: MakeView) -> None:
    known = reply("a", "答", "想法", usage=Usage(1, 700, 701, 0, 612))
    view = make_view(talk(user("u"), known, user("v"), reply("b", "答", "想法想法")))
    (first,) = pieces(view, "a", ThinkingPiece)
    (second,) = pieces(view, "b", ThinkingPiece)
    assert isinstance(first, ThinkingPiece)
    assert isinstance(second, ThinkingPiece)
    assert first.state.tokens == "612 tokens"
    assert second.state.tokens.startswith("≈ ")
    assert not second.opened


def test_files_of_a_turn_are_chips_above_the_words(make_view: MakeView) -> None:
    message = Message("u", "c", Role.USER, (TextPart("看"), AttachmentPart("数据.xlsx", "text/plain", "x")))
    view = make_view(talk(message))
    (bubble,) = pieces(view, "u", BubblePiece)
    assert bubble.height > view.context.style.px(70)


# Keyboard, theme, language.


def test_tab_reaches_every_button_in_view_and_enter_presses_it(make_view: MakeView) -> None:
    view = make_view(talk(user("u"), reply("a", "答", "想", status=Status.STOPPED)))
    view.setFocus()
    told: list[str] = []
    view.action.connect(lambda key, _row: told.append(key))
    wanted = [b for row in ("u", "a") for b in keys_of(view, row)]
    reached: list[str] = []
    while view._keys.move_focus(1):
        assert view.context.focus is not None
        reached.append(view.context.focus[1])
        assert view.accessibleDescription()
    assert reached == wanted
    assert view._keys.move_focus(-1)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert told == [wanted[-1]]


def test_every_painted_button_is_big_enough_and_named(make_view: MakeView) -> None:
    view = make_view(talk(user("u"), reply("a", MARKDOWN, "想", status=Status.STOPPED)), height=1_200)
    for placed in view.stack.pieces_in(0, view.stack.total):
        for button in placed.piece.buttons(view.context):
            assert min(button.rect.width(), button.rect.height()) >= 28
            assert button.tip
            assert not button.tip.startswith("transcript.")


def test_wrapping_a_code_block_keeps_it_in_place(make_view: MakeView) -> None:
    text = "```python\n" + "x = 1 + " * 60 + "\n```\n\n后面"
    view = make_view(talk(user("u"), reply("a", text)))
    (code,) = pieces(view, "a", CodePiece)
    height, y = code.height, on_screen(view, "a", code)
    assert code.scroll_sideways(view.context, 50)
    click_button(view, "a", "wrap")
    assert code.height > height
    assert on_screen(view, "a", code) == y
    assert not code.scroll_sideways(view.context, 50)


def test_code_gets_its_colours_after_a_moment(make_view: MakeView, qtbot: object) -> None:
    view = make_view(talk(user("u"), reply("a", MARKDOWN)), height=1_000)
    (code,) = pieces(view, "a", CodePiece)
    assert isinstance(code, CodePiece)
    deadline = monotonic() + 20
    while not code._runs and monotonic() < deadline:
        QTest.qWait(20)
    assert code._runs


def test_theme_zoom_and_language_lay_the_view_out_again(make_view: MakeView, theme: ThemeManager) -> None:
    view = make_view(talk(user("u"), reply("a", MARKDOWN, status=Status.STOPPED)))
    small = view.stack.total
    theme.apply(Theme.DARK, 1.5)
    assert view.stack.total > 1.2 * small
    assert view.following
    theme.apply(Theme.LIGHT, 1.0)
    assert abs(view.stack.total - small) < 60
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    speak(app, Language.EN)
    assert notice_of(view, "a") == "Stopped"
    assert view.accessibleName() == "Chat"


def test_strange_characters_are_shown_and_copied(make_view: MakeView) -> None:
    text = "\0 \ud800 \u202e e\u0301" + "\u0301" * 2_000 + " 👩‍👩‍👧 العربية"
    view = make_view(talk(user("u", text), reply("a", text, text)))
    view.grab()
    view.commands.select_all()
    view.copy_selection()
    assert "العربية" in QGuiApplication.clipboard().text()


def test_a_huge_turn_is_shown_from_its_beginning_and_copied_whole(make_view: MakeView) -> None:
    text = "很长的文字，" * 50_000
    view = make_view(talk(user("u", text)))
    (bubble,) = pieces(view, "u", BubblePiece)
    assert bubble.length < 21_000
    item = view.stack.item("u")
    assert item is not None
    meta = next(piece for piece in item.pieces if isinstance(piece, MetaPiece))
    view.commands.run(item, meta, "copy")
    assert QGuiApplication.clipboard().text() == text
