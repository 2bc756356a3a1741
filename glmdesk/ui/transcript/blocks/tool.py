"""The card of one tool call: what is called, how it stands, and folded below: arguments, difference, result."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QTextCharFormat

from glmdesk.domain.hidden import escape_hidden, reveal_hidden
from glmdesk.domain.part import Outcome, ToolCallPart, ToolResultPart
from glmdesk.domain.tools import BUILT_IN, USER
from glmdesk.ui.i18n import tr
from glmdesk.ui.transcript.blocks.base import PaintedButton, Span, baseline_text, rounded
from glmdesk.ui.transcript.blocks.lined import LinedPiece
from glmdesk.ui.transcript.context import Context
from glmdesk.ui.transcript.glyphs import paint_glyph
from glmdesk.ui.transcript.lines import LineFont, LineText
from glmdesk.ui.transcript.style import Style

_SHOWN = 20_000  # characters of a section that are shown
_HEADER = 38
_QUICK = 0.05  # seconds below which no time is told
_TONES = {Outcome.DONE: "muted", Outcome.STOPPED: "muted", Outcome.LIMIT: "muted", Outcome.DENIED: "warn"}


@dataclass(frozen=True, slots=True)
class ToolState:
    """How a call stands. `step` is preparing, asking, running or '' (it has a result, or never will)."""

    call: ToolCallPart
    result: ToolResultPart | None = None
    step: str = ""
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class _Section:
    title: str
    text: str
    diff: bool = False


class ToolPiece(LinedPiece):
    kind = "tool"

    def __init__(self, state: ToolState, *, opened: bool) -> None:
        super().__init__("")
        self.state = state
        self.opened = opened
        self.reads_as_text = opened
        self._sections: tuple[_Section, ...] = ()
        self.reword()

    @property
    def in_use(self) -> bool:
        return self.opened

    def set_state(self, context: Context, state: ToolState) -> None:
        """Take the call as it is now."""
        if state == self.state:
            return
        words = state.result != self.state.result or state.call != self.state.call
        self.state = state
        if words:
            self.reword()
        self.touch()

    def set_opened(self, opened: bool) -> None:
        self.opened = self.reads_as_text = opened
        self.changed()

    def reword(self) -> None:
        """The body in the language of now."""
        self._sections = tuple(_sections(self.state))
        self._content = "\n\n".join(f"{s.title}\n{s.text}" for s in self._sections)
        self._lines = None
        self.changed()

    def look(self, style: Style) -> LineFont:
        return LineFont(style.code_font, style.code_line, style.color("text"))

    def inset(self, context: Context) -> int:
        return context.style.px(14)

    def text_width(self, context: Context) -> int:
        return context.width - 2 * self.inset(context)

    def text_top(self, context: Context) -> int:
        return context.style.px(_HEADER + 10)

    def lines(self, context: Context) -> LineText:
        fresh = self._lines is None or self._style is not context.style
        lines = super().lines(context)
        if fresh:
            lines.set_formats(self._formats(context.style))
        return lines

    def _formats(self, style: Style) -> list[tuple[int, int, QTextCharFormat]]:
        made: list[tuple[int, int, QTextCharFormat]] = []
        at = 0
        for section in self._sections:
            made.append((at, len(section.title), _coloured(style.color("muted"))))
            at += len(section.title) + 1
            if section.diff:
                made += diff_formats(section.text, style, at)
            at += len(section.text) + 2
        return made

    def raw_estimate(self, context: Context) -> float:
        return super().raw_estimate(context) if self.opened else context.style.px(_HEADER)

    def measure(self, context: Context) -> int:
        if not self.opened:
            return context.style.px(_HEADER)
        return self.text_top(context) + self.lines(context).height + context.style.px(10)

    @property
    def length(self) -> int:
        return len(self._content) if self.opened else 0

    def buttons(self, context: Context) -> Sequence[PaintedButton]:
        tip = tr("tool.card.close" if self.opened else "tool.card.open", tool=self.label(), state=self.standing())
        return (PaintedButton("fold", QRect(0, 0, context.width, context.style.px(_HEADER)), tip),)

    def label(self) -> str:
        """What the tool is called: our own name for our own tools."""
        return tool_label(self.state.call.name)

    def standing(self) -> str:
        """How the call stands, in words."""
        if self.state.result is not None:
            outcome = self.state.result.outcome
            if outcome is Outcome.DONE:
                seconds = self.state.result.seconds
                return tr("tool.state.done", seconds=f"{seconds:.1f}") if seconds >= _QUICK else tr("tool.state.quick")
            return tr(f"tool.state.{outcome.value}")
        if self.state.step == "running":
            return tr("tool.state.running", seconds=self.state.seconds)
        return tr(f"tool.state.{self.state.step or 'none'}")

    def _tone(self) -> str:
        if self.state.result is not None:
            return _TONES.get(self.state.result.outcome, "bad")
        return "accent" if self.state.step in ("asking", "running") else "muted"

    def paint(self, context: Context, painter: QPainter, clip: QRect, selected: Span | None) -> None:
        style = context.style
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = context.focus == (self, "fold")
        asking = self.state.result is None and self.state.step == "asking"
        painter.setPen(QPen(style.color("accent" if focused or asking else "line"), 2 if focused else 1))
        painter.setBrush(style.color("code_ground") if self.opened else style.color("background"))
        edge = 1 if focused else 0.5
        painter.drawPath(rounded(QRectF(self._box(context)).adjusted(edge, edge, -edge, -edge), style.px(10)))
        self._paint_header(context, painter)
        painter.restore()
        if self.opened:
            painter.fillRect(1, style.px(_HEADER), context.width - 2, 1, style.color("line"))
            self.paint_lines(context, painter, clip, selected)

    def _box(self, context: Context) -> QRect:
        return QRect(0, 0, context.width, self.height)

    def _paint_header(self, context: Context, painter: QPainter) -> None:
        style = context.style
        middle, size = style.px(_HEADER) / 2, style.px(17)
        hot = context.hot == (self, "fold")
        muted = style.color("text" if hot else "muted")
        fold = QRectF(style.px(10), middle - size / 2, size, size)
        paint_glyph(painter, "fold_open" if self.opened else "fold_closed", fold, muted)
        paint_glyph(painter, "tool", QRectF(style.px(32), middle - size / 2, size, size), muted)
        state, tone = self.standing(), style.color(self._tone())
        right = context.width - style.px(14) - QFontMetrics(style.meta_font).horizontalAdvance(state)
        top = middle - QFontMetrics(style.meta_font).height() / 2
        baseline_text(painter, style.meta_font, tone, QPointF(right, top), state)
        left = style.px(56)
        bold = QFontMetrics(style.meta_bold)
        label = bold.elidedText(self.label(), Qt.TextElideMode.ElideRight, max(0, round(right - left - style.px(12))))
        baseline_text(painter, style.meta_bold, style.color("text"), QPointF(left, top), label)
        left += bold.horizontalAdvance(label) + style.px(8)
        room = round(right - left - style.px(12))
        if room > style.px(30):
            words = QFontMetrics(style.meta_font).elidedText(self._brief(), Qt.TextElideMode.ElideRight, room)
            baseline_text(painter, style.meta_font, style.color("faint"), QPointF(left, top), words)

    def _brief(self) -> str:
        """The arguments in one line."""
        return reveal_hidden(brief(self.state.call.arguments))

    def accessible_text(self) -> str:
        return f"{self.label()} {self.standing()}\n{self._content}"


def tool_label(name: str, origin: str = "") -> str:
    """The name of a built-in tool in the language of now; `server__tool` as the tool and its server; else the name.

    `origin` is `ToolSpec.origin`; where it is not known, what stands before the first `__` is the server.
    """
    text_id = f"tool.{name}.label"
    text = tr(text_id)
    if text != text_id:
        return text
    if origin in (BUILT_IN, USER):
        return name
    if origin:
        return f"{name.removeprefix(f'{origin}__')} · {origin}"
    server, _, tool = name.partition("__")
    return f"{tool} · {server}" if server and tool else name


def brief(arguments: str) -> str:
    """The first words of the arguments: the values of the object, or the text as it came."""
    try:
        value = json.loads(arguments)
    except (ValueError, RecursionError):
        return " ".join(arguments.split())[:200]
    if isinstance(value, dict):
        words = [str(item) for item in value.values()]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        return " · ".join(" ".join(word.split()) for word in words)[:200]
    return " ".join(arguments.split())[:200]


def pretty(arguments: str) -> str:
    """Arguments to be read: indented when they are JSON, nothing hidden in them."""
    try:
        return escape_hidden(json.dumps(json.loads(arguments), ensure_ascii=False, indent=2))
    except (ValueError, RecursionError):
        return reveal_hidden(arguments)


def _sections(state: ToolState) -> list[_Section]:
    made: list[_Section] = []
    arguments = pretty(state.call.arguments).strip()
    if arguments and arguments != "{}":
        made.append(_Section(tr("tool.section.arguments"), _cut(arguments)))
    result = state.result
    if result is None:
        return made
    if result.arguments:
        made.append(_Section(tr("tool.section.edited"), _cut(pretty(result.arguments))))
    if result.diff:
        made.append(_Section(tr("tool.section.diff"), reveal_hidden(_cut(result.diff)), diff=True))
    made.append(_Section(tr("tool.section.result"), _cut(result.content) or tr("tool.section.empty")))
    return made


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}\n…"


def diff_formats(text: str, style: Style, start: int = 0) -> list[tuple[int, int, QTextCharFormat]]:
    """The colours of a unified diff whose text stands at `start`."""
    made: list[tuple[int, int, QTextCharFormat]] = []
    at = start
    head = diff_head(text)
    for number, line in enumerate(text.split("\n")):
        name = diff_tone(line, head=number < head)
        if name:
            made.append((at, len(line), _coloured(style.color(name))))
        at += len(line) + 1
    return made


def diff_head(text: str) -> int:
    """How many lines at the front of a diff name the files."""
    return 2 if text.startswith("--- ") else 0


def diff_tone(line: str, *, head: bool) -> str:
    """The token that a line of a diff is painted with; '' for the text's own. `--- a` may be a line that goes."""
    if head or line.startswith("@@"):
        return "faint"
    return "good" if line.startswith("+") else "bad" if line.startswith("-") else ""


def _coloured(color: QColor) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(color)
    return made
