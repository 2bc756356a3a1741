"""A streaming answer: one look a frame, bounded work, what is read does not move."""

from __future__ import annotations

from unittest.mock import patch

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from glmdesk.domain.message import Status
from glmdesk.services.transcript import Transcript, TranscriptChanges
from glmdesk.ui.i18n import tr
from glmdesk.ui.transcript.blocks.notice import NoticePiece
from glmdesk.ui.transcript.blocks.prose import ProsePiece
from glmdesk.ui.transcript.blocks.thinking import ThinkingPiece
from glmdesk.ui.transcript.view import TranscriptView
from tests.ui.transcript.conftest import MakeView
from tests.ui.transcript.talk import MARKDOWN, Stream, click_button, long_talk, pieces, reply, screen, talk, user


def wheel(view: TranscriptView, steps: int) -> None:
    at = QPointF(view.viewport().rect().center())
    event = QWheelEvent(
        at,
        view.viewport().mapToGlobal(at),
        QPoint(),
        QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view.viewport(), event)


def without_colours(view: TranscriptView) -> TranscriptView:
    """Colours of code come from a thread at any moment: not in tests that compare pictures."""
    view.context.want_highlight = lambda piece, text, language: None
    return view


def same_picture(a: QImage, b: QImage) -> bool:
    """Equal but for the rounding of half-covered pixels."""
    b = b.convertToFormat(a.format())
    pairs = zip(bytes(a.constBits()), bytes(b.constBits()), strict=True)
    return a == b or all(abs(one - other) <= 2 for one, other in pairs)


def test_however_many_changes_the_view_looks_once_a_frame(make_view: MakeView, qtbot: QtBot) -> None:
    transcript = talk(user("u"))
    view = make_view(transcript)
    live = reply("a", "", status=Status.STREAMING)
    transcript.append([live], live=True)
    taken: list[TranscriptChanges] = []
    take = Transcript.take_changes

    def counted(self: Transcript) -> TranscriptChanges:
        taken.append(take(self))
        return taken[-1]

    with patch.object(Transcript, "take_changes", counted):
        before = view.frames
        for number in range(500):
            transcript.update(reply("a", "字" * number, status=Status.STREAMING), live=True)
            view.poll()
        qtbot.waitUntil(lambda: view.frames > before)
    assert len(taken) == view.frames - before == 1


def test_the_timer_rests_when_nothing_is_live(make_view: MakeView) -> None:
    view = make_view(talk(user("u"), reply("a")))
    view.poll()
    QTest.qWait(80)
    assert not view._timer.isActive()


def test_the_bottom_stays_in_view_while_following(make_view: MakeView) -> None:
    transcript = long_talk(10)
    view = make_view(transcript)
    stream = Stream(view, transcript)
    for number in range(60):
        stream.step("一段文字。" * number)
        assert view.origin == view.verticalScrollBar().maximum()
    assert view.following


def test_one_upward_wheel_step_pins_the_view_over_two_thousand_tokens(make_view: MakeView) -> None:
    transcript = long_talk(10)
    view = make_view(transcript)
    stream = Stream(view, transcript)
    stream.step("开始。" * 200)
    wheel(view, 1)
    assert not view.following
    before = screen(view)
    text = "开始。" * 200
    for number in range(400):
        text += f"第 {number} 句话，" + ("\n\n" if number % 7 == 0 else "")
        stream.step(text)
        now = dict(screen(view))
        assert all(now[piece] == y for piece, y in before[:-1])
    stream.finish()
    now = dict(screen(view))
    assert all(now[piece] == y for piece, y in before[:-1])


def test_back_at_the_bottom_the_view_follows_again(make_view: MakeView) -> None:
    transcript = long_talk(10)
    view = make_view(transcript)
    followed: list[bool] = []
    view.follow_changed.connect(followed.append)
    wheel(view, 2)
    wheel(view, -6)
    assert followed == [False, True]


