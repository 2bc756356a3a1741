"""The name of a tool and the server it comes from are two things."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from glmdesk.domain.settings import Language
from glmdesk.domain.tools import BUILT_IN, USER
from glmdesk.ui.i18n import switch_language
from glmdesk.ui.transcript.blocks.tool import tool_label

LABELS = {
    ("filesystem__write_file", "filesystem"): "write_file · filesystem",
    ("filesystem__write_file", ""): "write_file · filesystem",
    ("a__b__c", "a__b"): "c · a__b",
    ("_____write_9f8e7d", "文件"): "_____write_9f8e7d · 文件",
    ("__init__", ""): "__init__",
    ("plain", ""): "plain",
    ("filesystem__mine", USER): "filesystem__mine",
    ("calculate", BUILT_IN): "Calculator",
}


@pytest.mark.parametrize(("name", "origin"), LABELS)
def test_a_servers_tool_is_shown_as_tool_and_server(qapp: QApplication, name: str, origin: str) -> None:
    switch_language(qapp, Language.EN)
    assert tool_label(name, origin) == LABELS[name, origin]
