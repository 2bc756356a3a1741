"""Small documents made by hand, each with the word WORD in it. Standard library only."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

WORD = "汉字documents"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_OPEN = "http://schemas.openxmlformats.org"
_MAIN = f"{_OPEN}/officeDocument/2006/relationships"
_KIND = "application/vnd.openxmlformats-officedocument"


def write_samples(folder: Path) -> list[Path]:
    """One file of each kind that the program reads through a library."""
    made = {"a.docx": _docx, "a.xlsx": _xlsx, "a.pptx": _pptx, "a.pdf": _pdf, "a.txt": lambda: WORD.encode("gb18030")}
    for name, make in made.items():
        content = make()
        if isinstance(content, bytes):
            (folder / name).write_bytes(content)
        else:
            _zip(folder / name, content)
    return [folder / name for name in made]


def _zip(path: Path, parts: Mapping[str, str]) -> None:
    with zipfile.ZipFile(path, "w") as package:
        for name, text in parts.items():
            package.writestr(name, _XML + text)


def _package(main: str, kind: str, parts: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """An Office package; `parts` are (content type, XML) by name."""
    types = "".join(
        f'<Override PartName="/{name}" ContentType="{_KIND}.{kind_of}+xml"/>' for name, (kind_of, _) in parts.items()
    )
    defaults = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    return {
        "[Content_Types].xml": f'<Types xmlns="{_OPEN}/package/2006/content-types">{defaults}{types}</Types>',
        "_rels/.rels": _links({main: kind}),
        **{name: text for name, (_, text) in parts.items()},
    }


def _links(targets: Mapping[str, str]) -> str:
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{_MAIN}/{kind}" Target="{target}"/>'
        for number, (target, kind) in enumerate(targets.items(), 1)
    )
    return f'<Relationships xmlns="{_OPEN}/package/2006/relationships">{links}</Relationships>'


def _docx() -> dict[str, str]:
    body = f"<w:body><w:p><w:r><w:t>{WORD}</w:t></w:r></w:p></w:body>"
    document = f'<w:document xmlns:w="{_OPEN}/wordprocessingml/2006/main">{body}</w:document>'
    parts = {"word/document.xml": ("wordprocessingml.document.main", document)}
    return _package("word/document.xml", "officeDocument", parts)


def _xlsx() -> dict[str, str]:
    name = f"{_OPEN}/spreadsheetml/2006/main"
    sheets = '<sheets><sheet name="one" sheetId="1" r:id="rId1"/></sheets>'
    cell = f'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>{WORD}</t></is></c></row></sheetData>'
    parts = {
        "xl/workbook.xml": (
            "spreadsheetml.sheet.main",
            f'<workbook xmlns="{name}" xmlns:r="{_MAIN}">{sheets}</workbook>',
        ),
        "xl/worksheets/sheet1.xml": ("spreadsheetml.worksheet", f'<worksheet xmlns="{name}">{cell}</worksheet>'),
    }
    links = {"xl/_rels/workbook.xml.rels": _links({"worksheets/sheet1.xml": "worksheet"})}
    return _package("xl/workbook.xml", "officeDocument", parts) | links


def _pptx() -> dict[str, str]:
    spaces = f'xmlns:p="{_OPEN}/presentationml/2006/main" xmlns:a="{_OPEN}/drawingml/2006/main" xmlns:r="{_MAIN}"'
    words = f"<p:txBody><a:bodyPr/><a:p><a:r><a:t>{WORD}</a:t></a:r></a:p></p:txBody>"
    shape = f'<p:sp><p:nvSpPr><p:cNvPr id="2" name="x"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/>{words}</p:sp>'
    group = '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'
    slide = f"<p:sld {spaces}><p:cSld><p:spTree>{group}{shape}</p:spTree></p:cSld></p:sld>"
    slides = '<p:sldIdLst><p:sldId id="256" r:id="rId1"/></p:sldIdLst>'
    parts = {
        "ppt/presentation.xml": (
            "presentationml.presentation.main",
            f"<p:presentation {spaces}>{slides}</p:presentation>",
        ),
        "ppt/slides/slide1.xml": ("presentationml.slide", slide),
    }
    links = {"ppt/_rels/presentation.xml.rels": _links({"slides/slide1.xml": "slide"})}
    return _package("ppt/presentation.xml", "officeDocument", parts) | links


def _pdf() -> bytes:
    """Latin letters only: without a font of its own it has no others."""
    text = f"BT /F1 24 Tf 20 50 Td ({WORD[2:]}) Tj ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(text), text),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = b"%PDF-1.4\n", [b"0000000000 65535 f \n"]
    for number, content in enumerate(objects, 1):
        places.append(b"%010d 00000 n \n" % len(out))
        out += b"%d 0 obj%s endobj\n" % (number, content)
    tail = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(places), len(out))
    return out + b"xref\n0 %d\n%s" % (len(places), b"".join(places)) + tail
