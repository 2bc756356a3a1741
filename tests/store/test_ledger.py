"""Sums of what was spent, over a real database and against sums made in Python."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from datetime import date, datetime
from pathlib import Path
from time import perf_counter

import pytest

from glmdesk.domain.exchange import Attempt, Exchange
from glmdesk.domain.prices import Cost
from glmdesk.domain.spending import Entry, Grouping, Period, Purpose, Sums, month_of
from glmdesk.domain.usage import Timing, Usage
from glmdesk.store.exchanges import Exchanges
from glmdesk.store.ledger import REST, Ledger
from tests.helpers.stored import Stored, run_child, stored

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


def entry(at: float, number: int = 0, **fields: object) -> Entry:
    values: dict[str, object] = {
        "endpoint_id": "bigmodel",
        "model": "glm-4.5",
        "message_id": f"m{number}",
        "usage": Usage(1000, 100, 1100, 400),
        "cost": Cost(0.5, 0.1),
        "timing": Timing(0.5, 2.5),
        **fields,
    }
    return Entry(at, **values)  # pyright: ignore[reportArgumentType]


def moment(*parts: int) -> float:
    return datetime(*parts).timestamp()  # pyright: ignore[reportArgumentType]


def test_sums_by_day_model_conversation_and_template() -> None:
    dice = random.Random(4)
    entries = [
        entry(
            moment(2026, dice.randint(1, 12), dice.randint(1, 28), dice.randint(0, 23), dice.randint(0, 59)),
            number // 2,
            model=dice.choice(["glm-4.5", "glm-4.5-air"]),
            conversation_id=f"c{dice.randrange(60)}",
            template_id=dice.choice(["", "zh/a", "zh/b"]),
            usage=Usage(dice.randrange(5000), dice.randrange(900), 0, 7),
            cost=dice.choice([None, Cost(dice.random(), 0.01)]),
        )
        for number in range(400)
    ]

    async def body() -> None:
        async with stored() as store:
            ledger = Ledger(store.database)
            for number in range(40):
                await store.conversation(f"c{number}", title=f"talk {number}")
            for one in entries:
                await ledger.add(one)
            report = await ledger.report(YEAR)
            assert len(report.groups[Grouping.DAY]) == 365
            for by, key in (
                (Grouping.DAY, lambda e: datetime.fromtimestamp(e.at).date().isoformat()),
                (Grouping.MODEL, lambda e: e.model),
                (Grouping.TEMPLATE, lambda e: e.template_id),
            ):
                expected: dict[str, list[Entry]] = defaultdict(list)
                for one in entries:
                    expected[key(one)].append(one)
                found = {g.key: g.sums for g in report.groups[by] if g.sums.requests}
                assert found.keys() == expected.keys()
                for name, rows in expected.items():
                    check(found[name], rows)
            check(report.total, entries)
            talks = report.groups[Grouping.CONVERSATION]
            assert len(talks) == 31
            assert talks[-1].key == REST
            (gone,) = [g for g in talks if g.gone]
            assert gone.sums.requests == sum(e.conversation_id in {f"c{n}" for n in range(40, 60)} for e in entries)
            assert sum(g.sums.requests for g in talks) == 400

    asyncio.run(body())


def check(sums: Sums, rows: list[Entry]) -> None:
    assert sums.requests == len(rows)
    assert sums.answers == len({row.message_id for row in rows})
    assert sums.prompt == sum(row.usage.prompt_tokens for row in rows if row.usage)
    assert sums.yuan == pytest.approx(sum(row.cost.yuan for row in rows if row.cost))
    assert sums.unpriced == sum(row.cost is None for row in rows)


def test_a_year_of_ten_thousand_answers_is_summed_fast() -> None:
    dice = random.Random(1)

    async def body() -> float:
        async with stored() as store:
            ledger = Ledger(store.database)
            start, end = YEAR.bounds

            def fill(connection: object) -> None:
                from glmdesk.store.ledger import _INSERT, _row

                rows = [
                    _row(entry(dice.uniform(start, end), n, conversation_id=f"c{n % 500}", model=f"m{n % 5}"))
                    for n in range(10_000)
                ]
                connection.executemany(_INSERT, rows)  # type: ignore[attr-defined]

            await store.database.run(fill)
            began = perf_counter()
            report = await ledger.report(YEAR)
            took = perf_counter() - began
            assert report.total.answers == 10_000
            assert len(report.paces) == 5
            return took

    print(f"report of 10,000 answers: {asyncio.run(body()) * 1000:.0f} ms")


def test_the_demo_counts_where_there_is_nothing_else_and_never_as_money_of_the_month() -> None:
    async def body() -> None:
        async with stored() as store:
            ledger = Ledger(store.database)
            await ledger.add(entry(moment(2026, 5, 5), endpoint_id="demo"))
            report = await ledger.report(YEAR)
            assert (report.only_demo, report.total.answers) == (True, 1)
            assert await ledger.spent(month_of(date(2026, 5, 1))) == 0
            await ledger.add(entry(moment(2026, 5, 6), 1))
            report = await ledger.report(YEAR)
            assert (report.only_demo, report.total.answers) == (False, 1)
            assert await ledger.spent(month_of(date(2026, 5, 31))) == 0.5

    asyncio.run(body())


def test_speed_counts_thought_and_words_from_the_first_token_of_either() -> None:
    async def body() -> None:
        async with stored() as store:
            ledger = Ledger(store.database)
            for number in range(11):  # 100 to 200 tokens in two seconds, most of them thought
                usage = Usage(1000, 100 + 10 * number, 1100, 0, reasoning_tokens=90)
                await ledger.add(
                    entry(moment(2026, 5, 1), number, usage=usage, timing=Timing(0.1 * number, 2 + 0.1 * number))
                )
            await ledger.add(entry(moment(2026, 5, 1), 20, usage=None, timing=Timing(9.0, 9.5)))  # stopped: no speed
            await ledger.add(
                entry(moment(2026, 5, 1), 21, usage=Usage(9, 9, 18), timing=Timing(0.5, 0.51))
            )  # one piece
            (pace,) = (await ledger.report(YEAR)).paces
            assert pace.speed is not None
            assert pace.first is not None
            assert (pace.speed.low, pace.speed.middle, pace.speed.high) == pytest.approx((55, 75, 95))
            assert (pace.first.low, pace.first.middle, pace.first.high) == pytest.approx((0.1, 0.5, 1.0))
            assert pace.answers == 13

    asyncio.run(body())


def test_side_calls_cost_money_but_are_no_answers() -> None:
    async def body() -> None:
        async with stored() as store:
            ledger = Ledger(store.database)
            await ledger.add(entry(moment(2026, 5, 5)))
            await ledger.add(entry(moment(2026, 5, 5), message_id="", purpose=Purpose.TITLE))
            total = (await ledger.report(YEAR)).total
            assert (total.answers, total.requests, total.yuan) == (1, 2, 1.0)

    asyncio.run(body())


DAYS = """
import asyncio, sys
from datetime import date, datetime, timedelta
from glmdesk.domain.spending import Grouping, Period
from glmdesk.store.ledger import Ledger
from tests.helpers.stored import stored
from tests.store.test_ledger import entry

