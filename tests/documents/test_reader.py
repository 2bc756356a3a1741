from __future__ import annotations

import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from glmdesk.documents import base, plain
from glmdesk.documents.base import Unreadable
from glmdesk.documents.reader import read
from tests.documents import made

CHINESE = "第一行，有标点。\n第二行：数字 123。\n" * 3


def refusal(path: Path) -> str:
    with pytest.raises(Unreadable) as caught:
        read(path)
    return caught.value.kind


def test_a_word_document_keeps_headings_lists_and_tables_in_their_order(tmp_path: Path) -> None:
    text = read(made.docx(tmp_path / "a.docx")).text
    assert text == "# 合同 Contract\n\n第一段，甲方。\n\n| 名称 | 金额 |\n|---|---|\n| 桌子\\|椅子 | 120 |\n\n- 要点"


def test_slides_give_their_words_and_notes(tmp_path: Path) -> None:
    assert read(made.pptx(tmp_path / "a.pptx")).text == "## 1\n季度总结\n收入增长\n成本下降\n> 先讲背景"


def test_sheets_become_tables_without_empty_edges(tmp_path: Path) -> None:
    text = read(made.xlsx(tmp_path / "a.xlsx")).text
    assert text == "## 销售\n\n| 月份 | 数量 | 备注 |\n|---|---|---|\n| 一月 | 12 | 好 |\n| 二月 | 7.5 |  |"


def test_a_book_is_read_in_the_order_of_its_spine(tmp_path: Path) -> None:
    assert read(made.epub(tmp_path / "a.epub")).text == "# 第一章\n开始\n\n# 第二章"


def test_the_pages_of_a_pdf_are_parts(tmp_path: Path) -> None:
    reading = read(made.pdf(tmp_path / "a.pdf", ["Page one words", "Page two words"]))
    assert reading.text == "Page one words\n\nPage two words"
    assert reading.media_type == "application/pdf"


def test_a_pdf_without_letters_is_said_to_be_scanned(tmp_path: Path) -> None:
    assert refusal(made.pdf(tmp_path / "a.pdf", ["", ""])) == "file_scanned"


def test_more_pages_than_the_limit_are_said_to_be_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("glmdesk.documents.pdf.MAX_PAGES", 2)
    reading = read(made.pdf(tmp_path / "a.pdf", ["one", "two", "three"]))
    assert (reading.text, reading.note) == ("one\n\ntwo", "pages")


def test_a_page_loses_its_scripts(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<!doctype html><title>标题</title><script>alert(1)</script><h2>小节</h2><p>正文", "utf-8")
    assert read(path).text == "标题\n\n## 小节\n正文"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_text_is_read_whatever_its_encoding(tmp_path: Path, encoding: str) -> None:
    words = CHINESE if encoding not in ("utf-16-le", "utf-16-be") else "plain words of ASCII\n" * 20
    path = tmp_path / "a.txt"
    path.write_bytes(words.encode(encoding))
    assert read(path).text == words.strip("\n")


def test_western_accents_are_not_taken_for_chinese(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(("Le café où l'élève préférait déjeuner était fermé. Voilà ! " * 8).encode("cp1252"))
    assert "café où l'élève préférait déjeuner était fermé" in read(path).text


def test_line_ends_become_one_kind(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"a = 1\r\nb = 2\rc = 3\n")
    assert read(path).text == "a = 1\nb = 2\nc = 3"


def test_a_long_text_is_cut_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "MAX_TEXT", 100)
    path = tmp_path / "a.txt"
    path.write_text("字" * 150, "utf-8")
    reading = read(path)
    assert (len(reading.text), reading.note) == (100, "length")


def test_a_cut_in_the_middle_of_a_letter_is_no_other_encoding() -> None:
    assert plain.decoded("汉字".encode()[:-1]) == "汉"


def _write(data: bytes) -> Callable[[Path], Path]:
    def write(path: Path) -> Path:
        path.write_bytes(data)
        return path

    return write


def _cut(make: Callable[[Path], Path], share: float) -> Callable[[Path], Path]:
    def write(path: Path) -> Path:
        data = make(path).read_bytes()
        path.write_bytes(data[: int(len(data) * share)])
        return path

    return write


def _some_zip(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("a.txt", "x")
    return path


XXE = """<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "{address}">]>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r>
<w:t>before &x; after</w:t></w:r></w:p></w:body></w:document>"""
BAD: dict[str, tuple[Callable[[Path], Path], str, str]] = {
    "empty": (_write(b""), "a.txt", "file_empty"),
    "white": (_write(b" \n\t\n"), "a.txt", "file_empty"),
    "binary": (_write(random.Random(1).randbytes(5000)), "a.bin", "file_kind"),
    "zeros": (_write(bytes(5000)), "a.txt", "file_kind"),
    "image": (_write(b"\x89PNG\r\n\x1a\n" + bytes(100)), "a.png", "file_image"),
    "image with a text's name": (_write(b"\xff\xd8\xff\xe0" + bytes(100)), "a.txt", "file_image"),
    "cut docx": (_cut(made.docx, 0.6), "a.docx", "file_damaged"),
    "cut xlsx": (_cut(made.xlsx, 0.6), "a.xlsx", "file_damaged"),
    "cut pptx": (_cut(made.pptx, 0.6), "a.pptx", "file_damaged"),
    "cut epub": (_cut(made.epub, 0.6), "a.epub", "file_damaged"),
    "no pdf inside": (_write(b"%PDF-1.7\nnothing"), "a.pdf", "file_damaged"),
    "bomb docx": (lambda path: made.bomb(path, "word/document.xml"), "a.docx", "file_bomb"),
    "bomb xlsx": (lambda path: made.bomb(path, "xl/workbook.xml"), "a.xlsx", "file_bomb"),
    "bomb pptx": (lambda path: made.bomb(path, "ppt/presentation.xml"), "a.pptx", "file_bomb"),
    "locked book": (lambda path: made.epub(path, locked=True), "a.epub", "file_password"),
    "locked office": (
        _write(b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le")),
        "a.docx",
        "file_password",
    ),
    "old word": (_write(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000)), "a.doc", "file_old"),
    "three bytes with a zero": (_write(b"a\0b"), "a.txt", "file_kind"),
    "some zip": (_some_zip, "a.zip", "file_kind"),
    "broken xml": (lambda p: made.rewritten(made.docx(p), {"word/document.xml": b"<w:doc"}), "a.docx", "file_damaged"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_gets_the_sentence_of_its_cause(tmp_path: Path, name: str) -> None:
    make, file, kind = BAD[name]
    assert refusal(make(tmp_path / file)) == kind


def test_what_the_bytes_are_counts_and_not_the_name(tmp_path: Path) -> None:
    assert read(made.docx(tmp_path / "a.pdf")).text.startswith("# 合同")
    assert read(made.pdf(tmp_path / "a.txt", ["words"])).text == "words"


def test_entities_of_a_document_reach_no_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("canary words")
    part = XXE.format(address=secret.as_uri()).encode()
    text = read(made.rewritten(made.docx(tmp_path / "a.docx"), {"word/document.xml": part})).text
    assert "canary" not in text
    assert text.startswith("before")
