"""The fields of a style option with their types (Qt's stubs lose them)."""

from __future__ import annotations

from typing import Any, cast

from PySide6.QtCore import QModelIndex, QRect
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

NOWHERE = QModelIndex()  # the parent of every row of a list


def option_rect(option: QStyleOptionViewItem) -> QRect:
    """Where the row is painted; a copy."""
    return QRect(cast(QRect, cast(Any, option).rect))


def option_has(option: QStyleOptionViewItem, flag: QStyle.StateFlag) -> bool:
    """Whether the row is in a state, e.g. `State_MouseOver`."""
    return bool(cast(QStyle.StateFlag, cast(Any, option).state) & flag)