async def main():
    first, last = (date.fromisoformat(day) for day in sys.argv[1:3])
    async with stored() as store:
        ledger = Ledger(store.database)
        period = Period(first, last)
        start, end = period.bounds
        at, number, expected = start, 0, {}
        while at < end:
            day = datetime.fromtimestamp(at).date().isoformat()
            expected[day] = expected.get(day, 0) + 1
            await ledger.add(entry(at, number))
            at, number = at + 900, number + 1
        await ledger.add(entry(start - 1, -1))
        await ledger.add(entry(end, -2))
        report = await ledger.report(period)
        found = {g.key: g.sums.requests for g in report.groups[Grouping.DAY] if g.sums.requests}
        assert found == expected, (found, expected)
        assert report.total.requests == number
        print(*(report_day.sums.requests for report_day in report.groups[Grouping.DAY]))

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("zone", "first", "last", "quarters"),
    [
        ("Asia/Shanghai", "2026-03-28", "2026-03-30", "96 96 96"),
        ("Europe/Berlin", "2026-03-28", "2026-03-30", "96 92 96"),
        ("Europe/Berlin", "2026-10-24", "2026-10-26", "96 100 96"),
        ("America/Sao_Paulo", "2018-11-03", "2018-11-05", "96 92 96"),  # midnight itself is left out
        ("America/Sao_Paulo", "2018-02-17", "2018-02-18", "100 96"),  # and comes twice
        ("Pacific/Apia", "2011-12-29", "2011-12-31", "96 0 96"),  # a day that never was
        ("Asia/Kathmandu", "2026-01-01", "2026-01-01", "96"),
    ],
)
def test_days_begin_and_end_by_the_zone_of_the_computer(zone: str, first: str, last: str, quarters: str) -> None:
    import os

    assert run_child(DAYS, first, last, environment={**os.environ, "TZ": zone}) == [quarters]


