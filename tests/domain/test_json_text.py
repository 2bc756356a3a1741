"""Single values in other programs' JSON files; everything else stays byte for byte."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glmdesk.domain.json_text import JsonProblem, JsonText

ODD = (
    '\ufeff{\r\n\t"permissions" : { "allow":["Bash(ls)" , "x\\u0041"],"deny": [ ] },\r\n'
    '\r\n\t"n": 1e3,\r\n\t"env": {"A":"1"}\r\n}\r\n\r\n'
)


def test_a_value_is_replaced_where_it_stands() -> None:
    assert JsonText('{"a" :  1 , "b":2}').put(["a"], '"x"').text == '{"a" :  "x" , "b":2}'


def test_a_new_value_follows_the_last_one_in_the_file_s_own_style() -> None:
    assert JsonText('{\n    "a": 1\n}\n').put(["b"], "2").text == '{\n    "a": 1,\n    "b": 2\n}\n'
    assert JsonText('{"a":1,"b":2}').put(["c"], "3").text == '{"a":1,"b":2,"c":3}'
    assert JsonText('{"a": 1, "b": 2}').put(["c"], "3").text == '{"a": 1, "b": 2, "c": 3}'


def test_objects_on_the_way_are_made() -> None:
    assert JsonText("").put(["env", "A"], '"1"').text == '{\n  "env": {\n    "A": "1"\n  }\n}\n'
    assert JsonText('{\n\t"x": 1\n}').put(["env", "A"], "2").text == '{\n\t"x": 1,\n\t"env": {\n\t\t"A": 2\n\t}\n}'


def test_line_ends_indentation_and_a_byte_order_mark_stay() -> None:
    changed = JsonText(ODD).put(["env", "B"], '"2"').put(["apiKeyHelper"], '"h"')
    expected = ODD.replace('"A":"1"', '"A":"1", "B" : "2"')
    assert changed.text == expected.replace("}\r\n}\r\n", '},\r\n\t"apiKeyHelper" : "h"\r\n}\r\n')
    assert changed.without(["env", "B"]).without(["apiKeyHelper"]).text == ODD


@pytest.mark.parametrize("name", ["first", "middle", "last"])
def test_a_removed_value_takes_its_comma_along(name: str) -> None:
    text = '{\n "first": [1, {"}": 2}],\n "middle": "a,}",\n "last": {}\n}'
    left = JsonText(text).without([name])
    expected = {key: value for key, value in json.loads(text).items() if key != name}
    assert json.loads(left.text) == expected
    assert left.text.count("\n") == text.count("\n") - 1


def test_the_only_value_leaves_an_empty_object() -> None:
    assert JsonText('{"env": {\n "A": 1\n}}').without(["env", "A"]).text == '{"env": {}}'


@pytest.mark.parametrize(
    ("text", "reason", "line"),
    [
        ('{\n"a": 1,\n}', "syntax", 3),
        ('{"a": 1', "syntax", 1),
        ('{\n// no\n"a": 1}', "syntax", 2),
        ("[]", "shape", 1),
        ("null", "shape", 1),
        ('{"a": NaN}', "syntax", 1),
        ("[" * 100_000, "syntax", 1),
    ],
)
def test_what_is_no_object_is_refused_with_its_line(text: str, reason: str, line: int) -> None:
    with pytest.raises(JsonProblem) as caught:
        JsonText(text)
    assert (caught.value.reason, caught.value.line) == (reason, line)


def test_a_name_that_is_there_twice_is_refused() -> None:
    with pytest.raises(JsonProblem) as caught:
        JsonText('{"env": {\n"A": 1,\n"A": 2}}').put(["env", "A"], "3")
    assert (caught.value.reason, caught.value.line, caught.value.found) == ("twice", 3, "A")


def test_a_value_in_the_place_of_an_object_is_refused() -> None:
    with pytest.raises(JsonProblem) as caught:
        JsonText('{"env": "A=1"}').put(["env", "A"], "3")
    assert (caught.value.reason, caught.value.found) == ("shape", "env")


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(st.text(max_size=3), values, max_size=4)


@given(objects, st.sampled_from([None, 0, 2, "\t"]), st.text(max_size=3), values)
def test_generated_files_change_in_one_place_only(found: dict[str, Any], indent: Any, name: str, value: Any) -> None:
    found.pop("env", None)
    text = JsonText(json.dumps(found, indent=indent, ensure_ascii=False))
    changed = text.put(["env", name], json.dumps(value))
    assert json.loads(changed.text) == {**found, "env": {name: value}}
    assert json.loads(changed.without(["env"]).text) == found
    if found:
        assert changed.without(["env"]).text == text.text
