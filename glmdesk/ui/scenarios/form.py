"""A template as a form: its variables on the left, the prompt that they make on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from glmdesk.domain.budget import estimate_tokens
from glmdesk.domain.template import Template
from glmdesk.ui.composer.line_edit import ENTER_KEYS
from glmdesk.ui.composer.shadow import SPREAD, paint_card, paint_shadow
from glmdesk.ui.i18n import locale, tr
from glmdesk.ui.scenarios.column import ColumnPage
from glmdesk.ui.scenarios.fields import Field, field_for
from glmdesk.ui.scenarios.preview import PromptPreview, preview_runs
from glmdesk.ui.theme.tokens import RADIUS_CARD
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.keys import keep_escape
from glmdesk.ui.widgets.label import PlainLabel

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager

_WIDTH = 920
_STACK_BELOW = 700
_PAUSE_MS = 120


class _Halves(QWidget):
    """The card behind the two halves; the preview half is tinted."""

    def __init__(self, *, theme: ThemeManager) -> None:
        super().__init__()
        self._theme = theme
        self.left = QWidget()
        self.right = QWidget()
        self.box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self.box.setContentsMargins(0, 0, 0, 0)
        self.box.setSpacing(0)
        self.box.addWidget(self.left, 1)
        self.box.addWidget(self.right, 1)

    def set_stacked(self, stacked: bool) -> None:
        direction = QBoxLayout.Direction.TopToBottom if stacked else QBoxLayout.Direction.LeftToRight
        self.box.setDirection(direction)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, px = self._theme.tokens, self._theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card, radius = self.rect().toRectF(), px(RADIUS_CARD)
        paint_card(painter, card, radius=radius, ground=tokens.background, line=tokens.line)
        painter.setClipRect(self.right.geometry())
        paint_card(painter, card, radius=radius, ground=tokens.side, line=tokens.line)
        painter.setPen(QColor(tokens.line))
        beside = self.right.geometry()
        stacked = beside.top() > 0
        painter.drawLine(beside.topLeft(), beside.topRight() if stacked else beside.bottomLeft())
        painter.end()


class TemplateForm(ColumnPage):
    """`start` sends at once, `to_composer` lets the user go on writing; both carry the setup."""

    start = Signal(object, str)
    to_composer = Signal(object, str)
    cancelled = Signal()

    def __init__(self, *, theme: ThemeManager, template: Template, parent: QWidget | None = None) -> None:
        super().__init__(theme=theme, width=_WIDTH, parent=parent)
        self._theme = theme
        self.template = template
        self.fields: dict[str, Field] = {v.name: field_for(v, theme=theme) for v in template.variables}
        self._labels: dict[str, PlainLabel] = {}
        self._problems: dict[str, PlainLabel] = {}
        self._asked = False
        self.halves = _Halves(theme=theme)
        self.title = PlainLabel(template.title, role="title", theme=theme)
        self.meta = PlainLabel(role="faint", theme=theme)
        self.description = PlainLabel(template.description, role="muted", theme=theme)
        self.preview_title = PlainLabel(role="faint", theme=theme)
        self.preview = PromptPreview(theme=theme)
        self.tokens = PlainLabel(role="faint", theme=theme)
        self.cancel_button = Button("scenario.form.cancel")
        self.composer_button = Button("scenario.form.to_composer")
        self.start_button = Button("scenario.form.start", kind="primary")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._build()
        self._connect()
        self._untouched = self.values
        self.retranslate()

    # --- building ---------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        px = self._theme.px
        left = QVBoxLayout(self.halves.left)
        left.setContentsMargins(px(22), px(22), px(22), px(20))
        left.setSpacing(px(6))
        self.title.setWordWrap(True)
        self.description.setWordWrap(True)
        self.meta.setWordWrap(True)
        for label in (self.title, self.meta, self.description):
            left.addWidget(label)
        for name, field in self.fields.items():
            left.addSpacing(px(8))
            self._add_field(left, name, field)
        left.addStretch(1)
        left.addSpacing(px(14))
        left.addLayout(self._buttons())
        right = QVBoxLayout(self.halves.right)
        right.setContentsMargins(px(22), px(22), px(22), px(22))
        right.setSpacing(px(12))
        right.addWidget(self.preview_title)
        right.addWidget(self.preview, 1)
        right.addWidget(self.tokens)
        self.preview.setMinimumHeight(px(180))
        self.column.addStretch(1)
        self.column.addWidget(self.halves)
        self.column.addStretch(2)

    def _add_field(self, column: QVBoxLayout, name: str, field: Field) -> None:
        label = PlainLabel(role="muted", theme=self._theme)
        label.setBuddy(field)
        problem = PlainLabel(role="error", theme=self._theme)
        problem.setWordWrap(True)
        problem.hide()
        self._labels[name], self._problems[name] = label, problem
        for widget in (label, field, problem):
            column.addWidget(widget)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(self._theme.px(8))
        row.addWidget(self.cancel_button)
        row.addStretch(1)
        row.addWidget(self.composer_button)
        row.addWidget(self.start_button)
        return row

    def _connect(self) -> None:
        for field in self.fields.values():
            field.changed.connect(self._timer.start)
            field.submitted.connect(self._start)
            field.cancelled.connect(self._escape)
        self._timer.timeout.connect(self.refresh)
        self.cancel_button.clicked.connect(self.cancelled)
        self.composer_button.clicked.connect(self._fill_composer)
        self.start_button.clicked.connect(self._start)

    # --- what is filled in ------------------------------------------------------------------------------------------

    @property
    def values(self) -> dict[str, str]:
        return {name: field.value for name, field in self.fields.items()}

    def refresh(self) -> None:
        """Preview, count and marks from the fields."""
        values = self.values
        self.preview.show_runs(preview_runs(self.template, values))
        setup = self.template.setup(values)
        text = "\n".join([setup.system, *(turn.text for turn in setup.turns), self.template.fill(values)])
        self.tokens.setText(tr("scenario.form.tokens", count=locale().toString(estimate_tokens(text))))
        self._mark()

    def _mark(self) -> None:
        missing = {variable.name for variable in self.template.missing(self.values)} if self._asked else set[str]()
        for name, field in self.fields.items():
            text = tr("scenario.form.missing") if name in missing else field.problem
            self._problems[name].setText(text)
            self._problems[name].setVisible(bool(text))

    def _complete(self) -> bool:
        """Mark what is missing or wrong and go there."""
        self._asked = True
        self.refresh()
        missing = {variable.name for variable in self.template.missing(self.values)}
        for name, field in self.fields.items():
            if name in missing or field.problem:
                field.setFocus(Qt.FocusReason.OtherFocusReason)
                self.ensureWidgetVisible(field)
                return False
        return True

    def _start(self) -> None:
        if self._complete():
            self.start.emit(self.template.setup(self.values), self.template.fill(self.values))

    def _fill_composer(self) -> None:
        """What is still open may be written there."""
        self.to_composer.emit(self.template.setup(self.values), self.template.fill(self.values))

    def focus_first(self) -> None:
        """The first field, or Start when there is none."""
        first = next(iter(self.fields.values()), self.start_button)
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _escape(self) -> None:
        """Once something is written only the button leaves."""
        if self.values == self._untouched:
            self.cancelled.emit()

    # --- looks and keys ---------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        return keep_escape(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ctrl = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() == Qt.Key.Key_Escape:
            self._escape()
        elif ctrl and event.key() in ENTER_KEYS:
            self._start()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.halves.set_stacked(self.width() < self._theme.px(_STACK_BELOW))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        tokens = self._theme.tokens
        painter.fillRect(self.viewport().rect(), QColor(tokens.side))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = self.halves.rect().translated(self.halves.mapTo(self.viewport(), self.halves.rect().topLeft()))
        spread = self._theme.px(SPREAD)
        paint_shadow(painter, card.toRectF(), radius=self._theme.px(RADIUS_CARD), dark=tokens.dark, spread=spread)
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def _meta_text(self) -> str:
        template = self.template
        thinking = {None: "unset", True: "on", False: "off"}[template.thinking]
        pieces = [tr(f"scenario.family.{template.family.value}.title"), template.model]
        pieces.append(tr(f"scenario.thinking.{thinking}") if template.thinking is not None else "")
        heat = template.parameters.temperature
        pieces.append(tr("scenario.form.temperature", value=f"{heat:g}") if heat is not None else "")
        return " · ".join(piece for piece in pieces if piece)

    def retranslate(self) -> None:
        self.setAccessibleName(self.template.title)
        self.meta.setText(self._meta_text())
        self.description.setVisible(bool(self.template.description))
        self.preview_title.setText(tr("scenario.form.preview"))
        for name, label in self._labels.items():
            variable = self.fields[name].variable
            shown = variable.label or variable.name
            label.setText(tr("scenario.form.required", label=shown) if variable.required else shown)
        self.refresh()
