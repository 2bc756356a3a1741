"""`glmdesk ask` without `--save` is paid for like any other question, and keeps none of its words."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from glmdesk.store.files import find_profile
from tests.commands.terminal import Terminal

WORDS = "tell of the tides at Brest"


def set_budget(terminal: Terminal, lines: str) -> None:
    terminal.profile.mkdir(exist_ok=True)
    find_profile(str(terminal.profile)).settings.write_text(lines, "utf-8")


def rows(terminal: Terminal, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(find_profile(str(terminal.profile)).database)) as connection:
        return connection.execute(query).fetchall()


def test_what_is_not_saved_counts_towards_the_budget_and_stops_there(terminal: Terminal) -> None:
    set_budget(terminal, "monthly_budget = 0.000001\n")
    assert terminal.ask(WORDS).code == 0
    ((cost,),) = rows(terminal, "SELECT cost FROM spending")
    assert cost > 0.000001
    ran = terminal.ask(WORDS)
    assert (ran.code, ran.out.strip()) == (3, "")
    assert "budget" in ran.err
    assert "usage page" in ran.err
    assert len(rows(terminal, "SELECT id FROM spending")) == 1


def test_a_budget_that_does_not_stop_lets_every_question_through(terminal: Terminal) -> None:
    set_budget(terminal, "monthly_budget = 0.000001\nbudget_stop = false\n")
    assert [terminal.ask(WORDS).code for _ in range(2)] == [0, 0]
    assert len(rows(terminal, "SELECT id FROM spending")) == 2


def test_the_books_hold_what_was_spent_and_not_a_word(terminal: Terminal) -> None:
    assert terminal.ask("--save", "hello").code == 0
    before = rows(terminal, "SELECT count(*) FROM exchanges")
    assert terminal.ask(WORDS).code == 0
    assert [row[0] for row in rows(terminal, "SELECT conversation_id FROM spending ORDER BY id")][-1] == ""
    assert rows(terminal, "SELECT count(*) FROM exchanges") == before
    assert rows(terminal, "SELECT count(*) FROM conversations") == [(1,)]
    for path in terminal.profile.rglob("*"):
        assert not path.is_file() or WORDS.encode() not in path.read_bytes()


@pytest.mark.parametrize(("budget", "code"), [("", 0), ("monthly_budget = 5.0\n", 2)])
def test_broken_books_stop_a_question_where_a_budget_needs_them(terminal: Terminal, budget: str, code: int) -> None:
    set_budget(terminal, budget)
    find_profile(str(terminal.profile)).database.write_bytes(b"no database" * 100)
    ran = terminal.ask(WORDS)
    assert ran.code == code, ran.err
