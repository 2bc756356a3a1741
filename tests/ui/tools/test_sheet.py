"""The list of a chat's tools: what it says of what is sent."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from glmdesk.domain.tools import ToolSpec
from glmdesk.services.tools import MOST_FUNCTIONS, WEB_SEARCH, ToolRow, token_cost
from glmdesk.ui.tools.sheet import ToolsSheet
from tests.helpers.screens import in_window, light_theme


def open_sheet(qtbot: QtBot, qapp: QApplication, rows: list[ToolRow]) -> ToolsSheet:
    sheet = ToolsSheet(
        in_window(qtbot, QWidget()),
        theme=light_theme(qapp),
        rows=rows,
        folder="",
        switched=lambda names: None,
        folder_chosen=lambda folder: None,
        stake=lambda: "",
    )
    sheet.show()
    return sheet


def test_functions_beyond_what_one_request_carries_are_said_not_to_be_sent(qtbot: QtBot, qapp: QApplication) -> None:
    specs = [ToolSpec(f"box__t{number}", "", origin="box") for number in range(MOST_FUNCTIONS + 2)]
    rows = [ToolRow(spec, True, token_cost(spec)) for spec in specs]
    sheet = open_sheet(qtbot, qapp, [*rows, ToolRow(WEB_SEARCH, True, 0)])
    sent = sum(row.tokens for row in rows[:MOST_FUNCTIONS])
    assert f"已开 {MOST_FUNCTIONS + 1} 个" in sheet.total.text()
    assert f"约多 {sent} tokens" in sheet.total.text()
    assert f"从“t{MOST_FUNCTIONS} · box”起，最后 2 个打开了也不会发送" in sheet.total.text()
    sheet.toggles["box__t0"].click()
    assert "最后 1 个" in sheet.total.text()
    sheet.toggles["box__t1"].click()
    assert "不会发送" not in sheet.total.text()
