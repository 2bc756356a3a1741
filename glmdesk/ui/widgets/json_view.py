"""A JSON value as a tree: names and values, read only, places that are wrong in the colour of errors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHeaderView, QTreeView, QWidget

from glmdesk.ui.i18n import tr
from glmdesk.ui.theme.theme import ThemeManager
from glmdesk.ui.widgets.tooltip import plain_tooltip

JsonPath = tuple[str | int, ...]
_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_MOST_CHILDREN = 2_000  # of one value; the rest is in the file
_LONGEST = 500  # characters of a value in its cell
_OPEN_ROWS = 60  # a value with fewer rows is shown unfolded


@dataclass(slots=True)
class _Node:
    """One value. `children` are made when they are first looked at."""

    key: str | int
    value: Any
    row: int = 0
    parent: _Node | None = None
    number: int = 0
    children: list[_Node] | None = field(default=None)

    @property
    def path(self) -> JsonPath:
        return () if self.parent is None else (*self.parent.path, self.key)


class JsonModel(QAbstractItemModel):
    """Two columns over a parsed value; the root is shown by its members."""

    def __init__(self, theme: ThemeManager, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._nodes: list[_Node] = []
        self._marks: Mapping[JsonPath, str] = {}
        self._root = self._add(_Node("", None))

    def show_value(self, value: Any, marks: Mapping[JsonPath, str]) -> None:
        """Another value; `marks` says what is wrong at some of its places."""
        self.beginResetModel()
        self._nodes = []
        self._marks = marks
        # A plain value stands in a row of its own.
        self._root = self._add(_Node("", value if isinstance(value, dict | list) else {"": value}))
        self.endResetModel()

    def _add(self, node: _Node) -> _Node:
        node.number = len(self._nodes)
        self._nodes.append(node)
        return node

    def _node(self, index: _Index) -> _Node:
        return self._nodes[index.internalId()] if index.isValid() else self._root

    def _children(self, node: _Node) -> list[_Node]:
        if node.children is None:
            pairs = list(_members(node.value))[:_MOST_CHILDREN]
            node.children = [self._add(_Node(k, v, row, node)) for row, (k, v) in enumerate(pairs)]
        return node.children

    def path(self, index: _Index) -> JsonPath:
        return self._node(index).path

    def value(self, index: _Index) -> Any:
        return self._node(index).value

    def find(self, path: JsonPath) -> QModelIndex:
        """The row of a path, or of the nearest one around it; invalid for the root."""
        node = self._root
        for step in path:
            following = next((child for child in self._children(node) if child.key == step), None)
            if following is None:
                break
            node = following
        return QModelIndex() if node is self._root else self.createIndex(node.row, 0, node.number)

    # Qt's side

    def index(self, row: int, column: int, parent: _Index = _NOWHERE) -> QModelIndex:
        children = self._children(self._node(parent))
        return self.createIndex(row, column, children[row].number) if 0 <= row < len(children) else QModelIndex()

    def parent(self, child: _Index) -> QModelIndex:  # type: ignore[override]  (Qt's other `parent` takes nothing)
        node = self._node(child).parent
        return QModelIndex() if node is None or node is self._root else self.createIndex(node.row, 0, node.number)

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.column() > 0 else len(self._children(self._node(parent)))

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        return 2

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            return tr("json_view.value" if section else "json_view.name")
        return int(Qt.AlignmentFlag.AlignLeft) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        node = self._node(index)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _shown(node.value) if index.column() else str(node.key)
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{node.key}: {_shown(node.value)} {self._marks.get(node.path, '')}".strip()
            case Qt.ItemDataRole.ForegroundRole:
                return QColor(self._colour(node, index.column()))
            case Qt.ItemDataRole.ToolTipRole:
                text = self._marks.get(node.path, "") or (_shown(node.value) if index.column() else "")
                return plain_tooltip(text)
            case Qt.ItemDataRole.FontRole:
                return self._theme.code_font() if index.column() else self._theme.ui_font()
            case _:
                return None

    def _colour(self, node: _Node, column: int) -> str:
        tokens = self._theme.tokens
        if node.path in self._marks:
            return tokens.bad
        if not column:
            return tokens.muted
        plain = isinstance(node.value, str)
        return tokens.text if plain else tokens.faint if isinstance(node.value, dict | list) else tokens.accent


def _members(value: Any) -> list[tuple[str | int, Any]]:
    if isinstance(value, dict):
        return list(cast("dict[str, Any]", value).items())
    return list(enumerate(cast("list[Any]", value))) if isinstance(value, list) else []


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + str(len(cast("dict[str, Any]", value))) + "}"
    if isinstance(value, list):
        return f"[{len(cast('list[Any]', value))}]"
    text = " ".join(value.split()) if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


class JsonView(QTreeView):
    """Shows a parsed JSON value. Ctrl+C copies the selected value as JSON (a text as it is)."""

    def __init__(self, *, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.rows = JsonModel(theme, self)
        self.setModel(self.rows)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QTreeView.ScrollMode.ScrollPerPixel)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        theme.changed.connect(self._restyle)
        self._restyle()
        self.retranslate()

    def show_value(self, value: Any, marks: Mapping[JsonPath, str] | None = None) -> None:
        """`value` is what `json.loads` gives; `marks` maps paths to what is wrong there."""
        self.rows.show_value(value, marks or {})
        if _count(value, _OPEN_ROWS) < _OPEN_ROWS:
            self.expandAll()
        else:
            self.expandToDepth(0)
        for path in marks or {}:
            self._open_to(path)
        self.resizeColumnToContents(0)
        self.setColumnWidth(0, min(max(self.columnWidth(0), self._theme.px(120)), self._theme.px(260)))

    def _open_to(self, path: JsonPath) -> QModelIndex:
        found = self.rows.find(path)
        at = found.parent()
        while at.isValid():
            self.expand(at)
            at = at.parent()
        return found

    def go_to(self, path: JsonPath) -> None:
        """Select the value at a path, or the nearest one around it."""
        found = self._open_to(path)
        if found.isValid():
            self.setCurrentIndex(found)
            self.scrollTo(found)
        else:
            self.scrollToTop()

    def copied(self) -> str:
        """What a copy takes: the selected value, or everything."""
        value = self.rows.value(self.currentIndex())
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.copied())
            return
        super().keyPressEvent(event)

    def _restyle(self) -> None:
        tokens, px = self._theme.tokens, self._theme.px
        self.setIndentation(px(16))
        self.header().setDefaultSectionSize(px(180))
        self.setStyleSheet(
            f"QTreeView::item {{ height: {px(28)}px; }}"
            f"QTreeView::item:selected {{ background: {tokens.accent_ground}; }}"
            f"QTreeView {{ border: 1px solid {tokens.line}; border-radius: {px(8)}px; }}"
            f"QTreeView:focus {{ border: 1px solid {tokens.accent}; }}"
        )

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("json_view.tree"))
        self.rows.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, 1)


def _count(value: Any, most: int) -> int:
    """How many values are inside, at most about `most`."""
    found, waiting = 0, [value]
    while waiting and found < most:
        inner = _members(waiting.pop())
        found += len(inner)
        waiting += [item for _, item in inner[:most]]
    return found
