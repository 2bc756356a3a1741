"""The look of pills and chips: a button with a hairline and round ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QPushButton

if TYPE_CHECKING:
    from glmdesk.ui.theme.theme import ThemeManager

HEIGHT = 30


def style_pill(button: QPushButton, theme: ThemeManager) -> None:
    """Apply the look of the theme in use; call again when it changed."""
    t, px = theme.tokens, theme.px
    button.setFont(theme.ui_font(13))
    button.setFixedHeight(px(HEIGHT))
    button.setStyleSheet(
        f"QPushButton {{ color: {t.muted}; background: {t.background}; border: 1px solid {t.line};"
        f" border-radius: {px(HEIGHT) // 2}px; padding: 0 {px(12)}px;"
        f" min-height: {px(HEIGHT) - 2}px; max-height: {px(HEIGHT) - 2}px; }}"
        f"QPushButton:hover {{ background: {t.side}; color: {t.text}; }}"
        f"QPushButton:checked {{ background: {t.accent_ground}; color: {t.accent};"
        f" border: 1px solid {t.accent_ground}; }}"
        f"QPushButton:focus {{ border: 1px solid {t.accent}; }}"
    )
