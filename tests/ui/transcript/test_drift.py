"""What is read stands still, to the pixel: while an answer grows, under folds, other widths, heights and zooms."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication

from glmdesk.demo.longtext import long_text
from glmdesk.domain.formula import FormulaDrawing
from glmdesk.domain.settings import Theme
from glmdesk.services.transcript import Transcript
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.transcript.blocks.base import Piece
from glmdesk.ui.transcript.blocks.code import CodePiece
from glmdesk.ui.transcript.blocks.prose import ProsePiece
from glmdesk.ui.transcript.blocks.thinking import ThinkingPiece
from glmdesk.ui.transcript.formulas import Formulas
from glmdesk.ui.transcript.view import TranscriptView
from tests.ui.transcript.conftest import MakeView
from tests.ui.transcript.talk import MARKDOWN, Stream, long_talk, on_screen, pieces, reply, talk, user
from tests.ui.transcript.test_streaming import same_picture

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 5"><rect fill="black" width="4" height="5"/></svg>'
TOKENS = 5_000
SENTENCE = "紫藤在四月中旬开花，花序长三十厘米，香气很淡；the buds open from the top downwards. "

Line = tuple[str, int, int, int, str]  # message, piece, first character, y on the screen, words


def lines(view: TranscriptView) -> list[Line]:
    """Every line of text whose top is on the screen."""
    seen: dict[tuple[str, int, int], Line] = {}
    for placed in view.stack.pieces_in(view.origin, view.origin + view.viewport().height()):
        piece, top = placed.piece, placed.top - view.origin
        if not piece.length:
            continue
        text = piece.text(view.context)
        for y in range(max(0, -top), min(piece.height, view.viewport().height() - top), 3):
            at = piece.position_at(view.context, 0, y)
            line = top + piece.y_of(view.context, at)
            if line >= 0:
                seen[placed.item.id, placed.index, at] = (placed.item.id, placed.index, at, line, text[at : at + 8])
    return list(seen.values())


def y_of(view: TranscriptView, line: Line) -> int:
    """Where the first character of a line is now."""
    row, number, at, _, _ = line
    item = view.stack.item(row)
    assert item is not None
    piece = item.pieces[number]
    return on_screen(view, row, piece) + piece.y_of(view.context, at)


def words_at(view: TranscriptView, line: Line) -> str:
    item = view.stack.item(line[0])
    assert item is not None
    return item.pieces[line[1]].text(view.context)[line[2] : line[2] + 8]


def drift(view: TranscriptView, before: list[Line]) -> set[int]:
    """By how many pixels the lines have moved."""
    assert before
    return {y_of(view, line) - line[3] for line in before}


def wheel(view: TranscriptView, steps: int) -> None:
    at = QPointF(view.viewport().rect().center())
    place, none = view.viewport().mapToGlobal(at), Qt.MouseButton.NoButton
    turn, keys, phase = QPoint(0, 120 * steps), Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    QApplication.sendEvent(view.viewport(), QWheelEvent(at, place, QPoint(), turn, none, keys, phase, False))


def picture(view: TranscriptView, height: int) -> QImage:
    """The upper part of what is painted, without what lies over it."""
    view._jump.hide()
    return view.viewport().grab(QRect(0, 0, view.viewport().width(), height)).toImage()


def pieces_of_an_answer(tokens: int) -> Iterator[str]:
    """About so many tokens of mixed Markdown, in the sizes that a stream has."""
    chance = random.Random(7)
    text = (SENTENCE * 3 + "\n\n" + MARKDOWN + SENTENCE + "\n\n1. 一\n2. 二\n\n[a]: https://e.example\n\n") * 60
    at = made = 0
    while made < tokens:
        size = chance.randint(1, 40)
        at += size
        made += max(1, size // 2)
        yield text[:at]


def pinned(make_view: MakeView, steps: int = 1) -> tuple[TranscriptView, Stream]:
    """A view in which the user has turned the wheel up while an answer came in."""
    transcript = long_talk(10)
    view = make_view(talk())
    view.context.want_highlight = lambda piece, text, language: None  # colours come at any moment
    view.show_transcript(transcript)
    stream = Stream(view, transcript)
    stream.step(SENTENCE * 20)
    wheel(view, steps)
    assert not view.following
    return view, stream


@pytest.mark.parametrize("steps", [1, 4, 30])
def test_one_wheel_step_pins_the_view_over_five_thousand_tokens(make_view: MakeView, steps: int) -> None:
    view, stream = pinned(make_view, steps)
    before, height = lines(view), view.viewport().height() - 60
    painted = picture(view, height)
    start = SENTENCE * 20
    for text in pieces_of_an_answer(TOKENS):
        stream.step(start + text)
        assert drift(view, before) == {0}
        assert not view.following
    stream.finish()

    assert drift(view, before) == {0}
    assert [words_at(view, line) for line in before] == [line[4] for line in before]
    if steps > 1:  # with one step the last line in view still grows
        assert same_picture(picture(view, height), painted)


def test_a_thought_that_grows_below_or_ends_moves_nothing(make_view: MakeView) -> None:
    transcript = long_talk(10)
    view = make_view(transcript)
    stream = Stream(view, transcript)
    stream.step("", SENTENCE * 40)
    wheel(view, 3)
    before = lines(view)
    for number in range(60):
        stream.step("", SENTENCE * (40 + number))
        assert drift(view, before) == {0}
    for number in range(1, 30):
        stream.step(SENTENCE * number, SENTENCE * 100)
        assert drift(view, before) == {0}
    stream.finish()

    assert drift(view, before) == {0}


def test_a_fold_toggled_above_moves_nothing(make_view: MakeView) -> None:
    thought = SENTENCE * 30
    view = make_view(talk(user("u"), reply("a", SENTENCE, thought), *(reply(f"b{i}", MARKDOWN) for i in range(6))))
    view.scroll_to(0)
    item = view.stack.item("a")
    assert item is not None
    (fold,) = pieces(view, "a", ThinkingPiece)
    wheel(view, -12)
    for _ in range(3):
        before, total = lines(view), view.stack.total
        view.commands.run(item, fold, "fold")
        assert abs(view.stack.total - total) > 100
        assert drift(view, before) == {0}


def test_a_fold_that_is_clicked_stays_under_the_pointer(make_view: MakeView) -> None:
    code = "```python\n" + "x = 1\n" * 80 + "```\n"
    view = make_view(talk(user("u"), reply("a", f"{SENTENCE}\n\n{code}\n\n{SENTENCE * 30}", SENTENCE * 30)))
    view.scroll_to(0)
    item = view.stack.item("a")
    assert item is not None
    (fold,), (block,) = pieces(view, "a", ThinkingPiece), pieces(view, "a", CodePiece)
    for _ in range(3):
        y = on_screen(view, "a", fold)
        view.commands.run(item, fold, "fold")
        assert on_screen(view, "a", fold) == y
    for _ in range(3):
        above = [line for line in lines(view) if line[1] < item.pieces.index(block)]
        view.commands.run(item, block, "expand")
        assert drift(view, above) == {0}


@pytest.mark.parametrize("live", [False, True])
def test_the_line_at_the_top_stays_through_every_width(make_view: MakeView, live: bool) -> None:
    view, stream = pinned(make_view, 12)
    if not live:
        stream.finish()
    wheel(view, 1)
    top, text = lines(view)[0], SENTENCE * 20
    widths = [*range(900, 420, -7), *range(420, 1_300, 11), *range(1_300, 900, -13), 900]
    for width in widths:
        view.resize(width, 600)
        QApplication.processEvents()
        if live:
            text += "接着写。"
            stream.step(text)
        assert y_of(view, top) == top[3], width

    assert drift(view, [top]) == {0}


def test_a_line_cut_by_the_upper_edge_does_not_creep(make_view: MakeView) -> None:
    view = make_view(talk(user("u"), reply("a", SENTENCE * 200)))
    view.scroll_to(1_003)
    before = lines(view)
    for width in [*range(900, 500, -3), *range(500, 901, 3), 900]:
        view.resize(width, 600)
        QApplication.processEvents()

    assert lines(view) == before


def test_another_height_moves_nothing(make_view: MakeView) -> None:
    view, stream = pinned(make_view, 12)
    stream.finish()
    before = lines(view)
    for height in (601, 450, 300, 777, 600):
        view.resize(900, height)
        QApplication.processEvents()
        assert drift(view, before) == {0}


def test_the_line_at_the_top_stays_through_every_zoom(make_view: MakeView, theme: ThemeManager) -> None:
    view, _ = pinned(make_view, 12)
    before = lines(view)
    for zoom in (1.1, 1.5, 2.0, 3.0, 2.0, 0.8, 1.0):
        theme.apply(Theme.LIGHT, zoom)
        QApplication.processEvents()
        assert y_of(view, before[0]) == before[0][3], zoom

    assert drift(view, before) == {0}


def test_the_end_stays_at_the_bottom_while_following(make_view: MakeView, theme: ThemeManager) -> None:
    transcript = long_talk(10)
    view = make_view(transcript)
    stream = Stream(view, transcript)

    def at_the_end() -> bool:
        QApplication.processEvents()
        return view.following and view.origin == view.stack.total - view.viewport().height()

    for number, (width, height, zoom) in enumerate(
        ((900, 600, 2.0), (500, 400, 1.0), (1_200, 800, 1.5), (900, 600, 1.0))
    ):
        stream.step(SENTENCE * (20 + number))
        assert at_the_end()
        view.resize(width, height)
        assert at_the_end()
        theme.apply(Theme.LIGHT, zoom)
        assert at_the_end()


class Drawn(Formulas):
    """Pictures that come when the test says so."""

    def __init__(self) -> None:
        super().__init__(None, None, lambda pieces: None)  # type: ignore[arg-type]
        self.wanted: set[Piece] = set()
        self.ready = False

    def get(self, piece: Piece, tex: str, *, display: bool) -> FormulaDrawing | None:
        self.wanted.add(piece)
        return FormulaDrawing(SVG, 4.0, 3.0, 2.0) if self.ready else None


@pytest.mark.parametrize("scroll", [1_303, 1_655, 2_345])
def test_pictures_of_formulas_above_and_in_the_line_that_is_read_move_nothing(make_view: MakeView, scroll: int) -> None:
    def words(n: int) -> str:
        return "".join(f"{n:03}{i:02}花，" for i in range(32))

    text = "\n\n".join(f"{words(n)} $x_{{{n}}}$ 之后 {words(n + 100)}\n\n$$\ny_{{{n}}}\n$$" for n in range(20))
    view = make_view(talk())
    drawn = view.context.formulas = Drawn()
    view.show_transcript(talk(user("u"), reply("a", text)))
    view.scroll_to(scroll)
    total, cut = view.stack.total, view._reading.first_line(view.context)
    assert cut is not None
    assert isinstance(cut.piece, ProsePiece)
    assert cut.position is not None
    words_there = cut.piece.text(view.context)[cut.position : cut.position + 12]
    drawn.ready = True
    view._formulas_came(drawn.wanted)

    assert view.stack.total > total + 50
    at = cut.piece.text(view.context).index(words_there)
    assert on_screen(view, "a", cut.piece) + cut.piece.y_of(view.context, at) == cut.y


def test_a_spot_is_found_again_by_a_view_that_has_laid_out_nothing_yet(make_view: MakeView) -> None:
    def chat() -> Transcript:
        turns = [(user(f"u{n}", f"问题 {n}？"), reply(f"a{n}", long_text(200 + 300 * n))) for n in range(4)]
        return talk(*(row for turn in turns for row in turn))

    view, other = make_view(chat(), width=735, height=300), make_view(chat(), width=735, height=300)
    bar, looked = view.verticalScrollBar(), 0
    for origin in range(0, bar.maximum(), 61):
        bar.setValue(origin)
        if (spot := view.places.spot()) is not None:
            other.show_transcript(chat())
            other.places.go(spot)
            assert other.places.spot() == spot
            looked += 1
    assert looked > 50
