"""Formulas in the real window, drawn by the real process."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QPixmap, QTextDocument

from glmdesk.domain.formula import FormulaDrawing
from glmdesk.domain.message import Message, Role
from glmdesk.domain.part import TextPart
from glmdesk.ui.transcript.blocks.formula import FormulaPiece
from glmdesk.ui.transcript.blocks.prose import ProsePiece
from glmdesk.ui.transcript.selection import Place
from tests.helpers.stored import stored
from tests.journeys.driver import Person, drive

TEXT = r"""求根公式 $x = \frac{-b \pm \sqrt{b^2-4ac}}{2a}$，其中 $a \neq 0$，未知的 $\foo{x}$。

$$\int_0^1 x\,dx = \frac12$$

only Latin around $x$ here
"""


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    folder = tmp_path / "p"
    folder.mkdir()
    (folder / "settings.toml").write_text("welcomed = true\n")
    return folder


def with_answers(folder: Path, *texts: str) -> None:
    async def body() -> None:
        async with stored(folder / "glmdesk.db") as store:
            await store.conversation()
            parent = None
            for number, text in enumerate(texts):
                question = await store.say("问题", f"q{number}", parent_id=parent)
                answer = Message(f"a{number}", "c", Role.ASSISTANT, (TextPart(text),), parent_id=question.id)
                parent = (await store.add_message(answer)).id

    asyncio.run(body())


def pieces(person: Person, kind: type) -> list:  # type: ignore[type-arg]
    items = person.window.page.transcript.stack.items
    return [piece for item in items for piece in item.pieces if isinstance(piece, kind)]


def pictures(person: Person, piece: ProsePiece) -> int:
    return piece.document(person.window.page.transcript.context).toPlainText().count("\ufffc")


def test_formulas_become_pictures_and_copy_as_their_source(profile: Path) -> None:
    with_answers(profile, TEXT)

    async def body(person: Person) -> None:
        view = person.window.page.transcript
        person.window.chat.open("c")
        await person.until(lambda: pieces(person, ProsePiece), "the answer is shown")
        first, last = pieces(person, ProsePiece)[0], pieces(person, ProsePiece)[-1]
        (formula,) = pieces(person, FormulaPiece)
        source_height = formula.height
        await person.until(lambda: pictures(person, first) == 2 and pictures(person, last) == 1, "pictures")
        await person.until(lambda: formula.height != source_height, "the display formula is drawn")
        view.selection.select_all()
        copy = view.selection.copy()
        assert r"$x = \frac{-b \pm \sqrt{b^2-4ac}}{2a}$" in copy.plain
        assert r"\int_0^1 x\,dx" in copy.plain
        assert "formula:" not in copy.html
        row = view.stack.items[-1].id
        view.selection.set(Place(row, 0, 2), Place(row, 0, 9))
        part = view.selection.copy()
        assert part.plain == part.markdown == r"公式 $x = \frac{-b \pm \sqrt{b^2-4ac}}{2a}$，其中"
        assert r"\foo{x}" in first.document(view.context).toPlainText()

    drive(profile, body)


def test_the_baseline_of_a_formula_is_that_of_its_line(profile: Path) -> None:
    with_answers(profile, TEXT)

    async def body(person: Person) -> None:
        view = person.window.page.transcript
        person.window.chat.open("c")
        await person.until(lambda: pieces(person, ProsePiece), "the answer is shown")
        last: ProsePiece = pieces(person, ProsePiece)[-1]
        await person.until(lambda: pictures(person, last) == 1, "a picture")
        document = last.document(view.context)
        picture = document.resource(QTextDocument.ResourceType.ImageResource, QUrl("formula:0"))
        assert isinstance(picture, QPixmap)
        image = picture.toImage()
        rows = [y for y in range(image.height()) if any(image.pixelColor(x, y).alpha() for x in range(image.width()))]
        line = document.begin().layout().lineAt(0)
        top = (line.height() - picture.deviceIndependentSize().height()) / 2  # where Qt puts it
        assert abs(top + (rows[-1] + 1) / view.context.dpr - line.ascent()) <= 1.0

    drive(profile, body)


def test_pictures_that_come_late_do_not_move_what_is_read(profile: Path) -> None:
    with_answers(profile, *[f"{TEXT}\n\n第 {number} 段。" * 3 for number in range(12)])

    async def body(person: Person) -> None:
        view = person.window.page.transcript
        gate = asyncio.Event()
        drawn = 0

        async def late(tex: str, *, display: bool) -> FormulaDrawing | None:
            nonlocal drawn
            await gate.wait()
            drawn += 1
            return await person.program.desk.formulas.draw(tex, display=display)

        view.use_formulas(late, person.window.tasks)
        person.window.chat.open("c")
        await person.until(lambda: view.verticalScrollBar().maximum() > 3000, "it is long")
        view.scroll_to(view.verticalScrollBar().maximum() // 2)
        placed = next(p for p in view.stack.pieces_in(view.origin, view.origin + 600) if p.top >= view.origin)
        before = placed.top - view.origin
        height = view.stack.total
        gate.set()
        await person.until(lambda: drawn >= 4 and view.stack.total != height, "pictures have come")
        after = view.stack.piece_top(placed.item, placed.piece)
        assert after is not None
        assert after - view.origin == before

    drive(profile, body)


def test_no_process_is_left_when_the_window_has_closed(profile: Path) -> None:
    with_answers(profile, TEXT)
    seen: list[int] = []

    async def body(person: Person) -> None:
        person.window.chat.open("c")
        formulas = person.program.desk.formulas
        await person.until(lambda: formulas.worker_pid is not None, "a process draws")
        seen.append(formulas.worker_pid or 0)

    drive(profile, body)
    assert not Path(f"/proc/{seen[0]}").exists()


def test_formulas_that_are_known_are_there_when_a_chat_is_opened_again(profile: Path) -> None:
    with_answers(profile, TEXT)

    async def body(person: Person) -> None:
        person.window.chat.open("c")
        await person.until(lambda: pieces(person, ProsePiece), "the answer is shown")
        await person.until(lambda: pictures(person, pieces(person, ProsePiece)[-1]) == 1, "a picture")
        person.window.chat.new_chat()
        await person.until(lambda: not pieces(person, ProsePiece), "an empty chat")
        person.window.chat.open("c")
        await person.until(lambda: pieces(person, ProsePiece), "the answer is shown again")
        assert pictures(person, pieces(person, ProsePiece)[0]) == 2

    drive(profile, body)


def test_a_chat_that_is_left_has_nothing_drawn_any_more(profile: Path) -> None:
    with_answers(profile, *(f"公式 $x_{{{number}}} = {number}^2$ 和 $y_{{{number}}}$" for number in range(30)))

    async def body(person: Person) -> None:
        person.window.chat.open("c")
        await person.until(lambda: pieces(person, ProsePiece), "the answers are shown")
        formulas = person.window.page.transcript.context.formulas
        assert formulas is not None
        await person.until(lambda: formulas.waited_for, "formulas are asked for")
        person.window.chat.new_chat()
        assert not formulas.waited_for

    drive(profile, body)