def test_page_up_ends_following_and_end_resumes_it(make_view: MakeView) -> None:
    view = make_view(long_talk(10))
    for key in (Qt.Key.Key_PageUp, Qt.Key.Key_Up):
        QTest.keyClick(view, key)
        assert not view.following
        QTest.keyClick(view, Qt.Key.Key_End)
        assert view.following


def test_a_short_conversation_keeps_following_when_the_wheel_turns(make_view: MakeView) -> None:
    view = make_view(talk(user("u"), reply("a")))
    wheel(view, 1)
    assert view.following


def test_the_jump_button_says_how_much_is_new(make_view: MakeView) -> None:
    transcript = long_talk(10)
    view = make_view(transcript)
    stream = Stream(view, transcript)
    stream.step("开头")
    wheel(view, 3)
    stream.step("开头" + "字" * 1_234)
    assert view._jump.isVisible()
    assert "1,234" in view._jump.text()
    view._jump.click()
    assert view.following
    assert not view._jump.isVisible()


def test_the_jump_button_counts_thoughts_and_further_messages(make_view: MakeView) -> None:
    transcript = long_talk(10)
    view = make_view(transcript)
    stream = Stream(view, transcript)
    wheel(view, 3)
    stream.step("字" * 20, "想" * 300)
    stream.finish()
    transcript.append([reply("next", "字" * 1_000)])
    stream.frame()
    assert "1,320" in view._jump.text()
    QTest.keyClick(view, Qt.Key.Key_End)
    assert not view._jump.isVisible()
    wheel(view, 3)
    assert view._jump.text() == tr("transcript.jump.latest"), "what was seen is not new any more"


def test_following_can_stop_after_one_screen(make_view: MakeView) -> None:
    transcript = long_talk(6)
    view = make_view(transcript)
    view.stop_after_screen = True
    stream = Stream(view, transcript)
    for number in range(120):
        stream.step("一段文字。\n\n" * number)
    assert not view.following
    item = view.stack.item("live")
    assert item is not None
    assert abs(view.stack.top(item) - view.origin) < 60


def test_a_thought_is_open_while_it_runs_and_closes_when_the_answer_starts(make_view: MakeView) -> None:
    transcript = talk(user("u"))
    stream = Stream(make_view(transcript), transcript)
    stream.step("", "想一想\n再想一想")
    (fold,) = pieces(stream.view, "live", ThinkingPiece)
    assert isinstance(fold, ThinkingPiece)
    assert fold.opened
    assert fold.title() == "思考中 1.5 秒"
    stream.step("\n", "想一想\n再想一想")
    assert fold.opened
    stream.step("答", "想一想\n再想一想")
    assert not fold.opened
    assert fold.title() == "已思考 1.5 秒"


def test_the_users_choice_of_the_fold_wins(make_view: MakeView) -> None:
    transcript = talk(user("u"))
    stream = Stream(make_view(transcript), transcript)
    stream.step("", "想")
    (fold,) = pieces(stream.view, "live", ThinkingPiece)
    assert isinstance(fold, ThinkingPiece)
    click_button(stream.view, "live", "fold")
    stream.step("", "想了又想")
    assert not fold.opened
    click_button(stream.view, "live", "fold")
    stream.step("答案", "想了又想")
    stream.finish()
    assert fold.opened


def test_a_thought_that_is_being_read_does_not_close_by_itself(make_view: MakeView) -> None:
    transcript = long_talk(4)
    stream = Stream(make_view(transcript), transcript)
    stream.step("", "想\n" * 80)
    wheel(stream.view, 1)
    before = screen(stream.view)
    stream.step("答案", "想\n" * 80)
    assert dict(screen(stream.view)).get(before[0][0]) == before[0][1]


