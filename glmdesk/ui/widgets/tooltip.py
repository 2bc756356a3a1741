"""Tooltips as plain text: Qt would read mark-up in them."""

from __future__ import annotations

from html import escape

from PySide6.QtWidgets import QWidget


def set_tooltip(widget: QWidget, text: str) -> None:
    """Set a tooltip that shows `text` as it is."""
    widget.setToolTip(plain_tooltip(text))


def plain_tooltip(text: str) -> str:
    """Mark-up that shows `text` as it is, for a model's tooltips."""
    return f"<p style='white-space:pre-wrap'>{escape(text)}</p>" if text else ""
