"""One message of the view: its pieces, where they stand, and how high it is."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace

from glmdesk.domain.blocks import Block, CodeBlock, FormulaBlock, ProseBlock, TableBlock
from glmdesk.domain.message import Role, Status
from glmdesk.domain.rounds import Round
from glmdesk.markup.incremental import IncrementalMarkdown
from glmdesk.services.transcript import Row
from glmdesk.ui.transcript import answer
from glmdesk.ui.transcript.blocks.base import Piece
from glmdesk.ui.transcript.blocks.bubble import BubblePiece
from glmdesk.ui.transcript.blocks.code import CodePiece
from glmdesk.ui.transcript.blocks.formula import FormulaPiece
from glmdesk.ui.transcript.blocks.meta import MetaPiece
from glmdesk.ui.transcript.blocks.notice import NoticePiece
from glmdesk.ui.transcript.blocks.prose import ProsePiece
from glmdesk.ui.transcript.blocks.table import TablePiece
from glmdesk.ui.transcript.blocks.thinking import ThinkingPiece
from glmdesk.ui.transcript.blocks.tool import ToolPiece
from glmdesk.ui.transcript.context import Context
from glmdesk.ui.transcript.estimate import Estimate, RowBulk, learn
from glmdesk.ui.transcript.steps import CardPiece, cards_of, round_row, row_rounds, sources_of

BlockPiece = ProsePiece | CodePiece | TablePiece | FormulaPiece


def make_piece(block: Block) -> BlockPiece:
    """The renderer of a block."""
    piece = _renderer(block)
    piece.depth = block.depth
    return piece


def _renderer(block: Block) -> BlockPiece:
    match block:
        case ProseBlock():
            return ProsePiece(block)
        case CodeBlock():
            return CodePiece(block)
        case TableBlock():
            return TablePiece(block)
        case FormulaBlock():
            return FormulaPiece(block)


def _take(context: Context, piece: BlockPiece, block: Block) -> bool:
    """Let a piece show a block of its own kind. False when it is of another kind or stands elsewhere."""
    if piece.depth != block.depth:
        return False
    match piece, block:
        case ProsePiece(), ProseBlock():
            piece.set_block(context, block)
        case CodePiece(), CodeBlock():
            piece.set_block(context, block)
        case TablePiece(), TableBlock():
            piece.set_block(context, block)
        case FormulaPiece(), FormulaBlock():
            piece.set_block(context, block)
        case _:
            return False
    return True


class RowItem:
    """Until `build` it is a row and an estimate; then a list of pieces with tops inside the row."""

    def __init__(self, row: Row, *, last: bool = False) -> None:
        self.row = row
        self.last = last
        self.fold_choice: bool | None = None
        self.done = ""  # the action that has just been done, shown as a tick
        self.height = 0
        self._known: int | None = None  # the height it had when its pieces were let go
        self._bulk: RowBulk | None = None
        self.pieces: list[Piece] = []
        self.tops: list[int] = []
        self.built = False
        self._markdown: IncrementalMarkdown | None = None
        self._past: list[list[Piece]] = []  # the rounds of a tool loop that are over
        self._head: list[Piece] = []
        self._body: list[BlockPiece] = []
        self._cards: list[CardPiece] = []
        self._found: list[CardPiece] = []
        self._foot: list[NoticePiece] = []
        self._meta: MetaPiece | None = None
        self._count = answer.TokenCount()
        self._synced = 0
        self._unchanged = 0  # pieces at the front of the body that the last sync left alone

    @property
    def id(self) -> str:
        return self.row.id

    @property
    def parsed(self) -> int:
        """Characters that went through the Markdown parser for this row."""
        return self._markdown.parsed if self._markdown is not None else 0

    def guess(self, context: Context, estimate: Estimate) -> None:
        """A height without building anything."""
        if self.built:
            self.relayout(context)
        elif self._known is not None:
            self.height = self._known
        else:
            self.height = estimate.height(self.bulk)

    @property
    def bulk(self) -> RowBulk:
        if self._bulk is None:
            self._bulk = RowBulk.of(self.row.message)
        return self._bulk

    def set_row(self, context: Context, row: Row, *, last: bool) -> None:
        """Take the row as it is now; what stays the same keeps its layout."""
        if row == self.row and last == self.last and not row.live:
            return
        self.row, self.last = row, last
        self._known = self._bulk = None
        if self.built:
            self._sync(context)

    @property
    def in_use(self) -> bool:
        """True while letting the pieces go would lose something: words that come in, or what the user set."""
        return self.row.live or any(piece.in_use for piece in self.pieces)

    def release(self, context: Context) -> None:
        """Back to a row and a number, far from the viewport; the height stays as it was laid out."""
        for piece in self.pieces:
            context.let_go(piece)
        self._known, self.built = self.height, False
        self.pieces, self.tops = [], []
        self._past, self._head, self._body, self._foot = [], [], [], []
        self._cards, self._found = [], []
        self._markdown = self._meta = None
        self._synced = self._unchanged = 0

    def build(self, context: Context) -> None:
        if not self.built:
            self.built = True
            self._sync(context)

    def _sync(self, context: Context) -> None:
        if self.row.message.role is Role.USER:
            self._sync_user(context)
        else:
            self._sync_answer(context)
        front = [*(piece for past in self._past for piece in past), *self._found, *self._head]
        same_front = self.pieces[: len(front)] == front and all(piece.exact for piece in front)
        first = len(front) + self._unchanged if same_front else 0
        self.pieces = [*front, *self._body, *self._cards, *self._foot]
        if self._meta is not None:
            self.pieces.append(self._meta)
        self._set_gaps(context, first)
        self.relayout(context, first)

    def _sync_user(self, context: Context) -> None:
        bubble = self._head[0] if self._head else None
        if not isinstance(bubble, BubblePiece) or not bubble.shows(self.row.message):
            self._head = [BubblePiece(self.row.message)]
        if self.row.message.damaged:
            self._sync_foot(context, [answer.damage_notice(right=True)])
        self._sync_meta()

    def _sync_answer(self, context: Context) -> None:
        withdrawn = self.row.message.status is Status.WITHDRAWN
        rounds = [Round()] if withdrawn else row_rounds(self.row)
        while len(self._past) < len(rounds) - 1:
            self._sync_round(context, rounds[len(self._past)], several=True, live=False)
            self._end_round()
        self._sync_round(context, rounds[-1], several=len(rounds) > 1, live=self.row.live)
        self._sync_foot(context, answer.notices(self.row, last=self.last))
        if self.row.live:
            self._meta = None
        else:
            self._sync_meta()

    def _end_round(self) -> None:
        """What is shown of a round stays; the next one begins below it."""
        self._past.append([*self._found, *self._head, *self._body, *self._cards])
        self._head, self._body, self._cards, self._found = [], [], [], []
        self._markdown = None
        self._synced = self._unchanged = 0

    def _sync_round(self, context: Context, part: Round, *, several: bool, live: bool) -> None:
        shown = round_row(self.row, part, several=several)
        shown = shown if live or not shown.live else replace(shown, live=False)
        self._sync_thinking(context, shown, calls=bool(part.calls))
        self._sync_body(context, part.text, live=live)
        self._cards = cards_of(part, self.row, self._cards, context)
        self._found = sources_of(part, self._found, context)

    def _sync_thinking(self, context: Context, row: Row, *, calls: bool) -> None:
        message = row.message
        if not message.reasoning.strip():
            self._head = []
            return
        state = answer.thinking_state(row, self._count)
        opened = answer.thinking_opened(row, False if calls and self.fold_choice is None else self.fold_choice)
        fold = self._head[0] if self._head else None
        if isinstance(fold, ThinkingPiece):
            fold.update(context, message.reasoning, state, opened=opened)
        else:
            self._head = [ThinkingPiece(message.reasoning, state, opened=opened)]

    def _sync_body(self, context: Context, text: str, *, live: bool) -> None:
        if self._markdown is None:
            self._markdown = IncrementalMarkdown()
        markdown = self._markdown
        before, generation = self._synced, markdown.generation
        if live:
            markdown.update(text)
        else:
            markdown.finish(text)
        if not live or markdown.generation != generation:
            before = 0
        self._unchanged = before
        blocks = [*markdown.frozen_from(before), *markdown.tail]
        del self._body[before + len(blocks) :]
        for i, block in enumerate(blocks, before):
            self._put(context, i, block)
        self._synced = markdown.frozen

    def _put(self, context: Context, index: int, block: Block) -> None:
        if index == len(self._body):
            self._body.append(make_piece(block))
        elif not _take(context, self._body[index], block):
            context.let_go(self._body[index])
            self._body[index] = make_piece(block)

    def _sync_foot(self, context: Context, wanted: Sequence[NoticePiece]) -> None:
        for i, piece in enumerate(wanted):
            if i < len(self._foot) and self._foot[i].same(piece):
                self._foot[i].set_content(context, piece.content)
            else:
                self._foot[i:] = [piece]
        del self._foot[len(wanted) :]

    def _sync_meta(self) -> None:
        state = answer.meta_state(self.row, self.done)
        if self._meta is None:
            self._meta = MetaPiece(state)
        else:
            self._meta.set_state(state)

    def _set_gaps(self, context: Context, first: int) -> None:
        px = context.style.px
        before = self.pieces[first - 1] if first else None
        for piece in self.pieces[first:]:
            piece.gap = _gap(px, before, piece) if before is not None else 0
            before = piece

    def choose_fold(self, context: Context, opened: bool, piece: Piece) -> None:
        """The user opens or closes a thought or a card; from now on only the user does."""
        if isinstance(piece, ToolPiece):
            piece.set_opened(opened)
        elif piece in self._head:
            self.fold_choice = opened
        elif isinstance(piece, ThinkingPiece):
            piece.update(context, piece.content, piece.state, opened=opened)
        self._sync(context)

    def hold_fold(self) -> None:
        """Keep an open thought open."""
        fold = self._head[0] if self._head else None
        if isinstance(fold, ThinkingPiece) and fold.opened and self.fold_choice is None:
            self.fold_choice = True

    def set_done(self, done: str) -> None:
        """Tick an action."""
        self.done = done
        if self._meta is not None:
            self._sync_meta()

    def restyle(self, context: Context) -> None:
        """Another theme, zoom or language: everything is measured and worded again."""
        self._known = None
        if not self.built:
            return
        self._foot = []
        for piece in self.pieces:
            if isinstance(piece, ToolPiece):
                piece.reword()
            piece.changed()
        self._sync(context)

    def resized(self) -> None:
        """Another width: heights are estimates again."""
        self._known = None
        for piece in self.pieces:
            piece.changed()

    def relayout(self, context: Context, first: int = 0) -> None:
        """Tops and height from the pieces' heights, measured or guessed; those before `first` stay."""
        first = min(first, len(self.tops))
        y = self.tops[first - 1] + self.pieces[first - 1].height if first else 0
        del self.tops[first:]
        for piece in self.pieces[first:]:
            piece.guess(context)
            y += piece.gap
            self.tops.append(y)
            y += piece.height
        self.height = y + (0 if self.row.message.role is Role.USER else context.style.row_gap)

    def first_at(self, y: int) -> int:
        """The first piece that may reach down to a y of the row."""
        return max(0, bisect_right(self.tops, y) - 1)

    def learn(self, context: Context) -> None:
        """Tell the calibration how high the row really is, once all of it is known."""
        if not self.row.live and all(piece.exact for piece in self.pieces):
            learn(context, self.bulk, self.height)


def _gap(px: Callable[[float], int], before: Piece, piece: Piece) -> int:
    if isinstance(piece, MetaPiece):
        return px(2) if isinstance(before, BubblePiece) else px(6)
    if isinstance(piece, ProsePiece) and piece.heading:
        return px(18)
    if isinstance(before, ProsePiece) and isinstance(piece, ProsePiece):
        return px(10)
    if isinstance(before, ToolPiece) and isinstance(piece, ToolPiece):
        return px(6)
    return px(14) if isinstance(before, ThinkingPiece) else px(12)