def test_fifty_thousand_tokens_cost_the_same_at_the_end_as_at_the_start(make_view: MakeView) -> None:
    transcript = talk(user("u"))
    view = make_view(transcript)
    stream = Stream(view, transcript)
    text = (MARKDOWN + "普通的一段文字，说明要点。" * 12 + "\n\n") * 150
    step = 300
    work: list[tuple[int, int]] = []
    for end in range(step, len(text), step):
        item = view.stack.item("live")
        assert item is not None
        before = item.parsed, view.context.measured
        stream.step(text[:end])
        work.append((item.parsed - before[0], view.context.measured - before[1]))
    assert len(text) > 50_000
    assert max(parsed for parsed, _ in work) < 4_000
    assert max(measured for _, measured in work[5:]) < 25
    assert len(view.context.documents) <= 64


def test_streamed_and_whole_look_the_same(make_view: MakeView) -> None:
    transcript = talk(user("u"))
    view = without_colours(make_view(transcript, height=2_000))
    stream = Stream(view, transcript)
    text = MARKDOWN * 2
    for end in range(1, len(text), 5):
        stream.step(text[:end])
    stream.step(text)
    stream.finish()
    whole = make_view(talk())
    without_colours(whole).show_transcript(talk(user("u"), reply("live", text)))
    whole.resize(view.size())
    QApplication.processEvents()
    assert [type(p) for p, _ in screen(view)] == [type(p) for p, _ in screen(whole)]
    assert [y for _, y in screen(view)] == [y for _, y in screen(whole)]
    assert same_picture(view.viewport().grab().toImage(), whole.viewport().grab().toImage())


def test_words_put_behind_the_last_ones_make_the_document_of_the_whole_text(make_view: MakeView) -> None:
    transcript = talk(user("u"))
    view = make_view(transcript)
    stream = Stream(view, transcript, "a")
    text = "# 标题 one\n\n一段话，**粗**体 &amp; a<b 和 `code` 之后。So it *goes* on，行末\n换行\n\n"
    text += "- 一\n- two 二，\n\n> 引用 words"
    for length in range(1, len(text) + 1):
        stream.step(text[:length])
        for piece in (piece for piece in view.stack.items[-1].pieces if isinstance(piece, ProsePiece)):
            fresh = ProsePiece(piece.block)
            document = fresh.document(view.context)
            assert piece.document(view.context).toHtml() == document.toHtml(), text[:length]
            assert piece.length == fresh.length
            view.context.documents.drop(fresh)


def test_what_was_repainted_piece_by_piece_equals_a_full_repaint(make_view: MakeView) -> None:
    transcript = long_talk(6)
    view = without_colours(make_view(transcript))
    view.show_transcript(transcript)
    stream = Stream(view, transcript)
    text = MARKDOWN * 3
    for end in range(1, len(text), 29):
        stream.step(text[:end])
        if end % 4 == 1:
            wheel(view, 1 if end % 8 == 1 else -3)
            QApplication.processEvents()
        shown = view.screen().grabWindow(view.winId()).toImage()
        assert same_picture(shown, view.grab().toImage()), end


def test_a_stopped_answer_goes_on_in_place(make_view: MakeView) -> None:
    transcript = talk(user("u"), reply("live", "前半句，", status=Status.STOPPED))
    view = make_view(transcript)
    before = screen(view)[1]
    transcript.update(reply("live", "前半句，后半句。\n\n- - -", status=Status.STREAMING), live=True)
    view._frame()
    assert screen(view)[1] == before
    transcript.update(reply("live", "前半句，后半句。\n\n- - - x"), live=False)
    view._frame()
    (prose,) = pieces(view, "live", ProsePiece)
    assert prose.accessible_text() == "前半句，后半句。\n\n- - - x"


def test_waiting_shows_a_quiet_line_until_something_comes(make_view: MakeView) -> None:
    transcript = talk(user("u"))
    stream = Stream(make_view(transcript), transcript)
    (notice,) = pieces(stream.view, "live", NoticePiece)
    assert isinstance(notice, NoticePiece)
    assert notice.content == "正在等待回答"
    stream.step("答")
    assert not pieces(stream.view, "live", NoticePiece)
    assert len(pieces(stream.view, "live", ProsePiece)) == 1
