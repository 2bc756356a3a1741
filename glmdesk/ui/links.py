"""Addresses that the system hands to a running program (macOS; elsewhere they are an argument)."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QFileOpenEvent


class LinkEvents(QObject):
    """An event filter of the application."""

    arrived = Signal(str)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFileOpenEvent) and event.url().scheme() == "glmdesk":
            self.arrived.emit(event.url().toString())
            return True
        return False
