"""What LibreOffice makes of the rich text that is copied: headings, lists, quotations, code and tables of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.ui.transcript.conftest import MakeView
from tests.ui.transcript.talk import reply, talk, user
from tests.ui.transcript.test_parts_copied import MIXED

_OFFICE = shutil.which("soffice")


@pytest.mark.skipif(_OFFICE is None, reason="apt-get install -y libreoffice-writer")
def test_an_answer_becomes_a_document_with_styles(make_view: MakeView, tmp_path: Path) -> None:
    from docx import Document

    view = make_view(talk(user("u", "第一行\n第二行"), reply("a", MIXED)))
    view.selection.select_all()
    (tmp_path / "answer.html").write_text(view.selection.copy().html, "utf-8")
    command = [str(_OFFICE), f"-env:UserInstallation={(tmp_path / 'office').as_uri()}", "--headless"]
    command += ["--infilter=HTML (StarWriter)", "--convert-to", "docx", "--outdir", str(tmp_path)]
    clean = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    subprocess.run([*command, str(tmp_path / "answer.html")], check=True, capture_output=True, timeout=100, env=clean)
    document = Document(str(tmp_path / "answer.docx"))

    styles = {p.text: p.style.name for p in document.paragraphs if p.style is not None}
    assert styles["标题 斜 码"] == "Heading 2"
    assert styles["引用 粗"] == "Quotations"
    assert styles["def f(x):"] == "Preformatted Text"
    bold = [run.text for p in document.paragraphs for run in p.runs if "Strong" in _style(run) or run.bold]
    assert "注意：" in bold
    depths = {p.text: number.ilvl.val for p in document.paragraphs if (number := _number(p)) is not None}
    assert (depths["三 斜"], depths["四"], depths["点"], depths["深"]) == (1, 2, 1, 2)
    (table,) = document.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["名", "数", "式"],
        ["x|y", "1", "一\n二"],
        ["长的词", "2", "链"],
        ["空", "", "末"],
    ]


def _style(run: object) -> str:
    style = getattr(run, "style", None)
    return "" if style is None else str(style.name)


def _number(paragraph: Any) -> Any:
    properties = paragraph._p.pPr
    found = properties.numPr if properties is not None else None
    return found if found is not None and found.ilvl is not None else None
