"""Tables as files: what Excel opens is words and numbers, never a formula."""

from __future__ import annotations

import io
import json

import pytest
from python_calamine import CalamineWorkbook

from glmdesk.domain.table import Table, tables_of
from glmdesk.exporters.tables import csv_bytes, guarded, json_bytes, xlsx_bytes

ATTACKS = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", '=HYPERLINK("http://a","b")']


@pytest.mark.parametrize("text", ATTACKS)
def test_no_cell_of_a_csv_begins_a_formula(text: str) -> None:
    assert guarded(text) == f"'{text}"
    row = csv_bytes(Table("", (text,), ((text,),))).decode("utf-8-sig")
    assert not row.lstrip('"').startswith(("=", "+", "-", "@", "\t", "\r", "＝"))


def test_numbers_and_words_stay_as_they_are() -> None:
    assert [guarded(t) for t in ("-5", "+1.5", "-1e3", "a=b", "")] == ["-5", "+1.5", "-1e3", "a=b", ""]


def test_a_csv_has_a_mark_and_quotes() -> None:
    made = csv_bytes(Table("", ("名称", "价格"), (("苹果, 红", 3.5), ('"香"蕉\n黄', None), ("x", True))))
    assert made.startswith(b"\xef\xbb\xbf")
    assert made.decode("utf-8-sig") == '名称,价格\r\n"苹果, 红",3.5\r\n"""香""蕉\n黄",\r\nx,true\r\n'


def test_a_workbook_has_a_sheet_for_every_table_and_no_formula() -> None:
    rows = [{"词": text, "数": -5, "大": 2**60, "是": True, "空": None} for text in ATTACKS]
    book = CalamineWorkbook.from_filelike(io.BytesIO(xlsx_bytes(tables_of({"a[b]*": rows, "n": 1}))))
    assert book.sheet_names == ["a b", "Sheet2"]
    read = book.get_sheet_by_name("a b").to_python()
    assert [str(row[0]) for row in read[1:]] == ATTACKS
    assert read[1][1:4] == [-5.0, str(2**60), True]


def test_long_and_double_sheet_names_are_made_to_fit() -> None:
    tables = [Table("n" * 40, ("a",), ((1,),)), Table("N" * 40, ("a",), ((2,),)), Table("'", ("a",), ((3,),))]
    names = CalamineWorkbook.from_filelike(io.BytesIO(xlsx_bytes(tables))).sheet_names
    assert len({name.casefold() for name in names}) == 3
    assert all(len(name) <= 31 for name in names)


def test_json_is_written_as_it_is() -> None:
    assert json.loads(json_bytes({"甲": [1, None]})) == {"甲": [1, None]}
