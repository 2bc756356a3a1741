"""The clipboard: the same words as plain text, Markdown and rich text."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QMimeData, QStringListModel
from PySide6.QtGui import QClipboard, QGuiApplication

MARKDOWN = "text/markdown"


@dataclass(frozen=True, slots=True)
class Copy:
    """Words in the three forms that go to the clipboard; an empty form is left out."""

    plain: str
    markdown: str = ""
    html: str = ""


def put_on_clipboard(copy: Copy) -> None:
    """Plain text, Markdown and rich text of the same words."""
    mime = _mime_data()
    mime.setText(copy.plain)
    if copy.html:
        mime.setHtml(copy.html)
    if copy.markdown:
        mime.setData(MARKDOWN, copy.markdown.encode("utf-8", "replace"))
    QGuiApplication.clipboard().setMimeData(mime)


def put_in_selection(plain: str) -> None:
    """What the middle button pastes; only X11 and Wayland have it."""
    clipboard = QGuiApplication.clipboard()
    if plain and clipboard.supportsSelection():
        clipboard.setText(plain, QClipboard.Mode.Selection)


def _mime_data() -> QMimeData:
    """Made by Qt, not by Python: the clipboard outlives the interpreter and would call into it at the very end."""
    model = QStringListModel([""])
    mime = model.mimeData([model.index(0)])
    mime.clear()
    return mime