def exchange(body: str, at: float = 1.0) -> Exchange:
    return Exchange("POST", "http://x/v4", {"A": "b"}, '{"m": "你好 😀"}', at, (Attempt(body=body, size=len(body)),))


async def talk(store: Stored) -> None:
    await store.conversation()
    for number in range(5):
        await store.say("hi", f"m{number}")


def test_an_exchange_comes_back_as_it_was_and_goes_with_its_message(tmp_path: Path) -> None:
    async def body() -> None:
        async with stored(tmp_path / "d.db") as store:
            await talk(store)
            ledger = Ledger(store.database)
            await ledger.add(entry(1.0, 1), exchange("first"), keep_bytes=10_000)
            await ledger.add(entry(2.0, 1), exchange("second"), keep_bytes=10_000)
        async with stored(tmp_path / "d.db") as store:
            exchanges = Exchanges(store.database)
            assert await exchanges.of("m1") == [exchange("first"), exchange("second")]
            await store.purge("c")
            assert await exchanges.of("m1") == []
            assert (await Ledger(store.database).report(Period(date(1970, 1, 1), date(1970, 1, 2)))).total.requests == 2

    asyncio.run(body())


def test_a_copy_has_the_requests_of_its_answers_and_not_those_of_deleted_ones() -> None:
    async def body() -> None:
        async with stored() as store:
            await talk(store)
            await store.say("gone", "m9", deleted_at=2.0)
            ledger, exchanges = Ledger(store.database), Exchanges(store.database)
            await ledger.add(entry(1.0, 1), exchange("first"), keep_bytes=10_000)
            await ledger.add(entry(2.0, 9), exchange("second"), keep_bytes=10_000)
            for made in (await store.branch("c", "m1", title="b", now=5.0), await store.duplicate("c")):
                found = [await exchanges.of(message.id) for message in await store.messages(made.id)]
                assert [kept for kept in found if kept] == [[exchange("first")]]

    asyncio.run(body())


def test_the_oldest_exchanges_give_way() -> None:
    async def body() -> None:
        async with stored() as store:
            await talk(store)
            ledger, exchanges = Ledger(store.database), Exchanges(store.database)
            noise = random.Random(2)
            for number in range(5):
                text = "".join(chr(noise.randrange(0x4E00, 0x9FFF)) for _ in range(2000))
                await ledger.add(entry(1.0, number), exchange(text), keep_bytes=12_000)
            assert 0 < await exchanges.size() <= 12_000
            assert [bool(await exchanges.of(f"m{n}")) for n in range(5)] == [False, False, False, True, True]
            await exchanges.trim(0)
            assert await exchanges.size() == 0

    asyncio.run(body())


def test_nothing_is_kept_when_nothing_may_be() -> None:
    async def body() -> None:
        async with stored() as store:
            await talk(store)
            await Ledger(store.database).add(entry(1.0, 1), exchange("x"), keep_bytes=0)
            assert await Exchanges(store.database).of("m1") == []

    asyncio.run(body())
