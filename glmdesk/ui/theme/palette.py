"""Tokens turned into Qt's palette and style sheet."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QColor, QPalette

from glmdesk.domain.resources import resource
from glmdesk.ui.theme.tokens import RADIUS_CARD, RADIUS_CONTROL, Tokens

_ROLES: dict[QPalette.ColorRole, str] = {
    QPalette.ColorRole.Window: "background",
    QPalette.ColorRole.Base: "background",
    QPalette.ColorRole.AlternateBase: "side",
    QPalette.ColorRole.Button: "background",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.PlaceholderText: "faint",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "on_accent",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.ToolTipBase: "side",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.Mid: "line",
    QPalette.ColorRole.Midlight: "line",
    QPalette.ColorRole.Dark: "line",
    QPalette.ColorRole.Light: "side",
    QPalette.ColorRole.Accent: "accent",
}
_GREYED = (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText)


def palette(tokens: Tokens) -> QPalette:
    """The palette of a theme; greyed text is `faint`."""
    made = QPalette()
    for role, name in _ROLES.items():
        made.setColor(role, QColor(getattr(tokens, name)))
    for role in _GREYED:
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.faint))
    return made


def style_sheet(t: Tokens, px: Callable[[float], int]) -> str:
    """The few rules that the palette cannot say; `kind` is a dynamic property of buttons and frames."""
    theme = "dark" if t.dark else "light"
    arrow = resource("icons", f"combo-{theme}.svg").as_posix()
    submenu = resource("icons", f"submenu-{theme}.svg").as_posix()
    tick = resource("icons", f"tick-{theme}.svg").as_posix()
    r, pad = px(RADIUS_CONTROL), px(8)
    return f"""
QToolTip {{ color: {t.text}; background: {t.side}; border: 1px solid {t.line}; padding: {px(4)}px {px(6)}px; }}
QPushButton {{ color: {t.text}; background: {t.background}; border: 1px solid {t.line}; border-radius: {r}px;
    padding: {px(5)}px {px(12)}px; min-height: {px(20)}px; }}
QPushButton:hover {{ background: {t.side}; }}
QPushButton:pressed {{ background: {t.accent_ground}; }}
QPushButton:focus {{ border: 1px solid {t.accent}; }}
QPushButton:disabled {{ color: {t.faint}; background: {t.side}; }}
QPushButton[kind="primary"] {{ color: {t.on_accent}; background: {t.accent}; border: 1px solid {t.accent};
    font-weight: 600; }}
QPushButton[kind="primary"]:focus {{ border: 2px solid {t.text}; }}
QPushButton[kind="primary"]:disabled {{ color: {t.faint}; background: {t.side}; border: 1px solid {t.line}; }}
QPushButton[kind="quiet"] {{ background: transparent; border: 1px solid transparent; color: {t.muted}; }}
QPushButton[kind="quiet"]:hover {{ background: {t.side}; color: {t.text}; }}
QPushButton[kind="quiet"]:focus {{ border: 1px solid {t.accent}; }}
QPushButton[kind="danger"] {{ color: {t.bad}; }}
QPushButton[kind="icon"] {{ background: transparent; border: 1px solid transparent; padding: 0;
    min-width: {px(30)}px; max-width: {px(30)}px; min-height: {px(30)}px; max-height: {px(30)}px; }}
QPushButton[kind="icon"]:hover {{ background: {t.accent_ground}; }}
QPushButton[kind="icon"]:focus {{ border: 1px solid {t.accent}; }}
QPushButton[kind="accent-icon"] {{ background: {t.accent}; border: 1px solid {t.accent}; padding: 0;
    min-width: {px(30)}px; max-width: {px(30)}px; min-height: {px(30)}px; max-height: {px(30)}px; }}
QPushButton[kind="accent-icon"]:focus {{ border: 2px solid {t.text}; }}
QPushButton[kind="segment"] {{ border: none; border-radius: {px(6)}px; color: {t.muted}; background: transparent;
    padding: {px(3)}px {px(10)}px; }}
