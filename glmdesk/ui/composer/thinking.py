"""The thinking switch of the composer, with its three states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from glmdesk.domain.conversation import ThinkingChoice
from glmdesk.ui.i18n import tr
from glmdesk.ui.theme.icons import icon
from glmdesk.ui.widgets.icon_button import IconButton
from glmdesk.ui.widgets.segmented import Segmented
from glmdesk.ui.widgets.tooltip import set_tooltip

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager


class ThinkingButton(IconButton):
    """The switch where there is little room: an icon, tinted while thinking is on, that opens a menu."""

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        self._choice = ThinkingChoice.ON.value
        self._thinks = True
        super().__init__("thinking", "composer.thinking.name", theme=theme, parent=parent)

    def show_choice(self, choice: str, *, thinks: bool) -> None:
        self._choice, self._thinks = choice, thinks
        self._restyle()
        self.retranslate()

    def _restyle(self) -> None:
        super()._restyle()
        if self._thinks:
            self.setIcon(icon("thinking", self._theme.tokens.accent, self.iconSize().width()))

    def retranslate(self) -> None:
        text = tr("composer.thinking.now", choice=tr(f"composer.thinking.{self._choice}"))
        set_tooltip(self, text)
        self.setAccessibleName(text)


class ThinkingSwitch(QWidget):
    """思考 / 不思考 / 按模板; a state that the model does not have is greyed and says why."""

    chosen = Signal(str)

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reason_id = ""
        self._template_state: bool | None = None
        self._enabled = frozenset(choice.value for choice in ThinkingChoice)
        self.segments = Segmented(
            [(choice.value, f"composer.thinking.{choice.value}") for choice in ThinkingChoice], theme=theme
        )
        self.button = ThinkingButton(theme=theme)
        self.button.hide()
        self.segments.chosen.connect(self.chosen)
        self.button.clicked.connect(self._open_menu)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.segments)
        layout.addWidget(self.button)
        self.retranslate()

    def show_state(
        self,
        choice: ThinkingChoice,
        *,
        can_think: bool = True,
        can_rest: bool = True,
        template_state: bool | None = None,
        reason_id: str = "",
    ) -> None:
        """What is chosen, and which states the model has; `reason_id` explains a greyed one."""
        self._reason_id = reason_id
        self._template_state = template_state
        by_template = can_think if ThinkingChoice.TEMPLATE.resolve(template_state) else can_rest
        able = {ThinkingChoice.ON: can_think, ThinkingChoice.OFF: can_rest, ThinkingChoice.TEMPLATE: by_template}
        self._enabled = frozenset(name.value for name, has in able.items() if has)
        self.segments.set_value(choice.value)
        self.retranslate()

    def size_of(self, *, compact: bool, width: int) -> QSize:
        """How much room a form takes where there is so much."""
        if compact:
            return self.button.sizeHint()
        wide = self.segments.sizeHint().width()
        return QSize(wide, self.segments.heightForWidth(min(wide, width)))

    def set_compact(self, compact: bool) -> None:
        """One icon in the place of the three words, or the words again; the focus stays on the switch."""
        if compact is self.segments.isHidden():
            return
        focused = self.isAncestorOf(self.window().focusWidget() or self.window())
        self.segments.setVisible(not compact)
        self.button.setVisible(compact)
        if focused:
            (self.button if compact else self.segments.button(self.segments.value)).setFocus()

    def menu(self) -> QMenu:
        """The states as a menu."""
        menu = QMenu(self)
        group = QActionGroup(menu)
        for choice in ThinkingChoice:
            segment = self.segments.button(choice.value)
            action = menu.addAction(tr(f"composer.thinking.{choice.value}"))
            action.setActionGroup(group)
            action.setCheckable(True)
            action.setChecked(segment.isChecked())
            action.setEnabled(segment.isEnabled())
            action.triggered.connect(segment.click)
        if self._reason_id:
            menu.addSeparator()
            menu.addAction(tr(self._reason_id)).setEnabled(False)
        return menu

    def _open_menu(self) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.button.mapToGlobal(self.button.rect().topLeft()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        value = self.segments.value
        thinks = ThinkingChoice(value).resolve(self._template_state) if value else True
        self.button.show_choice(value or ThinkingChoice.ON.value, thinks=thinks)
        state = {None: "none", True: "on", False: "off"}[self._template_state]
        reason = tr(self._reason_id) if self._reason_id else ""
        self.segments.set_enabled_options(self._enabled, reason)
        by_template = self.segments.button(ThinkingChoice.TEMPLATE.value)
        if by_template.isEnabled():
            set_tooltip(by_template, tr(f"composer.thinking.state.{state}"))
        self.segments.setAccessibleName(tr("composer.thinking.name"))
        self.segments.setAccessibleDescription(reason)
