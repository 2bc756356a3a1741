"""What a chart shows, as data: bars of stacked parts with the words of their hover card."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby

from PySide6.QtCore import QDate

from glmdesk.domain.spending import Group, Grouping, Period, Report, Sums
from glmdesk.ui.i18n import locale, tr
from glmdesk.ui.transcript.facts import yuan

_MOST_DAYS, _MOST_WEEKS = 62, 400  # of a calendar whose bars are days, weeks
REST = "\0rest"
_SMALLEST = 0.0001  # yuan that are written with the usual digits


class Metric(StrEnum):
    """What the bars are as long as."""

    YUAN = "yuan"
    TOKENS = "tokens"
    ANSWERS = "answers"


@dataclass(frozen=True, slots=True)
class Part:
    """One colour of a bar: `tone` is a token of the theme, `strength` how much of it (0 to 1)."""

    text_id: str
    tone: str
    strength: float
    of: Callable[[Sums], float]


PARTS: dict[Metric, tuple[Part, ...]] = {
    Metric.YUAN: (
        Part("usage.part.spent", "accent", 1.0, lambda sums: sums.yuan),
        Part("usage.part.saved", "good", 0.45, lambda sums: sums.saved),
    ),
    Metric.TOKENS: (
        Part("usage.part.output", "accent", 1.0, lambda sums: sums.completion),
        Part("usage.part.input", "accent", 0.55, lambda sums: max(sums.prompt - sums.cached, 0)),
        Part("usage.part.cached", "good", 0.45, lambda sums: sums.cached),
    ),
    Metric.ANSWERS: (Part("usage.part.answers", "accent", 1.0, lambda sums: sums.answers),),
}


@dataclass(frozen=True, slots=True)
class Bar:
    """`name` is the whole name, `short` what stands below a column; `key` of the group, '' when it is many."""

    key: str
    name: str
    short: str
    sums: Sums


def bars_of(report: Report, by: Grouping, metric: Metric, template_title: Callable[[str], str]) -> list[Bar]:
    """The bars of one grouping: days in order, everything else from the longest down, the rest last."""
    groups = report.groups[by]
    if by is Grouping.DAY:
        return list(_calendar(groups))
    longest = sorted(groups, key=lambda group: (group.key == REST, -total_of(metric, group.sums)))
    return [_named(group, by, template_title) for group in longest]


def _named(group: Group, by: Grouping, template_title: Callable[[str], str]) -> Bar:
    name = _name(group, by, template_title)
    opens = by is Grouping.CONVERSATION and not group.gone and group.key != REST
    return Bar(group.key if opens else "", name, name, group.sums)


def _name(group: Group, by: Grouping, template_title: Callable[[str], str]) -> str:
    if group.key == REST:
        return tr("usage.name.rest")
    match by:
        case Grouping.CONVERSATION:
            return tr("usage.name.gone") if group.gone else group.label or tr("chat.new")
        case Grouping.TEMPLATE:
            return template_title(group.key) if group.key else tr("usage.name.no_template")
        case _:
            return group.key or tr("usage.name.unknown")


def named(report: Report, template_title: Callable[[str], str]) -> Report:
    """The report with a label for every group, for those who read it elsewhere."""
    groups = {
        by: found if by is Grouping.DAY else tuple(replace(g, label=_name(g, by, template_title)) for g in found)
        for by, found in report.groups.items()
    }
    return replace(report, groups=groups)


def _calendar(groups: Sequence[Group]) -> Iterator[Bar]:
    """Days; weeks or months where there would be too many of them to see."""
    start = _start_of(len(groups))
    for first, days in groupby(groups, key=lambda group: start(date.fromisoformat(group.key))):
        rows = list(days)
        sums = sum((group.sums for group in rows), Sums())
        from_, to = (date.fromisoformat(rows[place].key) for place in (0, -1))
        if len(groups) > _MOST_WEEKS:
            yield Bar("", _text(first, "usage.format.month"), _text(first, "usage.format.month"), sums)
        elif from_ == to:
            yield Bar("", _text(from_, "usage.format.whole_day"), _text(from_, "usage.format.day"), sums)
        else:
            name = tr("usage.format.days", first=_text(from_, "usage.format.day"), last=_text(to, "usage.format.day"))
            yield Bar("", name, _text(from_, "usage.format.day"), sums)


def _start_of(days: int) -> Callable[[date], date]:
    if days <= _MOST_DAYS:
        return lambda day: day
    if days <= _MOST_WEEKS:
        return lambda day: day - timedelta(days=day.weekday())
    return lambda day: day.replace(day=1)


def _text(day: date, format_id: str) -> str:
    return locale().toString(QDate(day.year, day.month, day.day), tr(format_id))


def span_words(period: Period) -> str:
    """The days of a period; a single day stands alone."""
    first, last = (_text(day, "usage.format.whole_day") for day in (period.first, period.last))
    return first if first == last else tr("usage.format.days", first=first, last=last)


def total_of(metric: Metric, sums: Sums) -> float:
    """How long a bar is."""
    return sum(part.of(sums) for part in PARTS[metric])


def amount(metric: Metric, value: float) -> str:
    """A value in words, whole."""
    return money(value) if metric is Metric.YUAN else f"{round(value):,}"


def money(value: float) -> str:
    """Yuan, also of a few tokens: ¥14.00, ¥0.0042, ¥0.00003."""
    if not 0 < value < _SMALLEST:
        return yuan(value)
    return f"¥{value:.{-math.floor(math.log10(value))}f}"


def spent_words(sums: Sums) -> str:
    """What was spent; a group whose requests have no price is not free."""
    return tr("usage.name.unpriced") if sums.unpriced and not sums.yuan else money(sums.yuan)


def axis_words(metric: Metric, marks: Sequence[float]) -> list[str]:
    """The labels of an axis: yuan all with the same digits behind the point, at least two; 12K, 3.4M."""
    if metric is not Metric.YUAN:
        return [compact(value) for value in marks]
    digits = next(n for n in range(2, 20) if all(math.isclose(round(m, n), m, rel_tol=1e-6) for m in marks))
    return [f"¥{value:.{digits}f}" for value in marks]


def compact(value: float) -> str:
    """12, 3.4K, 1.2M."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "K")):
        if value >= size:
            return f"{value / size:.3g}{unit}"
    return f"{value:.3g}"


def lines_of(bar: Bar, metric: Metric) -> list[tuple[str, str]]:
    """(name, value): the parts of a bar, then what else is known of it."""
    sums = bar.sums
    lines = [(tr(part.text_id), amount(metric, part.of(sums))) for part in PARTS[metric]]
    spent = (tr("usage.part.spent"), spent_words(sums))
    if metric is Metric.YUAN:
        lines[0] = spent
    else:
        lines.append(spent)
    if metric is not Metric.TOKENS:
        lines.append((tr("usage.column.tokens"), f"{sums.tokens:,}"))
    if metric is not Metric.ANSWERS:
        lines.append((tr("usage.part.answers"), f"{sums.answers:,}"))
    if sums.unpriced:
        lines.append((tr("usage.unpriced"), f"{sums.unpriced:,}"))
    if sums.untold:
        lines.append((tr("usage.untold"), f"{sums.untold:,}"))
    return lines
