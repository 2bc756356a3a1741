"""Documents made for the tests, good and bad."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def pdf(path: Path, pages: Sequence[str], *, password: str = "") -> Path:
    """A PDF of plain ASCII lines."""
    import pypdfium2
    import pypdfium2.raw as raw

    document = pypdfium2.PdfDocument.new()
    font = raw.FPDFText_LoadStandardFont(document.raw, b"Helvetica")
    for words in pages:
        page = document.new_page(300, 300)
        text = raw.FPDFPageObj_CreateTextObj(document.raw, font, 12.0)
        units = (words + "\0").encode("utf-16-le")
        raw.FPDFText_SetText(text, (raw.FPDF_WCHAR * (len(units) // 2)).from_buffer_copy(units))
        raw.FPDFPageObj_Transform(text, 1, 0, 0, 1, 20, 200)
        raw.FPDFPage_InsertObject(page.raw, text)
        page.gen_content()
    document.save(path)
    document.close()
    return path


def docx(path: Path) -> Path:
    from docx import Document

    document = Document()
    document.add_heading("合同 Contract", 1)
    document.add_paragraph("第一段，甲方。")
    table = document.add_table(rows=2, cols=2)
    for number, words in enumerate(("名称", "金额", "桌子|椅子", "120")):
        table.cell(number // 2, number % 2).text = words
    document.add_paragraph("要点", style="List Bullet")
    document.save(str(path))
    return path


def pptx(path: Path) -> Path:
    from pptx import Presentation

    presentation: Any = Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[1])
    slide.shapes.title.text = "季度总结"
    slide.placeholders[1].text = "收入增长\n成本下降"
    slide.notes_slide.notes_text_frame.text = "先讲背景"
    presentation.save(str(path))
    return path


def xlsx(path: Path) -> Path:
    import xlsxwriter

    with xlsxwriter.Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet("销售")
        sheet.write_row(0, 0, ["月份", "数量", "备注"])
        sheet.write_row(1, 0, ["一月", 12, "好"])
        sheet.write_row(2, 0, ["二月", 7.5])
        workbook.add_worksheet("空")
    return path


def epub(path: Path, *, locked: bool = False) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("mimetype", "application/epub+zip")
        book.writestr(
            "META-INF/container.xml",
            '<container><rootfiles><rootfile full-path="OEBPS/a.opf" media-type="x"/></rootfiles></container>',
        )
        book.writestr(
            "OEBPS/a.opf",
            '<package><manifest><item id="two" href="c%202.xhtml"/><item id="one" href="c1.xhtml"/></manifest>'
            '<spine><itemref idref="one"/><itemref idref="two"/></spine></package>',
        )
        book.writestr("OEBPS/c1.xhtml", "" if locked else "<html><body><h1>第一章</h1><p>开始</p></body></html>")
        book.writestr(
            "OEBPS/c 2.xhtml", "" if locked else "<html><body><h1>第二章</h1><script>x</script></body></html>"
        )
        if locked:
            book.writestr("META-INF/encryption.xml", "<encryption/>")
    return path


def bomb(path: Path, inner: str) -> Path:
    """A package of some kilobytes that unpacks to 300 MB."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        with package.open(inner, "w", force_zip64=True) as entry:
            for _ in range(300):
                entry.write(b" " * 1_000_000)
    return path


def rewritten(path: Path, changes: dict[str, bytes]) -> Path:
    """The same package with other parts."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in (parts | changes).items():
            package.writestr(name, data)
    return path
