"""Find in chat: counting, going to hits, text that grows, folds, the input method."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from glmdesk.domain.settings import Language, Theme
from glmdesk.services.transcript import Transcript
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.theme.tokens import DARK, LIGHT
from glmdesk.ui.transcript.blocks.code import CodePiece
from glmdesk.ui.transcript.blocks.thinking import ThinkingPiece
from glmdesk.ui.transcript.finder import pattern_of
from glmdesk.ui.transcript.places import Searched
from glmdesk.ui.transcript.style import Style
from glmdesk.ui.transcript.view import TranscriptView
from tests.helpers.screens import speak
from tests.helpers.typing_keys import commit, compose
from tests.ui.transcript.conftest import MakeView
from tests.ui.transcript.talk import Stream, long_talk, pieces, reply, talk, user

Found = Callable[[Transcript, str], TranscriptView]


@pytest.fixture
def found(make_view: MakeView, qtbot: QtBot) -> Found:
    """A view whose bar was opened and whose search for some words is done."""

    def make(transcript: Transcript, query: str) -> TranscriptView:
        view = make_view(transcript)
        view.find_bar.open()
        commit(view.find_bar.field, query)
        qtbot.waitUntil(lambda: not view.finder.searching)
        return view

    return make


def line_of_hit(view: TranscriptView) -> int:
    """The y of the current hit's line in the viewport."""
    hit, span = view.finder.current, view.finder.span()
    assert hit is not None
    assert span is not None
    item = view.stack.item(hit.row_id)
    assert item is not None
    piece = item.pieces[hit.piece]
    return (view.stack.piece_top(item, piece) or 0) + piece.y_of(view.context, span[0]) - view.origin


def words_of_hit(view: TranscriptView) -> str:
    hit, span = view.finder.current, view.finder.span()
    assert hit is not None
    assert span is not None
    item = view.stack.item(hit.row_id)
    assert item is not None
    return item.pieces[hit.piece].text(view.context)[slice(*span)]


def test_every_hit_of_a_long_chat_is_counted_without_laying_it_out(found: Found) -> None:
    transcript = long_talk(400)
    view = found(transcript, "引用")

    written = sum(row.message.text.count("引用") for row in transcript.rows)
    assert view.finder.total == written
    assert view.context.measured < 120
    assert sum(item.built for item in view.stack.items) < 40
    assert view.find_bar.count.text() == f"{view.finder.place}/{written}"


def test_every_hit_is_reached_and_is_in_view(found: Found) -> None:
    view = found(long_talk(40), "注释")
    seen = []
    for _ in range(view.finder.total):
        assert words_of_hit(view) == "注释"
        assert 0 <= line_of_hit(view) <= view.viewport().height() - view.context.style.code_line
        seen.append(view.finder.place)
        QTest.keyClick(view.find_bar.field, Qt.Key.Key_Return)

    assert sorted(seen) == list(range(1, view.finder.total + 1))
    assert view.finder.place == seen[0]  # around the end


