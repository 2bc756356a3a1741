"""The JSON in a reply: fences, words around it, and what was cut off."""

from __future__ import annotations

import json

import pytest

from glmdesk.domain.json_reply import Found, read_reply
from glmdesk.domain.table import tables_of

VALUE = {"a": [1, {"b": 'x"},{'}], "c": "```"}
TEXT = json.dumps(VALUE)


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        (TEXT, Found.WHOLE),
        (f"\ufeff\n{TEXT}\n", Found.WHOLE),
        (f"```json\n{TEXT.replace('```', 'y')}\n```", Found.FENCED),
        (f"好的，结果如下：\n```\n{TEXT.replace('```', 'y')}\n```\n请查收 [1]。", Found.FENCED),
        (f"Here {{it}} is: {TEXT} and that is all [1, 2].", Found.AMONG),
        (TEXT[:-1] + ",}", Found.MENDED),
    ],
)
def test_the_json_is_found(reply: str, found: Found) -> None:
    got = read_reply(reply)
    assert got.found is found
    assert got.value["a"] == VALUE["a"]


@pytest.mark.parametrize(
    ("reply", "value"),
    [
        ("{'a': 1, 'b': [True, False, None]}", {"a": 1, "b": [True, False, None]}),
        ("""{'it': 'it\\'s "so"', "is": "it's None",}""", {"it": 'it\'s "so"', "is": "it's None"}),
        ("结果：{'名': '李', 'path': 'C:\\\\x'}。", {"名": "李", "path": "C:\\x"}),
    ],
)
def test_the_literals_of_python_are_read(reply: str, value: object) -> None:
    got = read_reply(reply)
    assert (got.found, got.value) == (Found.MENDED, value)


@pytest.mark.parametrize("reply", ['{"a": 1, "b": 01}', '{"a": 1, "b": 1e999}', '好的 {"a": 1, b: {c: "}"}} 完成'])
def test_a_mistake_is_not_taken_for_an_end_too_early(reply: str) -> None:
    got = read_reply(reply)
    assert (got.found, got.value) == (Found.BROKEN, {"a": 1})


def test_what_breaks_off_behind_other_words_is_found() -> None:
    got = read_reply("说明 {a} 与 [b]：" * 20 + TEXT[:-4])
    assert got.found is Found.PARTIAL
    assert got.value["a"] == VALUE["a"]


def test_every_cut_of_a_reply_gives_what_was_there() -> None:
    whole = json.dumps({"rows": [{"n": i, "t": 'a\\"b，'} for i in range(4)], "end": True}, ensure_ascii=False)
    for place in range(1, len(whole)):
        got = read_reply(whole[:place])
        assert got.found is Found.PARTIAL, whole[:place]
        json.dumps(got.value)
    assert read_reply(whole[:-5]).value["rows"][3]["n"] == 3


@pytest.mark.parametrize("reply", ["", "没有结果", "NaN", "{" * 5000, "[" * 5000, "{]" * 100])
def test_what_is_no_json_does_no_harm(reply: str) -> None:
    read_reply(reply)


def test_numbers_that_json_does_not_have_are_not_taken() -> None:
    assert read_reply('{"a": 1e999}').found is not Found.WHOLE
    assert read_reply('{"a": NaN}').found is not Found.WHOLE


def test_a_list_is_wanted_or_not() -> None:
    text = 'x [1, 2, 3, 4, 5] y {"a": [7]} z'
    assert read_reply(text).value == {"a": [7]}
    assert read_reply(text, array=True).value == [1, 2, 3, 4, 5]


def test_lists_become_tables() -> None:
    value = {"total": 2, "items": [{"n": 1, "at": {"x": 5}}, {"n": None, "tags": ["a", "b"]}], "few": [{"z": 1}]}
    tables = tables_of(value)
    assert [t.name for t in tables] == ["items", "few", ""]
    assert tables[0].columns == ("n", "at.x", "tags")
    assert tables[0].rows == ((1, 5, None), (None, None, "a; b"))
    assert tables[2].rows == ((2,),)
    assert tables_of([1, "b"])[0].rows == ((1,), ("b",))
    assert tables_of("word")[0].rows == (("word",),)
    assert tables_of({})[0].rows
