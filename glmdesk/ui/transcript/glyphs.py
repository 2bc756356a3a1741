"""Small line icons for painted buttons, drawn on the 24 x 24 grid of the icon family with 1.5 px strokes."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtSvg import QSvgRenderer

# Paths after Lucide (ISC licence, see resources/icons/LICENSE).
_PATHS = {
    "copy": '<rect x="8" y="8" width="13" height="13" rx="2"/>'
    '<path d="M4 16a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2h10a2 2 0 0 1 2 2"/>',
    "check": '<path d="M20 6 9 17l-5-5"/>',
    "regenerate": '<path d="M3 12a9 9 0 1 0 9-9 9.75 9.75 0 0 0-6.74 2.74L3 8"/><path d="M3 3v5h5"/>',
    "continue": '<path d="m6 17 5-5-5-5"/><path d="m13 17 5-5-5-5"/>',
    "variant_prev": '<path d="m15 18-6-6 6-6"/>',
    "variant_next": '<path d="m9 18 6-6-6-6"/>',
    "fold_open": '<path d="m6 9 6 6 6-6"/>',
    "fold_closed": '<path d="m9 18 6-6-6-6"/>',
    "wrap": '<path d="M3 6h18"/><path d="M3 12h15a3 3 0 1 1 0 6h-4"/><path d="m16 16-2 2 2 2"/><path d="M3 18h7"/>',
    "down": '<path d="M12 5v14"/><path d="m19 12-7 7-7-7"/>',
    "alert": '<circle cx="12" cy="12" r="9"/><path d="M12 8v5"/><path d="M12 16.5v.01"/>',
    "file": '<path d="M15 2H6a2 2 0 0 0-2 2v16a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2V7Z"/><path d="M14 2v5h6"/>',
}


@lru_cache(maxsize=128)
def _renderer(name: str, color: str) -> QSvgRenderer:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke-width="1.8"'
        f' stroke="{color}" stroke-linecap="round" stroke-linejoin="round">{_PATHS[name]}</svg>'
    )
    return QSvgRenderer(QByteArray(svg.encode()))


def paint_glyph(painter: QPainter, name: str, rect: QRectF, color: QColor) -> None:
    """Paint an icon into a rectangle, sharp at any size."""
    _renderer(name, color.name()).render(painter, rect)
