"""Why a run ended early."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout

from glmdesk.domain.errors import Action, ErrorInfo
from glmdesk.ui.i18n import error_texts
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.button import Button
from glmdesk.ui.widgets.label import PlainLabel
from glmdesk.ui.widgets.strip import Strip

# Buttons of the program that mean something here (domain/errors.py).
_OFFERED = {
    *(Action.RETRY, Action.REGENERATE, Action.CONTINUE, Action.OPEN_KEYS, Action.OPEN_ENDPOINTS, Action.OPEN_NETWORK),
    *(Action.RECHARGE, Action.SWITCH_MODEL, Action.SEND_ANYWAY),
}


class ErrorStrip(Strip):
    """Why a run ended early, what to do, and the button."""

    wanted = Signal(str)

    def __init__(self, *, theme: ThemeManager) -> None:
        super().__init__(theme=theme)
        self._info: ErrorInfo | None = None
        self.what = PlainLabel(theme=theme, role="error")
        self.fix = PlainLabel(theme=theme, role="muted")
        self.button = Button("action.open_keys")
        for label in (self.what, self.fix):
            label.setWordWrap(True)
            self.column.addWidget(label)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.button)
        self.column.addLayout(row)
        self.button.clicked.connect(self._clicked)

    def show_error(self, info: ErrorInfo | None) -> None:
        self._info = info
        self.setVisible(info is not None)
        if info is None:
            return
        what, fix = error_texts(info)
        self.what.setText(what)
        self.fix.setText(fix)
        self.button.setVisible(self._action in _OFFERED)
        if self._action in _OFFERED:
            self.button.set_text_id(f"structured.action.{self._action}")

    @property
    def _action(self) -> Action | None:
        """What helps here: of a run nothing can be left out, another model has more room."""
        action = self._info.action if self._info is not None else None
        return Action.SWITCH_MODEL if action is Action.TRIM else action

    def _clicked(self) -> None:
        if self._action is not None:
            self.wanted.emit(self._action.value)
