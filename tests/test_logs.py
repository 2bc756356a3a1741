"""The log tells what happened and nothing that could be a key."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from glmdesk.logs import JsonLine, redact


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer canary.secret",
        "{'Authorization': 'canary.secret'}",
        'authorization="canary.secret"',
        "sent with bearer canary.secret to host",
        "key 0123456789abcdef0123456789abcdef.canarysecret1 refused",
    ],
)
def test_anything_that_looks_like_a_key_is_taken_out(text: str) -> None:
    assert "canary" not in redact(text)


def test_a_line_is_one_json_object_with_the_trace() -> None:
    try:
        raise ValueError("Bearer canary")
    except ValueError:
        record = logging.LogRecord("glmdesk", logging.ERROR, "f", 1, "went %s", ("wrong",), sys.exc_info())
    line = JsonLine().format(record)
    row = json.loads(line)
    assert row["message"] == "went wrong"
    assert "ValueError" in row["trace"]
    assert "canary" not in line
