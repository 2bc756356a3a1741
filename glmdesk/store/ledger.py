"""What was spent, request by request, and the sums over it; all in SQL."""

from __future__ import annotations

import sqlite3
from itertools import groupby
from typing import Any

from glmdesk.domain.exchange import Exchange
from glmdesk.domain.spending import Entry, Group, Grouping, Pace, Period, Report, Sums, spread_of
from glmdesk.store.codec import whole_text
from glmdesk.store.database import Database
from glmdesk.store.exchanges import keep

_MOST_GROUPS = 30  # bars of a chart that is no calendar; what is beyond them is one bar
REST = "\0rest"
_INSERT = """
INSERT INTO spending (
    message_id, at, conversation_id, purpose, template_id, endpoint_id, model,
    prompt, cached, completion, reasoning, cost, saved, first_token, total
) VALUES (
    :message_id, :at, :conversation_id, :purpose, :template_id, :endpoint_id, :model,
    :prompt, :cached, :completion, :reasoning, :cost, :saved, :first_token, :total
)
"""
_SUMS = """
count(DISTINCT iif(purpose = 'answer', message_id, NULL)), count(*), coalesce(sum(prompt), 0),
coalesce(sum(cached), 0), coalesce(sum(completion), 0), coalesce(sum(cost), 0.0), coalesce(sum(saved), 0.0),
count(iif(cost IS NULL AND prompt IS NOT NULL, 1, NULL)),
count(iif(prompt IS NULL AND first_token IS NOT NULL, 1, NULL))
"""
_WITHIN = "at >= :start AND at < :end AND (endpoint_id = 'demo') = :demo"
_KEYS = {
    Grouping.DAY: "date(at, 'unixepoch', 'localtime')",
    Grouping.MODEL: "model",
    Grouping.CONVERSATION: "conversation_id",
    Grouping.TEMPLATE: "template_id",
}
_PACES = f"""
SELECT model, first_token, iif(total - first_token > 0.05, completion / (total - first_token), NULL) AS speed
FROM spending WHERE {_WITHIN} AND purpose = 'answer' ORDER BY model
"""  # noqa: S608 (our own words)


class Ledger:
    """All calls raise StoreError when the database cannot do its part."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, entry: Entry, exchange: Exchange | None = None, *, keep_bytes: int = 0) -> None:
        """Enter a request; its exchange is kept as long as all of them together are at most `keep_bytes`."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(_INSERT, _row(entry))
            keep(connection, entry.message_id, exchange, keep_bytes)

        await self._database.run(work)

    async def spent(self, period: Period) -> float:
        """Yuan in a period, without the demo."""
        query = f"SELECT coalesce(sum(cost), 0.0) FROM spending WHERE {_WITHIN}"  # noqa: S608 (our own words)
        start, end = period.bounds
        values = {"start": start, "end": end, "demo": 0}
        return await self._database.read(lambda connection: float(connection.execute(query, values).fetchone()[0]))

    async def report(self, period: Period) -> Report:
        """Sums by every grouping, and the paces. Scripted answers of the demo count where there is nothing else."""
        return await self._database.read(lambda connection: _report(connection, period))

    async def first_day(self) -> str:
        """The local day of the oldest entry, `YYYY-MM-DD`; '' when there is none."""
        query = "SELECT date(min(at), 'unixepoch', 'localtime') FROM spending"
        return await self._database.read(lambda connection: connection.execute(query).fetchone()[0] or "")

    async def answer_sizes(self, model: str, *, newest: int = 200) -> list[int]:
        """Output tokens of a model's newest answers, sorted."""
        query = (
            "SELECT completion FROM (SELECT completion FROM spending WHERE model = ? AND purpose = 'answer' "
            "AND completion > 0 ORDER BY at DESC LIMIT ?) ORDER BY completion"
        )

        def work(connection: sqlite3.Connection) -> list[int]:
            return [int(row[0]) for row in connection.execute(query, (model, newest))]

        return await self._database.read(work)


