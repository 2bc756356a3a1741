"""Colours of code."""

from __future__ import annotations

from glmdesk.markup.highlight import HIGHLIGHT_LIMIT, highlight


def test_runs_name_styles_and_places() -> None:
    text = "def f():\n    return '中文'  # note"
    runs = {text[r.start : r.start + r.length]: r.style for r in highlight(text, "python")}
    assert runs["def"] == "keyword"
    assert runs["f"] == "function"
    assert runs["# note"] == "comment"
    assert "string" in runs.values()


def test_unknown_languages_and_long_texts_stay_plain() -> None:
    assert highlight("x = 1", "no-such-language") == ()
    assert highlight("x = 1", "") == ()
    assert highlight("x = 1\n" * HIGHLIGHT_LIMIT, "python") == ()
