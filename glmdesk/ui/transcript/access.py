"""What assistive technology is told: how much there is, and that an answer is finished."""

from __future__ import annotations

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from glmdesk.ui.i18n import tr


def describe(view: QWidget, count: int) -> None:
    """Say how many messages there are."""
    view.setAccessibleDescription(tr("transcript.described", count=count))


def announce(view: QWidget, text: str) -> None:
    """Let a screen reader say a sentence once."""
    if QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(view, text))
