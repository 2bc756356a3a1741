"""The JSON tree: every value is reached, faults are marked, the selection is copied."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from glmdesk.domain.settings import Language
from glmdesk.ui.widgets.json_view import JsonView
from tests.helpers.screens import in_window, light_theme, speak

VALUE = {"items": [{"名称": "苹果", "价格": "3 元"}, {"名称": "<b>香蕉</b>", "价格": 2.5}], "好": True, "空": None}


def shown(view: JsonView, value: Any, **marks: Any) -> None:
    view.show_value(value, marks.get("marks"))


def test_names_and_values_stand_in_the_tree(qapp: QApplication, qtbot: QtBot) -> None:
    view = JsonView(theme=light_theme(qapp))
    in_window(qtbot, view)
    shown(view, VALUE)
    QAbstractItemModelTester(view.rows, QAbstractItemModelTester.FailureReportingMode.Warning)
    found = view.rows.find(("items", 1, "名称"))
    assert view.rows.data(found) == "名称"
    assert view.rows.data(found.siblingAtColumn(1)) == "<b>香蕉</b>"
    assert "&lt;b&gt;" in str(view.rows.data(found.siblingAtColumn(1), Qt.ItemDataRole.ToolTipRole))
    assert view.rows.data(view.rows.find(("items",)).siblingAtColumn(1)) == "[2]"
    assert view.rows.rowCount(QModelIndex()) == 3
    assert view.isExpanded(view.rows.find(("items", 0)))
    speak(qapp, Language.EN)
    assert view.accessibleName() == "JSON tree"


def test_a_fault_is_marked_and_gone_to(qapp: QApplication, qtbot: QtBot) -> None:
    theme = light_theme(qapp)
    view = JsonView(theme=theme)
    in_window(qtbot, view)
    shown(view, {"rows": [{"n": i} for i in range(500)]}, marks={("rows", 450, "n"): "应为文字"})
    view.go_to(("rows", 450, "n"))
    index = view.currentIndex()
    assert view.rows.path(index) == ("rows", 450, "n")
    assert view.rows.data(index, Qt.ItemDataRole.ForegroundRole) == QColor(theme.tokens.bad)
    assert "应为文字" in str(view.rows.data(index, Qt.ItemDataRole.AccessibleTextRole))
    view.go_to(("nothing",))


def test_a_copy_is_the_selected_value(qapp: QApplication, qtbot: QtBot) -> None:
    view = JsonView(theme=light_theme(qapp))
    in_window(qtbot, view)
    shown(view, VALUE)
    view.go_to(("items", 0, "价格"))
    QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "3 元"
    view.go_to(("items", 0))
    assert view.copied().startswith("{\n")
    shown(view, 5)
    assert view.rows.rowCount() == 1
