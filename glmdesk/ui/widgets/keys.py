"""Keys that a widget keeps from the shortcuts of its window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent


def keep_escape(event: QEvent) -> bool:
    """Call first in `QWidget.event`: True when Esc was kept, and then comes as a key to the widget or to a child of it.

    Without this the window's shortcut acts on the page behind (it stops the answer or leaves the page).
    """
    kept = (
        event.type() == QEvent.Type.ShortcutOverride
        and isinstance(event, QKeyEvent)
        and event.key() == Qt.Key.Key_Escape
    )
    if kept:
        event.accept()
    return kept
