"""The icons of painted buttons: the program's own family, painted straight into the view."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtSvg import QSvgRenderer

from glmdesk.domain.resources import resource

# Names by what they say here, files by what they show.
_FILES = {
    "copy": "copy",
    "check": "check",
    "regenerate": "refresh",
    "regenerate_with": "chevron-down",
    "edit": "edit",
    "quote": "quote",
    "branch": "branch",
    "more": "more",
    "variant_prev": "chevron-left",
    "variant_next": "chevron-right",
    "fold_open": "chevron-down",
    "fold_closed": "chevron-right",
    "wrap": "wrap",
    "numbers": "numbers",
    "save": "download",
    "down": "arrow-down",
    "alert": "alert",
    "file": "file",
    "tool": "tool",
}


@lru_cache(maxsize=128)
def _renderer(name: str, color: str) -> QSvgRenderer:
    drawing = resource("icons", f"{_FILES[name]}.svg").read_text("utf-8")
    return QSvgRenderer(QByteArray(drawing.replace("currentColor", color).encode()))


def paint_glyph(painter: QPainter, name: str, rect: QRectF, color: QColor) -> None:
    """Paint an icon into a rectangle, sharp at any size."""
    _renderer(name, color.name()).render(painter, rect)
