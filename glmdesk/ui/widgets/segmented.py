"""A row of choices, one of which holds."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QButtonGroup, QFrame, QPushButton, QWidget

from glmdesk.ui.i18n import tr
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.flow import FlowLayout
from glmdesk.ui.widgets.tooltip import set_tooltip


class Segmented(QFrame):
    """`options` as (value, text id). Left and Right move between the choices, as in any radio group."""

    chosen = Signal(str)

    def __init__(
        self, options: Sequence[tuple[str, str]], *, theme: ThemeManager, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._options = list(options)
        self._buttons: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        self._row = FlowLayout(self, gap=theme.px(2))  # long choices in a narrow form go on in the next line
        self.setProperty("kind", "segments")
        for value, _ in self._options:
            self._add(value)
        theme.changed.connect(self._restyle)
        self._restyle()
        self.retranslate()

    def _add(self, value: str) -> None:
        button = QPushButton(self)
        button.setCheckable(True)
        button.setAutoDefault(False)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.setProperty("kind", "segment")
        button.clicked.connect(lambda: self.chosen.emit(value))
        self._group.addButton(button)
        self._row.addWidget(button)
        self._buttons[value] = button

    @property
    def value(self) -> str:
        """The choice that holds, '' when none does."""
        return next((value for value, button in self._buttons.items() if button.isChecked()), "")

    def set_value(self, value: str) -> None:
        """Show a choice without reporting it."""
        if value in self._buttons:
            self._buttons[value].setChecked(True)
            self._keep_one_stop()

    def button(self, value: str) -> QPushButton:
        return self._buttons[value]

    def set_enabled_options(self, values: Collection[str], reason: str = "") -> None:
        """Grey out the others; `reason` is their tooltip."""
        for value, button in self._buttons.items():
            button.setEnabled(value in values)
            set_tooltip(button, "" if value in values else reason)
        self._keep_one_stop()

    def _keep_one_stop(self) -> None:
        """Tab stops at the choice that holds; Qt sees to that only once the row has had the focus."""
        holds = next((b for b in self._buttons.values() if b.isChecked() and b.isEnabled()), None)
        for button in self._buttons.values():
            stops = holds in (None, button)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if stops else Qt.FocusPolicy.ClickFocus)

    def _restyle(self) -> None:
        edge = self._theme.px(2)
        self._row.setContentsMargins(edge, edge, edge, edge)
        self._row.setSpacing(edge)
        for button in self._buttons.values():
            button.setMinimumHeight(self._theme.px(28))
        self._fit_widths()

    def _fit_widths(self) -> None:
        # The chosen one is bold: room for that, so that nothing moves when the choice does.
        metrics = QFontMetrics(self._theme.ui_font(bold=True))
        for button in self._buttons.values():
            button.setMinimumWidth(metrics.horizontalAdvance(button.text()) + self._theme.px(24))

    def retranslate(self) -> None:
        for value, text_id in self._options:
            text = tr(text_id)
            self._buttons[value].setText(text.replace("&", "&&"))
            self._buttons[value].setAccessibleName(text)
        self._fit_widths()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
