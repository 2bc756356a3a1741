"""A schema as a form and back: nothing of it is lost."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glmdesk.domain.json_schema import read_schema
from glmdesk.domain.schema_form import KEPT, MOST_FIELDS, Form, FormField, form_of, schema_from_form

_NAMES = st.sampled_from(["name", "价格", "tags", "address", "a b", "x.y"])
_LEAVES: st.SearchStrategy[Any] = st.sampled_from(
    [
        {"type": "string"},
        {"type": "string", "minLength": 2, "description": " 两行\n说明 "},
        {"type": "string", "enum": ["新, 旧", "旧"]},
        {"type": "string", "enum": ["a", None]},
        {"type": "string", "format": "date"},
        {"type": "string", "format": "date", "pattern": "^2"},
        {"type": "integer", "enum": [1, 2], "title": "T"},
        {"type": "number", "enum": [1, 2.5]},
        {"type": "number", "minimum": 0},
        {"type": "boolean", "default": True},
        {"type": "boolean", "enum": [True]},
        {"type": "array", "items": {"type": "string", "enum": ["甲"]}, "maxItems": 3},
        {"type": "array", "items": {"type": "integer"}},
        {"type": "array"},
        {"type": ["string", "null"]},
        {"anyOf": [{"type": "string"}, {"type": "null"}], "description": 7},
        {"$ref": "#/$defs/one"},
        {"type": "object", "properties": {"street": {"type": "string"}}, "required": ["street"]},
        {"description": ""},
        True,
    ]
)


@st.composite
def objects(draw: st.DrawFn) -> dict[str, Any]:
    properties = draw(st.dictionaries(_NAMES, _LEAVES, max_size=4))
    made: dict[str, Any] = {"type": "object", "properties": properties}
    if required := draw(st.lists(st.sampled_from(["name", "价格", "elsewhere"]), unique=True, max_size=3)):
        made["required"] = required
    for key, value in (("additionalProperties", False), ("title", "T"), ("minProperties", 1)):
        if draw(st.booleans()):
            made[key] = value
    return made


@st.composite
def schemas(draw: st.DrawFn) -> dict[str, Any]:
    row = draw(objects())
    root = {"$defs": {"one": {"type": "string"}}} if draw(st.booleans()) else {}
    if not draw(st.booleans()):
        return row | root
    listed = {"rows": {"type": "array", "items": row}}
    return {"type": "object", "properties": listed, "required": ["rows"], "additionalProperties": False} | root


@given(schemas(), st.booleans())
def test_a_schema_goes_into_a_form_and_comes_out_the_same(schema: dict[str, Any], with_many: bool) -> None:
    form = form_of(schema, with_many=with_many)
    assert form is not None
    assert schema_from_form(form) == schema


def test_a_form_makes_a_schema() -> None:
    fields = (
        FormField("名称", description="商品名"),
        FormField("等级", "integer", required=False, choices=("1", "2", "x")),
        FormField("标签", "strings", choices=("新", "旧")),
        FormField(" "),
    )
    schema = schema_from_form(Form(fields, many=True))
    row = schema["properties"]["items"]["items"]
    assert row["required"] == ["名称", "标签"]
    assert row["properties"]["等级"] == {"type": "integer", "enum": [1, 2]}
    assert row["properties"]["标签"] == {"type": "array", "items": {"type": "string", "enum": ["新", "旧"]}}
    assert row["properties"]["名称"]["description"] == "商品名"
    assert read_schema(json.dumps(schema)) == schema


def test_the_rows_of_a_list_are_the_fields_of_the_form() -> None:
    fields = (FormField("名称"), FormField("日期", "date", required=False))
    form = form_of(schema_from_form(Form(fields, many=True, list_name="rows")), with_many=True)
    assert form is not None
    assert (form.many, form.list_name) == (True, "rows")
    assert [(each.name, each.kind, each.required) for each in form.fields] == [
        ("名称", "string", True),
        ("日期", "date", False),
    ]
    assert form.kept == []


def test_what_a_form_cannot_show_is_named_and_kept_while_the_rest_changes() -> None:
    schema = {
        "type": "object",
        "properties": {"地址": {"anyOf": [{"type": "string"}]}, "价格": {"type": "number", "minimum": 0}},
        "required": ["价格"],
        "title": "商品",
    }
    form = form_of(schema, with_many=True)
    assert form is not None
    assert form.kept == ["title", "地址 (anyOf)", "价格 (minimum)"]
    address, price = form.fields
    assert address.kind == KEPT
    renamed = replace(price, name="单价", description="元", choices=("1.5",))
    made = schema_from_form(replace(form, fields=(replace(address, required=True), renamed)))
    assert made["properties"]["地址"] == {"anyOf": [{"type": "string"}]}
    assert made["properties"]["单价"] == {"type": "number", "minimum": 0, "description": "元", "enum": [1.5]}
    assert (made["required"], made["title"]) == (["地址", "单价"], "商品")


def test_a_field_of_another_type_begins_anew() -> None:
    form = form_of({"type": "object", "properties": {"x": {"type": "number", "minimum": 0}}}, with_many=False)
    assert form is not None
    made = schema_from_form(replace(form, fields=(replace(form.fields[0], kind="string"),)))
    assert made["properties"]["x"] == {"type": "string"}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "items": {}},
        {"anyOf": [{}]},
        {"type": "object", "properties": {" x": {}}},
        {"type": "object", "properties": {f"f{n}": {} for n in range(MOST_FIELDS + 1)}},
        {"type": "object", "required": [1]},
    ],
    ids=["a list", "no type", "a name with spaces", "too many", "odd"],
)
def test_what_is_beyond_a_form_is_said_to_be(schema: dict[str, Any]) -> None:
    assert form_of(schema, with_many=True) is None
