"""Lines are cut in linear time and never grow over their cap."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from glmdesk.tools.mcp.lines import LineCutter, TooLong


@given(st.binary(max_size=400), st.integers(1, 50))
def test_lines_are_the_same_however_the_bytes_arrive(data: bytes, size: int) -> None:
    cutter = LineCutter()
    chunks = [data[place : place + size] for place in range(0, len(data), size)]
    assert [line for chunk in chunks for line in cutter.feed(chunk)] == data.split(b"\n")[:-1]


@given(st.integers(0, 10**9), st.booleans(), st.integers(1, 20_000))
def test_a_long_answer_tells_whose_it_is(number: int, id_first: bool, size: int) -> None:
    body = {"content": [{"id": 5, "text": "x" * 50_000}]}
    fields = {"jsonrpc": "2.0", "id": number, "result": body} if id_first else {"result": body, "id": number}
    data = json.dumps(fields).encode() + b"\n"
    cutter = LineCutter(cap=10_000)
    chunks = [data[place : place + size] for place in range(0, len(data), size)]
    assert [line for chunk in chunks for line in cutter.feed(chunk)] == [TooLong(len(data) - 1, number)]


def test_an_id_inside_the_result_is_not_taken_for_the_answers() -> None:
    cutter = LineCutter(cap=1_000)
    data = json.dumps({"result": {"id": 7, "text": "x" * 9_000}}).encode() + b"\n"
    assert list(cutter.feed(data)) == [TooLong(len(data) - 1, None)]


def test_a_line_without_end_keeps_little() -> None:
    cutter = LineCutter(cap=100_000)
    for _ in range(1_000):
        assert list(cutter.feed(b"x" * 65_536)) == []
    held = sum(map(len, cutter._pieces)) + len(cutter._tail)
    assert held < 20_000
