"""Icons: one family of line drawings, tinted with a token."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from glmdesk.domain.resources import resource


@lru_cache(maxsize=256)
def _source(name: str) -> str:
    return resource("icons", f"{name}.svg").read_text("utf-8")


def pixmap(name: str, color: str, size: int = 18, *, dpr: float = 2.0) -> QPixmap:
    """The drawing `name` in `color`, `size` logical pixels square. Raises FileNotFoundError for an unknown name."""
    renderer = QSvgRenderer(QByteArray(_source(name).replace("currentColor", color).encode()))
    made = QPixmap(round(size * dpr), round(size * dpr))
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    renderer.render(painter, QRectF(made.rect()))
    painter.end()
    made.setDevicePixelRatio(dpr)
    return made


def icon(name: str, color: str, size: int = 18, *, dpr: float = 2.0) -> QIcon:
    """The same as a QIcon."""
    return QIcon(pixmap(name, color, size, dpr=dpr))
