"""Schemas as texts: mistakes with their place, limits, and what is made from an example or a form."""

from __future__ import annotations

import json
import random
import time

import pytest

from glmdesk.domain.json_places import json_path, line_and_column, places
from glmdesk.domain.json_schema import (
    DEEPEST,
    LONGEST,
    SchemaUnusable,
    read_schema,
    schema_from_example,
    wants_object,
)
from glmdesk.domain.patterns import is_safe


def problem(text: str) -> tuple[str, int, int]:
    with pytest.raises(SchemaUnusable) as caught:
        read_schema(text)
    first = caught.value.problems[0]
    return first.text_id.removeprefix("structured."), first.line, first.column


def test_a_mistake_in_the_json_has_its_line_and_column() -> None:
    assert problem('{\n  "type": "object"\n  "x": 1\n}') == ("json.comma", 3, 3)
    assert problem('{\n  "type" "object"}')[:2] == ("json.colon", 2)
    assert problem("") == ("schema.empty", 1, 1)
    assert problem("[1]") == ("schema.not_object", 1, 1)
    assert problem('{"minimum": NaN}')[0] == "json.number"


def test_what_is_not_allowed_is_shown_where_it_stands() -> None:
    remote = '{\n  "properties": {\n    "a": {\n      "$ref": "https://example.com/a.json"\n    }\n  }\n}'
    assert problem(remote) == ("schema.remote", 4, 15)
    assert problem('{"$schema":\n "http://json-schema.org/draft-07/schema#"}') == ("schema.draft", 2, 2)
    assert problem('{"properties":{"a":{"type":"string",\n"pattern":"^(a+)+$"}}}') == ("schema.pattern", 2, 11)


def test_names_and_examples_are_no_rules() -> None:
    schema = {"properties": {"$ref": {"type": "string"}, "pattern": {"enum": [{"$ref": "https://a"}]}}}
    assert read_schema(json.dumps(schema)) == schema
    assert read_schema('{"$ref": "#/$defs/a", "$defs": {"a": {}}}')


def test_size_and_depth_are_limited() -> None:
    assert problem('{"a":"' + "x" * LONGEST + '"}')[0] == "schema.too_long"
    deep = '{"items":' * (DEEPEST + 2) + "{}" + "}" * (DEEPEST + 2)
    assert problem(deep)[0] == "schema.too_deep"
    assert problem('{"a":' * 20_000 + "1" + "}" * 20_000)[0] == "schema.too_deep"
    assert problem(json.dumps({"enum": list(range(9_000))}))[0] == "schema.too_many"


def test_places_agree_with_what_is_there() -> None:
    numbers = random.Random(7)

    def made(depth: int) -> object:
        kind = numbers.randrange(5) if depth else numbers.randrange(3)
        if kind == 3:
            return [made(depth - 1) for _ in range(numbers.randrange(4))]
        if kind == 4:
            return {numbers.choice(['a"', "b\\", "，", "", "x:{["]) + str(i): made(depth - 1) for i in range(3)}
        return [1.5, 'wo "rt", {', None][kind]

    def check(value: object, path: tuple[str | int, ...]) -> None:
        assert json.JSONDecoder().raw_decode(text, known[path])[0] == value
        for key, item in (
            value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ())
        ):
            check(item, (*path, key))

    for _ in range(200):
        value = made(4)
        text = json.dumps(value, ensure_ascii=False, indent=numbers.choice([None, 2]))
        known = places(text)
        check(value, ())


def test_a_path_is_written_as_json_path() -> None:
    assert json_path(("items", 2, "price", "a b")) == '$.items[2].price["a b"]'
    assert line_and_column("ab\ncd", 4) == (2, 2)


@pytest.mark.parametrize(
    "pattern",
    [
        r"^(a+)+$",
        r"(a|a)*b",
        r"(\d+)*x",
        r"(.*)*",
        r"(a)\1",
        r"(x+x+)+y",
        "a" * 600,
        "(",
        r"^(([a-z])+.)+[A-Z]([a-z])+$",
    ],
)
def test_patterns_that_may_never_end_are_refused(pattern: str) -> None:
    assert not is_safe(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        r"^\d{4}-\d{2}-\d{2}$",
        r"^[A-Z]+-\d+$",
        r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
        r"^(foo|bar)$",
        r"^https?://",
        r"^(\d{3}-){2}\d+$",
    ],
)
def test_everyday_patterns_are_allowed_and_end(pattern: str) -> None:
    import re

    assert is_safe(pattern)
    started = time.process_time()
    for text in ("a" * 2000, "1" * 2000, "@" * 2000, "a@" * 1000, "1-" * 1000):
        re.search(pattern, text)
    assert time.process_time() - started < 2


def test_an_example_makes_a_schema_that_it_fits() -> None:
    schema = schema_from_example({"name": "a", "rows": [{"n": 1, "x": None}, {"n": 2.5}], "tags": []})
    assert schema["required"] == ["name", "rows", "tags"]
    assert schema["additionalProperties"] is False
    row = schema["properties"]["rows"]["items"]
    assert row["properties"] == {"n": {"type": "number"}, "x": {"type": "null"}}
    assert row["required"] == ["n"]
    assert schema["properties"]["tags"] == {"type": "array", "items": {}}
    assert schema_from_example([1, "a"])["items"] == {"type": ["integer", "string"]}


def test_only_an_object_can_be_asked_for_as_an_object() -> None:
    assert wants_object({"type": "object"})
    assert wants_object({})
    assert not wants_object({"type": "array"})