QPushButton[kind="segment"]:checked {{ background: {t.accent_ground}; color: {t.accent}; font-weight: 600; }}
QPushButton[kind="segment"]:focus {{ border: 1px solid {t.accent}; }}
QPushButton[kind="segment"]:disabled {{ color: {t.faint}; }}
QFrame[kind="segments"] {{ border: 1px solid {t.line}; border-radius: {r}px; background: {t.background}; }}
QFrame[kind="card"] {{ border: 1px solid {t.line}; border-radius: {px(RADIUS_CARD)}px; background: {t.background}; }}
QFrame[kind="notice"] {{ border: 1px solid {t.line}; border-radius: {px(10)}px; background: {t.background}; }}
QLineEdit, QPlainTextEdit[kind="field"], QComboBox, QSpinBox, QDoubleSpinBox {{ color: {t.text};
    background: {t.background}; border: 1px solid {t.line}; border-radius: {r}px; padding: {px(5)}px {pad}px;
    min-height: {px(22)}px; selection-background-color: {t.accent}; selection-color: {t.on_accent}; }}
QLineEdit:focus, QPlainTextEdit[kind="field"]:focus, QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus {{
    border: 1px solid {t.accent}; }}
QLineEdit:disabled, QComboBox:disabled {{ color: {t.faint}; background: {t.side}; }}
QComboBox {{ combobox-popup: 0; }}
QComboBox::drop-down {{ border: none; width: {px(22)}px; }}
QComboBox::down-arrow {{ image: url({arrow}); width: {px(14)}px; height: {px(14)}px; }}
QComboBox QAbstractItemView {{ background: {t.background}; border: 1px solid {t.line};
    padding: {px(4)}px; selection-background-color: {t.accent_ground}; selection-color: {t.text}; outline: none; }}
QComboBox QAbstractItemView::item {{ min-height: {px(28)}px; padding-left: {px(4)}px; }}
QMenu {{ background: {t.background}; border: 1px solid {t.line}; border-radius: {r}px; padding: {px(4)}px; }}
QMenu::item {{ color: {t.text}; padding: {px(6)}px {px(22)}px {px(6)}px {px(12)}px; border-radius: {px(6)}px; }}
QMenu::right-arrow {{ image: url({submenu}); width: {px(14)}px; height: {px(14)}px; right: {px(4)}px; }}
QMenu::item:selected {{ background: {t.accent_ground}; }}
QMenu::item:disabled {{ color: {t.faint}; }}
QMenu::section {{ color: {t.faint}; padding: {px(4)}px {px(12)}px; }}
QMenu::separator {{ height: 1px; background: {t.line}; margin: {px(4)}px {px(6)}px; }}
QScrollBar:vertical {{ background: transparent; width: {px(10)}px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: {px(10)}px; margin: 0; }}
QScrollBar::handle {{ background: {t.line}; border-radius: {px(4)}px; margin: {px(2)}px; }}
QScrollBar::handle:hover {{ background: {t.faint}; }}
QScrollBar::handle:vertical {{ min-height: {px(32)}px; }}
QScrollBar::handle:horizontal {{ min-width: {px(32)}px; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent;
    border: none; width: 0; height: 0; }}
QScrollArea {{ border: none; background: transparent; }}
QListView, QTableView, QTreeView {{ border: none; outline: none; background: transparent; }}
QHeaderView::section {{ color: {t.muted}; background: {t.side}; border: none; border-bottom: 1px solid {t.line};
    padding: {px(6)}px {px(8)}px; }}
QCheckBox {{ color: {t.text}; spacing: {pad}px; min-height: {px(28)}px; }}
QCheckBox::indicator {{ width: {px(16)}px; height: {px(16)}px; border: 1px solid {t.faint};
    border-radius: {px(4)}px; background: {t.background}; }}
QCheckBox::indicator:checked {{ background: {t.accent}; border: 1px solid {t.accent}; image: url({tick}); }}
QCheckBox:focus {{ color: {t.accent}; }}
"""
