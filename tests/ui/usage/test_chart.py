"""The chart as a widget: its card, its words, its keys."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from glmdesk.domain.spending import Sums
from glmdesk.ui.usage.bars import Bar, Metric
from glmdesk.ui.usage.chart import Chart, ColumnChart, RowChart
from tests.helpers.screens import in_window, light_theme


def bars(names: Sequence[str], yuan: float = 1.0) -> list[Bar]:
    return [Bar("", name, name, Sums(answers=1, requests=1, yuan=yuan)) for name in names]


def test_the_card_stays_while_numbers_change_and_goes_with_its_bar(qapp: QApplication, qtbot: QtBot) -> None:
    chart = ColumnChart(theme=light_theme(qapp))
    in_window(qtbot, chart)
    chart.show_bars(bars("abc"), Metric.YUAN)
    chart.setFocus()
    QTest.keyClick(chart, Qt.Key.Key_End)
    assert "¥1.00" in chart.accessibleDescription()
    chart.show_bars(bars("abc", 2.5), Metric.YUAN)
    assert chart.chosen == 2
    assert "¥2.50" in chart.accessibleDescription()
    chart.show_bars(bars("xyz"), Metric.YUAN)
    assert chart.chosen == -1
    assert chart.accessibleDescription() == ""


@pytest.mark.parametrize("kind", [ColumnChart, RowChart])
def test_every_bar_is_reached_by_keys_and_by_the_mouse(qapp: QApplication, qtbot: QtBot, kind: type[Chart]) -> None:
    chart = kind(theme=light_theme(qapp))
    in_window(qtbot, chart)
    chart.show_bars(bars("abcdefg"), Metric.YUAN)
    chart.setFocus()
    for place in range(7):
        QTest.keyClick(chart, Qt.Key.Key_Right)
        assert chart.chosen == place
    QTest.keyClick(chart, Qt.Key.Key_Right)
    assert chart.chosen == 6
    for place in range(7):
        QTest.mouseMove(chart, chart.slot_of(place).center())
        assert chart.chosen == place
        assert chart.words_of(place).startswith("abcdefg"[place])
