"""Words of models, users and files are never read as mark-up: Qt would load the files that mark-up names."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# What reads mark-up by itself, with the one file that may use it (it escapes, or makes plain text of it).
READS_MARKUP = {
    "QLabel": {"ui/widgets/label.py"},
    "QTextEdit": {"ui/scenarios/preview.py", "ui/structured/code_edit.py"},  # the latter for ExtraSelection
    "QTextBrowser": set[str](),
    "QMessageBox": set[str](),
    "QErrorMessage": set[str](),
    "QWhatsThis": set[str](),
    "QToolTip": {"ui/transcript/pointer.py"},
    "setToolTip": {"ui/widgets/tooltip.py"},
    "setWhatsThis": set[str](),
    "ToolTipRole": {"ui/widgets/json_view.py", "ui/structured/table_pane.py"},
    "setHtml": {"ui/transcript/blocks/text.py", "ui/transcript/clipboard.py"},
    "insertHtml": set[str](),
    "setMarkdown": set[str](),
    "setTextFormat": {"ui/widgets/label.py"},
    "setToolTipsVisible": set[str](),
}


def uses(source: str) -> Iterator[tuple[int, str]]:
    """Line and name of everything in a source that reads mark-up."""
    for node in ast.walk(ast.parse(source)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.ImportFrom) else []
        names += [node.attr] if isinstance(node, ast.Attribute) else []
        yield from ((node.lineno, name) for name in names if name in READS_MARKUP)  # type: ignore[attr-defined]


def test_what_reads_markup_is_used_where_it_is_made_plain_only() -> None:
    wrong: list[str] = []
    for path in sorted((ROOT / "glmdesk").rglob("*.py")):
        name = path.relative_to(ROOT / "glmdesk").as_posix()
        wrong += [
            f"{name}:{line}: {use}" for line, use in uses(path.read_text("utf-8")) if name not in READS_MARKUP[use]
        ]
    assert wrong == []


@pytest.mark.parametrize(
    "planted",
    [
        "from PySide6.QtWidgets import QLabel",
        "button.setToolTip(model.name)",
        "QMessageBox.warning(self, title, text)\nfrom PySide6.QtWidgets import QMessageBox",
        "index.data(Qt.ItemDataRole.ToolTipRole)",
        "document.setHtml(answer)",
    ],
)
def test_a_planted_use_is_found(planted: str) -> None:
    assert list(uses(planted))
