"""The table that spreadsheets read."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest

from glmdesk.domain.spending import Group, Grouping, Period, Report, Sums
from glmdesk.exporters.usage_csv import usage_csv

DAY = date(2026, 11, 23)


def rows(*groups: Group) -> list[dict[str, str]]:
    text = usage_csv(Report(Period(DAY, DAY), Sums(), {Grouping.CONVERSATION: groups}, ()))
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_small_amounts_are_written_out_and_counts_of_what_is_missing_stand_beside() -> None:
    (row,) = rows(Group("c1", Sums(requests=5, yuan=0.0000552, saved=14.0, unpriced=2, untold=1), "木星，土星"))
    assert (row["yuan"], row["yuan_saved"]) == ("0.0000552", "14.0")
    assert (row["unpriced_requests"], row["requests_without_usage"]) == ("2", "1")
    assert row["name"] == "木星，土星"


@pytest.mark.parametrize("title", ['=HYPERLINK("http://x")', "\n=1", "＝cmd()", "|calc", "%0A", "@x"])
def test_a_title_is_never_a_formula(title: str) -> None:
    (row,) = rows(Group("c1", Sums(), title))
    assert row["name"] == f"'{title}"


def test_the_rest_and_deleted_conversations_have_names() -> None:
    named = rows(Group("", Sums(), "已永久删除的对话", gone=True), Group("\0rest", Sums(), "其他"))
    assert [(row["key"], row["name"]) for row in named] == [("", "已永久删除的对话"), ("others", "其他")]