def test_shift_enter_and_the_buttons_go_both_ways(found: Found) -> None:
    view = found(talk(user("u", "鱼 鱼 鱼")), "鱼")
    places = [view.finder.place]
    QTest.keyClick(view.find_bar.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    places.append(view.finder.place)
    QTest.mouseClick(view.find_bar.previous, Qt.MouseButton.LeftButton)
    places.append(view.finder.place)
    QTest.mouseClick(view.find_bar.next, Qt.MouseButton.LeftButton)
    places.append(view.finder.place)

    assert places == [1, 3, 2, 3]


def test_case_and_white_space_do_not_matter_and_signs_are_only_signs() -> None:
    pattern = pattern_of("  a.B\t(c)  ")
    assert pattern is not None

    assert pattern.search("xx A.b  (C)")
    assert not pattern.search("aXb (c)")
    assert pattern_of(" \t ") is None


def test_words_are_found_through_emphasis_in_tables_and_in_code(found: Found) -> None:
    text = "前 a**lp**ha 后\n\n| x | alpha |\n|---|---|\n| 😀 alpha | 2 |\n\n```\nalpha\n```\n\n$$\nalpha\n$$\n"
    view = found(talk(user("u", "😀😀 Alpha"), reply("a", text)), "alpha")

    assert view.finder.total == 6
    for _ in range(6):
        assert words_of_hit(view).lower() == "alpha"
        view.finder.step(1)


def test_a_hit_in_a_closed_thought_opens_it(found: Found) -> None:
    view = found(talk(user("u"), reply("a", "回答", "想到了桃花源")), "桃花源")

    (fold,) = pieces(view, "a", ThinkingPiece)
    assert isinstance(fold, ThinkingPiece)
    assert fold.opened
    assert words_of_hit(view) == "桃花源"


def test_hits_stay_while_the_answer_grows_and_new_ones_are_counted(found: Found, qtbot: QtBot) -> None:
    transcript = talk(user("u", "找鱼"))
    view = found(transcript, "鱼")
    stream = Stream(view, transcript)
    stream.step("一条鱼游")
    qtbot.waitUntil(lambda: view.finder.total == 2)
    view.finder.step(1)
    assert view.finder.place == 2
    for i in range(60):
        stream.step("一条鱼游\n\n" + "过来了一条**大鱼**。\n\n" * i)
    stream.finish()
    qtbot.waitUntil(lambda: view.finder.total == 2 + 59)

    assert view.finder.place == 2
    assert words_of_hit(view) == "鱼"
    assert not view.following


def test_another_variant_forgets_the_hits_of_the_one_before(found: Found, qtbot: QtBot) -> None:
    first = [user("u"), reply("a", "鱼鱼鱼")]
    transcript = Transcript("c")
    transcript.load([first[0], first[1]], "a")
    view = found(transcript, "鱼")
    total = view.finder.total
    transcript.load([first[0], reply("b", "鸟")], "b")
    view.poll()
    qtbot.waitUntil(lambda: view.finder.total != total)

    assert view.finder.total == 0


def test_nothing_found_is_said_in_both_languages(found: Found, qapp: QApplication) -> None:
    view = found(talk(user("u", "鱼")), "鸟")
    assert view.find_bar.count.text() == "没有找到"
    assert not view.find_bar.next.isEnabled()
    speak(qapp, Language.EN)

    assert view.find_bar.count.text() == "Nothing found"
    assert view.find_bar.field.placeholderText() == "Find in this chat"


def test_the_input_method_composes_without_searching_or_moving(found: Found) -> None:
    view = found(talk(user("u", "鱼 鱼")), "")
    field = view.find_bar.field
    compose(field, "yu")
    QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert view.finder.total == 0
    assert view.find_bar.isVisible()
    commit(field, "鱼")

    assert view.finder.total == 2


def test_esc_closes_and_selects_what_was_found(found: Found) -> None:
    view = found(talk(user("u", "一条鱼")), "鱼")
    QTest.keyClick(view.find_bar.field, Qt.Key.Key_Escape)

    assert view.find_bar.isHidden()
    assert view.selection.copy().plain == "鱼"
    assert view.finder.marks(pieces(view, "u", object)[0]) == ()  # type: ignore[type-var]


def test_the_bar_takes_over_what_is_selected(found: Found) -> None:
    view = found(talk(user("u", "一条鱼")), "鱼")
    view.find_bar.close_bar()
    view.find_bar.field.clear()
    view.find_bar.open()

    assert view.find_bar.field.text() == "鱼"


def test_another_chat_closes_the_bar(found: Found) -> None:
    view = found(talk(user("u", "一条鱼")), "鱼")
    view.show_transcript(talk(user("v", "鸟")))

    assert view.find_bar.isHidden()
    assert view.finder.total == 0


def test_a_hit_far_to_the_right_of_code_is_scrolled_to(found: Found) -> None:
    view = found(talk(reply("a", f"```\n{'x' * 400} needle\n```\n")), "needle")

    (code,) = pieces(view, "a", CodePiece)
    assert isinstance(code, CodePiece)
    assert code._x > 1000


def test_found_words_are_painted_and_the_current_one_stands_out(found: Found) -> None:
    view = found(talk(user("u", "鱼 鱼"), reply("a", "鱼 `鱼`")), "鱼")
    shown = view.viewport().grab().toImage()
    colours = {shown.pixelColor(x, y).name() for x in range(shown.width()) for y in range(shown.height())}
    style = view.context.style

    def on_white(alpha: float) -> str:
        warn = style.color("warn")
        mixed = [round(255 + (part - 255) * alpha) for part in (warn.red(), warn.green(), warn.blue())]
        return "#{:02x}{:02x}{:02x}".format(*mixed)

    assert any(_near(c, on_white(style.found.alphaF())) for c in colours)


def _near(a: str, b: str) -> bool:
    parts = [(int(a[i : i + 2], 16), int(b[i : i + 2], 16)) for i in (1, 3, 5)]
    return all(abs(x - y) <= 2 for x, y in parts)


@pytest.mark.parametrize("theme_of", [Theme.LIGHT, Theme.DARK])
def test_text_on_a_found_ground_keeps_its_contrast(theme: ThemeManager, theme_of: Theme) -> None:
    theme.apply(theme_of, 1.0)
    style, tokens = Style(theme), DARK if theme_of is Theme.DARK else LIGHT

    def channels(name: str) -> list[float]:
        return [int(name[i : i + 2], 16) for i in (1, 3, 5)]

    def light(rgb: list[float]) -> float:
        parts = [c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in rgb]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    for ground in (tokens.background, tokens.user_turn, tokens.code_ground):
        for alpha in (style.found.alphaF(), style.found_now.alphaF()):
            mixed = [g + (w - g) * alpha for g, w in zip(channels(ground), channels(style.tokens.warn), strict=True)]
            a, b = sorted((light(mixed), light(channels(tokens.text))))
            assert (b + 0.05) / (a + 0.05) >= 4.5


def test_the_count_of_a_search_under_way_says_that_it_goes_on(make_view: MakeView) -> None:
    view = make_view(long_talk(1000))
    view.find_bar.open()
    view.find_bar.field.setText("标题")

    assert view.finder.searching
    assert re.fullmatch(r"\d+…", view.find_bar.count.text())


def test_a_search_hit_deep_in_a_message_is_in_view_and_marked(make_view: MakeView) -> None:
    long = "\n\n".join(f"第 {n} 段说的是鱼。" for n in range(200)) + "\n\n这里有**桃花**源。\n\n" + "尾声。\n\n" * 200
    view = make_view(talk(user("u", "桃花源在哪里"), reply("a", long), user("v"), reply("b")))
    view.places.show_searched(Searched("a", "桃花源"))

    assert view.find_bar.isVisible()
    assert view.find_bar.field.text() == "桃花源"
    assert not view.find_bar.field.hasFocus()
    assert view.finder.current is not None
    assert view.finder.current.row_id == "a"
    assert words_of_hit(view) == "桃花源"
    assert 0 <= line_of_hit(view) < view.viewport().height()
    assert not view.following


def test_words_that_do_not_stand_together_lead_to_the_top_of_their_message(make_view: MakeView) -> None:
    view = make_view(talk(user("u"), reply("a", "鱼" + "\n\n水" * 200), user("v"), reply("b", "长" * 4_000)))
    view.places.show_searched(Searched("b", "没有 这些"))

    item = view.stack.item("b")
    assert item is not None
    assert view.find_bar.isHidden()
    assert abs(view.stack.top(item) - view.origin) < 60
