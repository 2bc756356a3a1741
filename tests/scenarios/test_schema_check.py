"""Validation: the exact path and a plain sentence for every rule; nothing is fetched and nothing hangs."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from glmdesk.domain.messages import Catalogue
from glmdesk.domain.settings import Language
from glmdesk.domain.structured import SchemaFault, repair_request, sentence, with_schema
from glmdesk.scenarios.schema_check import serve

CHINESE, ENGLISH = Catalogue.load(Language.ZH_CN).text, Catalogue.load(Language.EN).text


def ask(**question: Any) -> dict[str, Any]:
    out = io.BytesIO()
    serve(io.BytesIO(json.dumps(question).encode() + b"\n"), out)
    return json.loads(out.getvalue())


def faults(schema: Any, value: Any) -> list[SchemaFault]:
    return [
        SchemaFault(tuple(row["path"]), row["keyword"], row["args"])
        for row in ask(schema=schema, value=value)["faults"]
    ]


CASES: list[tuple[Any, Any, str, str, str]] = [
    ({"type": "string"}, 5, "$", "应为文字，实为整数", "Expected text, got a whole number"),
    ({"type": ["number", "null"]}, "5", "$", "应为数字或空值，实为文字", "Expected a number or nothing, got text"),
    ({"required": ["a", "b"]}, {"a": 1}, "$", "缺少 b", "b is missing"),
    ({"properties": {}, "additionalProperties": False}, {"x": 1}, "$", "多出 x", "x should not be there"),
    ({"items": {"enum": ["新", 2]}}, ["旧"], "$[0]", "只能是 新 / 2，实为 旧", "Must be one of 新 / 2, got 旧"),
    ({"properties": {"n": {"minimum": 3}}}, {"n": 1}, "$.n", "不能小于 3，实为 1", "Must not be below 3, got 1"),
    ({"minLength": 3}, "ab", "$", "至少 3 个字，实为 2 个", "At least 3 characters, got 2"),
    ({"maxItems": 1}, [1, 2], "$", "最多 1 项，实为 2 项", "At most 1 item, got 2"),
    ({"format": "date"}, "2025-13-01", "$", "不是有效的 date：2025-13-01", "Not a valid date: 2025-13-01"),
    ({"pattern": "^a$"}, "b", "$", "格式不对，应符合 ^a$，实为 b", "Must match ^a$, got b"),
    ({"uniqueItems": True}, [1, 1], "$", "有重复的项", "Some items are the same"),
    (
        {"anyOf": [{"type": "string"}, {"properties": {"a": {"type": "integer"}}}]},
        {"a": "x"},
        "$.a",
        "应为整数，实为文字",
        "Expected a whole number, got text",
    ),
]


@pytest.mark.parametrize(("schema", "value", "where", "chinese", "english"), CASES)
def test_a_fault_has_its_path_and_a_sentence(schema: Any, value: Any, where: str, chinese: str, english: str) -> None:
    (fault,) = faults(schema, value)
    assert (fault.where, sentence(fault, CHINESE), sentence(fault, ENGLISH)) == (where, chinese, english)


def test_every_missing_name_is_told_and_a_long_list_is_cut() -> None:
    assert [f.args["names"] for f in faults({"required": ["a", "b"]}, {})] == ["a", "b"]
    many = ask(schema={"items": {"type": "string"}}, value=list(range(100)))
    assert (len(many["faults"]), many["more"]) == (60, 40)


def test_a_schema_that_is_none_is_told_with_its_place() -> None:
    (row,) = ask(schema={"properties": {"a": {"type": "text"}}})["faults"]
    assert row["path"] == ["properties", "a", "type"]


@pytest.mark.parametrize(
    "schema",
    [{"$ref": "https://example.com/x.json"}, {"$ref": "#/$defs/none"}, {"$ref": "#"}, {"$ref": "file:///etc/passwd"}],
)
def test_references_that_lead_away_or_round_in_circles_are_errors(schema: Any) -> None:
    assert "error" in ask(schema=schema, value=1)


def test_the_prompt_carries_the_schema_and_the_repair_the_faults() -> None:
    assert with_schema("S", "") == "S"
    assert with_schema("", '{"a": 1}').endswith('{"a": 1}')
    assert "只输出一个 JSON" in with_schema("抽取", "{}")
    fault = SchemaFault(("items", 0), "required", {"names": "价格"})
    assert "- $.items[0]: 缺少 价格" in repair_request([fault], CHINESE, chinese=True)
