"""A layout from left to right that goes on in the next line."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class FlowLayout(QLayout):
    """`gap` in pixels between items and between lines. An item wider than a line is as wide as the line.

    `last_right`: the last one of several items stands at the right end of its line.
    """

    def __init__(self, parent: QWidget | None = None, *, gap: int, last_right: bool = False) -> None:
        super().__init__(parent)
        self._last_right = last_right
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(gap)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]  (None ends Qt's walk)
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        around = self.contentsMargins()
        inner = width - around.left() - around.right()
        return self._arrange(QRect(0, 0, inner, 0), place=False) + around.top() + around.bottom()

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect.marginsRemoved(self.contentsMargins()), place=True)

    def sizeHint(self) -> QSize:
        shown = [item.sizeHint() for item in self._items if not item.isEmpty()]
        gaps = self.spacing() * max(len(shown) - 1, 0)
        width, height = sum(size.width() for size in shown) + gaps, max((size.height() for size in shown), default=0)
        return QSize(width, height).grownBy(self.contentsMargins())

    def minimumSize(self) -> QSize:
        least = QSize()
        for item in self._items:
            least = least.expandedTo(item.minimumSize())
        return least.grownBy(self.contentsMargins())

    def _arrange(self, rect: QRect, *, place: bool) -> int:
        """The height of all lines; what stands in one line has one middle."""
        bottom = 0
        lines = self._lines(max(rect.width(), 1))
        for line in lines:
            top = bottom + self.spacing() if bottom else 0
            height = max(size.height() for _, size in line)
            bottom = top + height
            if place:
                right = self._last_right and line is lines[-1] and (len(lines), len(line)) != (1, 1)
                self._place(line, rect.adjusted(0, top, 0, 0), height=height, last_right=right)
        return bottom

    def _lines(self, width: int) -> list[list[tuple[QLayoutItem, QSize]]]:
        lines: list[list[tuple[QLayoutItem, QSize]]] = []
        x = 0
        for item in self._items:
            if item.isEmpty():
                continue
            size = _fitted(item, width)
            if not lines or x + size.width() > width:
                lines.append([])
                x = 0
            lines[-1].append((item, size))
            x += size.width() + self.spacing()
        return lines

    def _place(self, line: list[tuple[QLayoutItem, QSize]], rect: QRect, *, height: int, last_right: bool) -> None:
        x = 0
        for item, size in line:
            if last_right and item is line[-1][0]:
                x = rect.width() - size.width()
            item.setGeometry(QRect(rect.topLeft() + QPoint(x, (height - size.height()) // 2), size))
            x += size.width() + self.spacing()


def _fitted(item: QLayoutItem, width: int) -> QSize:
    """Its size in a line of that width: what is wider goes on inside, as rows of choices do."""
    wanted = item.sizeHint()
    if wanted.width() <= width:
        return wanted
    return QSize(width, item.heightForWidth(width) if item.hasHeightForWidth() else wanted.height())