def _row(entry: Entry) -> dict[str, Any]:
    usage, cost = entry.usage, entry.cost
    return {
        "message_id": entry.message_id,
        "at": entry.at,
        "conversation_id": entry.conversation_id,
        "purpose": entry.purpose.value,
        "template_id": whole_text(entry.template_id),
        "endpoint_id": entry.endpoint_id,
        "model": whole_text(entry.model),
        "prompt": usage.prompt_tokens if usage else None,
        "cached": usage.cached_tokens if usage else None,
        "completion": usage.completion_tokens if usage else None,
        "reasoning": usage.reasoning_tokens if usage else None,
        "cost": cost.yuan if cost else None,
        "saved": cost.saved if cost else None,
        "first_token": entry.timing.first_token,
        "total": entry.timing.total,
    }


def _report(connection: sqlite3.Connection, period: Period) -> Report:
    start, end = period.bounds
    values: dict[str, Any] = {"start": start, "end": end, "demo": 0}
    total = _total(connection, values)
    only_demo = False
    if not total.requests:
        values["demo"] = 1
        total = _total(connection, values)
        only_demo = total.requests > 0
    groups = {by: _groups(connection, by, values) for by in Grouping}
    groups[Grouping.DAY] = _calendar(groups[Grouping.DAY], period)
    return Report(period, total, groups, _paces(connection, values), only_demo)


def _total(connection: sqlite3.Connection, values: dict[str, Any]) -> Sums:
    query = f"SELECT {_SUMS} FROM spending WHERE {_WITHIN}"  # noqa: S608 (our own words)
    return Sums(*connection.execute(query, values).fetchone())


def _groups(connection: sqlite3.Connection, by: Grouping, values: dict[str, Any]) -> tuple[Group, ...]:
    query = f"SELECT {_KEYS[by]} AS key, {_SUMS} FROM spending WHERE {_WITHIN} GROUP BY key"  # noqa: S608 (our words)
    found = [Group(str(row[0]), Sums(*list(row)[1:])) for row in connection.execute(query, values)]
    if by is Grouping.DAY:
        return tuple(found)
    if by is Grouping.CONVERSATION:
        found = _titled(connection, found)
    found.sort(key=lambda group: (-group.sums.yuan, -group.sums.tokens, group.key))
    kept, rest = found[:_MOST_GROUPS], found[_MOST_GROUPS:]
    if rest:
        kept.append(Group(REST, sum((group.sums for group in rest), Sums())))
    return tuple(kept)


def _titled(connection: sqlite3.Connection, groups: list[Group]) -> list[Group]:
    """With the titles of conversations; those that are gone for good are one group."""
    titles = {row["id"]: row["title"] for row in connection.execute("SELECT id, title FROM conversations")}
    known = [Group(group.key, group.sums, titles[group.key]) for group in groups if group.key in titles]
    gone = [group.sums for group in groups if group.key not in titles]
    return [*known, Group("", sum(gone, Sums()), gone=True)] if gone else known


def _calendar(found: tuple[Group, ...], period: Period) -> tuple[Group, ...]:
    """Every day of the period, with or without requests."""
    known = {group.key: group for group in found}
    return tuple(known.get(day) or Group(day, Sums()) for day in period.days)


def _paces(connection: sqlite3.Connection, values: dict[str, Any]) -> tuple[Pace, ...]:
    made: list[Pace] = []
    rows: list[sqlite3.Row] = connection.execute(_PACES, values).fetchall()
    for model, of_model in groupby(rows, key=_model):
        told = [(row["first_token"], row["speed"]) for row in of_model]
        first, speed = (sorted(pair[place] for pair in told if pair[place] is not None) for place in (0, 1))
        made.append(Pace(model, len(told), spread_of(speed), spread_of(first)))
    return tuple(sorted(made, key=lambda pace: -pace.answers))


def _model(row: sqlite3.Row) -> str:
    return str(row["model"])
