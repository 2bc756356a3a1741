from __future__ import annotations

from datetime import date, timedelta

import pytest
from PySide6.QtWidgets import QApplication

from glmdesk.domain.settings import Language
from glmdesk.domain.spending import Group, Grouping, Period, Report, Sums
from glmdesk.store.ledger import REST as STORED_REST
from glmdesk.ui.usage.bars import REST, Metric, axis_words, bars_of, compact, lines_of, money, named, spent_words
from glmdesk.ui.usage.scale import ticks
from tests.helpers.screens import speak


def report(days: int = 7, **groups: tuple[Group, ...]) -> Report:
    first = date(2026, 3, 2)
    period = Period(first, first + timedelta(days=days - 1))
    calendar = tuple(Group(day, Sums(answers=1, requests=1, yuan=1.0)) for day in period.days)
    by = {Grouping(name): found for name, found in groups.items()}
    return Report(period, Sums(), {Grouping.DAY: calendar, **by}, ())


def title(template_id: str) -> str:
    return template_id.upper()


@pytest.mark.parametrize("most", [0.0003, 0.0214, 0.9, 1, 3, 7, 9.99, 31, 1234, 5_000_000])
def test_an_axis_has_two_to_four_round_steps_that_hold_everything(most: float) -> None:
    marks = ticks(most)
    assert marks[0] == 0
    assert marks[-1] >= most * (1 - 1e-9)
    assert 3 <= len(marks) <= 5
    assert all(mark == int(mark) for mark in ticks(most, whole=True))


def test_an_axis_of_nothing() -> None:
    assert ticks(0) == [0, 1]


@pytest.mark.parametrize(("days", "bars"), [(7, 7), (31, 31), (62, 62), (63, 9), (365, 53), (401, 14)])
def test_a_long_time_has_weeks_and_a_longer_one_months(days: int, bars: int) -> None:
    made = bars_of(report(days), Grouping.DAY, Metric.YUAN, title)
    assert len(made) == bars
    assert sum(bar.sums.answers for bar in made) == days


def test_the_longest_bar_is_on_top_and_the_rest_below() -> None:
    models = (
        Group("a", Sums(yuan=1, prompt=5)),
        Group("b", Sums(yuan=2, prompt=1)),
        Group(REST, Sums(yuan=9, prompt=9)),
    )
    by_yuan = bars_of(report(model=models), Grouping.MODEL, Metric.YUAN, title)
    by_tokens = bars_of(report(model=models), Grouping.MODEL, Metric.TOKENS, title)
    assert [bar.name for bar in by_yuan][:2] == ["b", "a"]
    assert [bar.name for bar in by_tokens][:2] == ["a", "b"]
    assert REST == STORED_REST


def test_only_a_conversation_that_is_there_can_be_opened() -> None:
    talks = (Group("c1", Sums(yuan=2), "Jupiter"), Group("", Sums(yuan=1), gone=True))
    made = bars_of(report(conversation=talks), Grouping.CONVERSATION, Metric.YUAN, title)
    assert [bar.key for bar in made] == ["c1", ""]
    assert made[0].name == "Jupiter"


def test_short_numbers() -> None:
    assert [compact(n) for n in (0, 999, 1500, 2_345_678)] == ["0", "999", "1.5K", "2.35M"]


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "¥0.00"), (0.00003456, "¥0.00003"), (0.0000004, "¥0.0000004"), (0.0042, "¥0.0042"), (14, "¥14.00")],
)
def test_an_amount_is_a_number_however_small(value: float, words: str) -> None:
    assert money(value) == words


@pytest.mark.parametrize("most", [0.00004, 0.0003, 0.0021, 0.0214, 0.07, 0.9, 1.5, 9.99, 31, 1234])
def test_the_labels_of_an_axis_are_exact_and_as_long_as_each_other_and_as_the_amounts_above(most: float) -> None:
    marks = ticks(most)
    words = axis_words(Metric.YUAN, marks)
    assert [float(word.removeprefix("¥")) for word in words] == pytest.approx(marks, rel=1e-9)
    digits = {len(word.partition(".")[2]) for word in words}
    assert len(digits) == 1
    assert digits.pop() >= 2


def test_what_has_no_price_is_not_shown_as_free(qapp: QApplication) -> None:
    speak(qapp, Language.ZH_CN)
    assert spent_words(Sums(requests=2)) == "¥0.00"
    assert spent_words(Sums(requests=2, unpriced=2)) == "未定价"
    assert spent_words(Sums(requests=2, unpriced=1, yuan=1.5)) == "¥1.50"
    models = (Group("own", Sums(requests=2, prompt=5, unpriced=2)),)
    (bar,) = bars_of(report(model=models), Grouping.MODEL, Metric.YUAN, title)
    assert ("花费", "未定价") in lines_of(bar, Metric.YUAN)


def test_every_group_of_a_report_has_a_name_that_can_be_read(qapp: QApplication) -> None:
    speak(qapp, Language.ZH_CN)
    talks = (Group("c1", Sums(), "Jupiter"), Group("c2", Sums()), Group("", Sums(), gone=True), Group(REST, Sums()))
    templates = (Group("zh/a", Sums()), Group("", Sums()))
    groups = named(report(conversation=talks, template=templates, model=(Group("m", Sums()),)), title).groups
    assert [group.label for group in groups[Grouping.CONVERSATION]] == ["Jupiter", "新对话", "已永久删除的对话", "其他"]
    assert [group.label for group in groups[Grouping.TEMPLATE]] == ["ZH/A", "不用模板"]
    assert [group.label for group in groups[Grouping.MODEL]] == ["m"]
