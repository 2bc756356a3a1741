"""What LibreOffice makes of the rich text that is copied: headings, lists, quotations, code and tables of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from glmdesk.ui.transcript.selection import Place
from tests.ui.transcript.conftest import MakeView
from tests.ui.transcript.talk import reply, talk, user
from tests.ui.transcript.test_parts_copied import MIXED

_OFFICE = shutil.which("soffice")


@pytest.mark.skipif(_OFFICE is None, reason="apt-get install -y libreoffice-writer")
def test_an_answer_becomes_a_document_with_styles(make_view: MakeView, tmp_path: Path) -> None:
    from docx import Document

    view = make_view(talk(user("u", "第一行\n第二行"), reply("a", MIXED)))
    view.selection.select_all()
    _to_docx(view.selection.copy().html, tmp_path)
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


LOOSE = """1. 第一项

   它的第二段

2. 第二项

   - 里面

     里面的第二段
"""


@pytest.mark.skipif(_OFFICE is None, reason="apt-get install -y libreoffice-writer")
@pytest.mark.parametrize("part", [False, True])
def test_a_second_paragraph_stays_in_its_item(make_view: MakeView, tmp_path: Path, *, part: bool) -> None:
    from docx import Document

    view = make_view(talk(user("u", "问"), reply("a", LOOSE + "\n末尾！")))
    item = view.stack.item("a")
    assert item is not None
    end = item.pieces[0].length - (3 if part else 0)
    view.selection.set(Place("a", 0, 0), Place("a", 0, end))
    _to_docx(view.selection.copy().html, tmp_path)
    paragraphs = Document(str(tmp_path / "answer.docx")).paragraphs
    items = [(p.text, number.ilvl.val) for p in paragraphs if (number := _number(p)) is not None]
    assert items == [("第一项\n\n它的第二段", 0), ("第二项", 0), ("里面\n\n里面的第二段", 1)]


def _to_docx(html: str, folder: Path) -> None:
    (folder / "answer.html").write_text(html, "utf-8")
    command = [str(_OFFICE), f"-env:UserInstallation={(folder / 'office').as_uri()}", "--headless"]
    command += ["--infilter=HTML (StarWriter)", "--convert-to", "docx", "--outdir", str(folder)]
    clean = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    subprocess.run([*command, str(folder / "answer.html")], check=True, capture_output=True, timeout=100, env=clean)


def _style(run: object) -> str:
    style = getattr(run, "style", None)
    return "" if style is None else str(style.name)


def _number(paragraph: Any) -> Any:
    properties = paragraph._p.pPr
    found = properties.numPr if properties is not None else None
    return found if found is not None and found.ilvl is not None else None
