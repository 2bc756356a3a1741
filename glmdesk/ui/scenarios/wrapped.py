"""Breaks a short text into lines for painting; the last line is elided."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics, QTextLayout, QTextOption


def wrapped_lines(text: str, *, font: QFont, width: int, most: int) -> list[str]:
    """At most `most` lines of at most `width` pixels."""
    flat = " ".join(text.split())[:400]
    layout = QTextLayout(flat, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    starts: list[int] = []
    layout.beginLayout()
    while len(starts) <= most and (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        starts.append(line.textStart())
    layout.endLayout()
    ends = [*starts[1:], len(flat)]
    lines = [flat[a:b].strip() for a, b in zip(starts, ends, strict=True)]
    if len(lines) <= most:
        return lines
    rest = flat[starts[most - 1] :]
    elided = QFontMetrics(font).elidedText(rest, Qt.TextElideMode.ElideRight, width)
    return [*lines[: most - 1], elided]
