"""The log of what can be undone, in a real database, and after it was closed and opened again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from glmdesk.domain.conversation import path_to
from glmdesk.domain.message import Message, Status
from glmdesk.domain.part import TextPart
from glmdesk.domain.prices import Cost
from glmdesk.store.commands import Command, CommandLog
from tests.helpers.stored import Stored, answer, stored

DAY = 86_400.0
NOW = 1_800_000_000.0


def run(body: Callable[[Stored, CommandLog], Awaitable[None]], path: Path | None = None, clock: float = NOW) -> None:
    async def main() -> None:
        async with stored(path, clock=clock) as store:
            await body(store, CommandLog(store.database))

    asyncio.run(main())


async def talk(store: Stored, turns: int = 2) -> None:
    """q1 a1 q2 a2 …"""
    await store.conversation()
    before: str | None = None
    for n in range(1, turns + 1):
        await store.say(f"question {n}", f"q{n}", parent_id=before)
        await store.add_message(answer(f"answer {n}", f"a{n}", parent=f"q{n}"))
        before = f"a{n}"


async def shown(store: Stored) -> list[str]:
    return [m.id for m in path_to(await store.messages("c"), (await store.get("c")).leaf_id)]


def test_a_deleted_turn_is_not_shown_nor_found_and_comes_back() -> None:
    async def body(store: Stored, log: CommandLog) -> None:
        await talk(store)
        await log.do(Command("delete", "c", leaf="a2", after="a2", removed=("a1",)))
        assert await shown(store) == ["q1", "q2", "a2"]
        assert [h.message_id for h in await store.search("answer")] == ["a2"]
        done = await log.undo("c")
        assert done is not None
        assert (done.kind, done.conversation_id) == ("delete", "c")
        assert await shown(store) == ["q1", "a1", "q2", "a2"]
        assert [h.message_id for h in await store.search("answer")] == ["a2", "a1"]
        assert await log.undo("c") is None

    run(body)


def test_redo_does_it_again_until_something_new_is_done() -> None:
    async def body(store: Stored, log: CommandLog) -> None:
        await talk(store)
        await log.do(Command("delete", "c", leaf="a2", after="a2", removed=("a1",)))
        await log.do(Command("delete_from", "c", leaf="a2", after="q1", removed=("q2", "a2")))
        assert await shown(store) == ["q1"]
        await log.undo("c")
        await log.undo("c")
        assert await shown(store) == ["q1", "a1", "q2", "a2"]
        await log.redo("c")
        assert await shown(store) == ["q1", "q2", "a2"]
        await log.redo("c")
        assert await shown(store) == ["q1"]
        assert await log.redo("c") is None
        await log.undo("c")
        await log.do(Command("delete", "c", leaf="a2", after="a2", removed=("q2",)))
        assert await log.redo("c") is None

    run(body)


def test_a_branch_that_was_added_goes_and_what_was_shown_before_returns() -> None:
    async def body(store: Stored, log: CommandLog) -> None:
        await talk(store)
        await log.do(Command("regenerate", "c", leaf="a2", added=("a3",)))
        await store.add_message(answer("other", "a3", parent="q2"))
        await log.undo("c")
        assert await shown(store) == ["q1", "a1", "q2", "a2"]
        await log.redo("c")
        assert await shown(store) == ["q1", "a1", "q2", "a3"]

    run(body)


def test_what_was_built_upon_a_new_branch_is_not_taken_away() -> None:
    async def body(store: Stored, log: CommandLog) -> None:
        await talk(store)
        await log.do(Command("regenerate", "c", leaf="a2", added=("a3",)))
        await store.add_message(answer("other", "a3", parent="q2"))
        await store.say("go on", "q3", parent_id="a3")
        await log.undo("c")
        assert await shown(store) == ["q1", "a1", "q2", "a2"]
        assert all(m.deleted_at is None for m in await store.messages("c"))

    run(body)


def test_an_undo_after_going_on_elsewhere_does_not_move_the_reader() -> None:
    async def body(store: Stored, log: CommandLog) -> None:
        await talk(store)
        await log.do(Command("delete_from", "c", leaf="a2", after="a1", removed=("q2", "a2")))
        await store.say("another way", "q3", parent_id="a1")
        await log.undo("c")
        assert await shown(store) == ["q1", "a1", "q3"]
        assert all(m.deleted_at is None for m in await store.messages("c"))

    run(body)


def test_a_rewritten_turn_gets_its_words_status_and_cost_back() -> None:
    async def body(store: Stored, log: CommandLog) -> None:
        await talk(store)
        cut = replace((await store.messages("c"))[-1], status=Status.STOPPED, cost=Cost(0.5, 0.25))
        await store.save_message(cut)
        await log.do(Command("continue", "c", leaf="a2", after="a2", kept=(cut,)))
        whole: Message = replace(cut, status=Status.COMPLETE, parts=(TextPart("whole"),), cost=Cost(1.0))
        await store.save_message(whole)
        await log.undo("c")
        assert (await store.messages("c"))[-1] == cut
        assert await store.search("whole") == []
        await log.redo("c")
        assert (await store.messages("c"))[-1] == whole

    run(body)


def test_a_conversation_in_the_bin_comes_back_from_anywhere_and_a_made_one_goes() -> None:
    async def body(store: Stored, log: CommandLog) -> None:
        await talk(store)
        await store.conversation("d")
        await log.do(Command("branch", "c", made="d"))
        await log.do(Command("delete_conversation", "c", binned="c"))
        assert [c.id for c in await store.list()] == ["d"]
        await log.undo("")
        assert {c.id for c in await store.list()} == {"c", "d"}
        await log.undo("c")
        assert [c.id for c in await store.list()] == ["c"]
        await log.redo("c")
        assert {c.id for c in await store.list()} == {"c", "d"}

    run(body)


def test_a_conversation_restored_in_another_way_is_not_restored_again() -> None:
    async def body(store: Stored, log: CommandLog) -> None:
        await store.conversation()
        await log.do(Command("delete_conversation", "c", binned="c"))
        await log.drop("c", "delete_conversation")
        assert await log.undo("") is None

    run(body)


def test_forty_deletions_are_undone_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "d.db"

    async def delete(store: Stored, log: CommandLog) -> None:
        await talk(store, 20)
        for n in range(20, 0, -1):
            for key in (f"a{n}", f"q{n}"):
                await log.do(Command("delete", "c", leaf="a20", after="a20", removed=(key,)))
        assert await shown(store) == []

    async def undo(store: Stored, log: CommandLog) -> None:
        for count in range(1, 41):
            assert await log.undo("c") is not None
            assert len(await shown(store)) == count
        assert await log.undo("c") is None
        assert len(await store.search("question", 50)) == 20

    run(delete, path)
    run(undo, path)


def test_after_thirty_days_deleted_words_are_gone_and_what_follows_them_stays(tmp_path: Path) -> None:
    path = tmp_path / "d.db"

    async def delete(store: Stored, log: CommandLog) -> None:
        await talk(store, 3)
        await log.do(Command("delete", "c", leaf="a3", after="a3", removed=("a1",)))
        await log.do(Command("delete_from", "c", leaf="a3", after="a2", removed=("q3", "a3")))

    async def early(store: Stored, log: CommandLog) -> None:
        assert await log.forget_old() == 0

    async def late(store: Stored, log: CommandLog) -> None:
        assert await log.forget_old() == 3
        left = {m.id: m for m in await store.messages("c")}
        assert set(left) == {"q1", "a1", "q2", "a2"}
        assert (left["a1"].parts, left["a1"].damaged) == ((), False)
        assert await shown(store) == ["q1", "q2", "a2"]
        assert await log.undo("c") is None
        assert await log.forget_old() == 0

    run(delete, path)
    run(early, path, NOW + 29 * DAY)
    run(late, path, NOW + 31 * DAY)
    assert b"answer 1" not in path.read_bytes()


def test_a_deleted_leaf_that_is_forgotten_hands_on_to_what_came_before() -> None:
    async def body(store: Stored, log: CommandLog) -> None:
        await talk(store)
        await log.do(Command("delete", "c", leaf="a2", after="a2", removed=("a2",)))
        await store.database.run(lambda c: c.execute("UPDATE messages SET deleted_at = 1 WHERE id = 'a2'") and None)
        await log.forget_old()
        assert await shown(store) == ["q1", "a1", "q2"]

    run(body)


def test_a_branch_has_the_shown_path_alone_and_says_so() -> None:
    async def body(store: Stored, log: CommandLog) -> None:
        await talk(store)
        await store.add_message(answer("variant", "a3", parent="q2"))
        await log.do(Command("delete", "c", leaf="a3", after="a3", removed=("a1",)))
        made = await store.branch("c", "a2", title="c · 分支", now=5.0)
        messages = await store.messages(made.id)
        assert [m.text for m in messages] == ["question 1", "question 2", "answer 2"]
        assert (made.title, made.title_is_auto, made.leaf_id) == ("c · 分支", False, messages[-1].id)
        assert [m.parent_id for m in messages] == [None, messages[0].id, messages[1].id]
        assert len(await store.search("variant")) == 1

    run(body)


def test_a_copy_holds_no_deleted_words() -> None:
    async def body(store: Stored, log: CommandLog) -> None:
        await talk(store)
        await log.do(Command("delete", "c", leaf="a2", after="a2", removed=("a1",)))
        copy = await store.duplicate("c")
        messages = await store.messages(copy.id)
        assert [m.text for m in messages] == ["question 1", "", "question 2", "answer 2"]
        assert [m.text for m in path_to(messages, copy.leaf_id)] == ["question 1", "question 2", "answer 2"]

    run(body)
