"""kill -9 a second after the last touch: window, chat, reading position and draft are as they were left."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from glmdesk.demo.longtext import long_text
from tests.helpers.stored import NIGHTLY, ROOT, answer, stored
from tests.journeys.driver import Person, drive

KILLS = 100 if NIGHTLY else 3
PAUSE = 1.0  # seconds


async def _write_history(profile: Path) -> None:
    async with stored(profile / "glmdesk.db") as store:
        for name in ("one", "two", "three"):
            await store.conversation(name)
            parent = None
            for number in range(6):
                question = await store.say(
                    f"{name} {number}？", f"{name}{number}", conversation_id=name, parent_id=parent
                )
                text = long_text(300 + 400 * number)
                reply = answer(text, f"{name}{number}a", parent=question.id, conversation=name)
                parent = (await store.add_message(reply)).id


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    (tmp_path / "settings.toml").write_text("welcomed = true\nauto_title = false\n", "utf-8")
    asyncio.run(_write_history(tmp_path))
    return tmp_path


def _use_and_kill(profile: Path, seed: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """How the window stood after its start and how it was left."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.left_window", str(seed)],
        cwd=ROOT,
        env=os.environ | {"GLMDESK_HOME": str(profile), "QT_QPA_PLATFORM": "offscreen"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    ) as program:
        assert program.stdout is not None
        found, left = (json.loads(program.stdout.readline()) for _ in range(2))
        time.sleep(PAUSE)  # the pause is what is tested
        program.kill()
    return found, left


@pytest.mark.timeout(3600)
def test_a_killed_window_comes_back_as_it_was_left(profile: Path) -> None:
    before = None
    characters = 0
    for seed in range(KILLS + 1):
        found, left = _use_and_kill(profile, seed)
        assert before is None or found == before, (seed, found, before)
        before = left
        characters += len(left["draft"])
    print(f"\n{KILLS} kills: chat, place, size and {characters} characters of drafts came back")


def test_a_window_that_was_left_narrow_opens_without_its_sidebar(profile: Path) -> None:
    async def leave(person: Person) -> None:
        assert person.window.sidebar.isVisible()
        person.window.resize(640, 560)
        await person.until(lambda: not person.window.sidebar.isVisible(), "it folds")

    async def come_back(person: Person) -> None:
        assert person.window.width() == 640
        assert not person.window.sidebar.isVisible()

    drive(profile, leave)
    drive(profile, come_back)


def test_a_hidden_sidebar_is_kept_at_once_and_not_only_at_the_end(profile: Path) -> None:
    async def body(person: Person) -> None:
        person.window.toggle_sidebar()
        await person.until(lambda: "sidebar_visible = false" in (profile / "settings.toml").read_text("utf-8"), "kept")

    drive(profile, body)


@pytest.mark.parametrize("spot", ["", "{", "[]", '{"message": 1}', '{"message":"one0","piece":99,"position":7,"y":-3}'])
def test_a_place_that_makes_no_sense_is_the_end_of_the_chat_or_its_message(profile: Path, spot: str) -> None:
    (profile / "window.ini").write_text(f"[General]\nchat=one\nspot={json.dumps(spot)}\n", "utf-8")

    async def body(person: Person) -> None:
        await person.until(lambda: person.window.chat.conversation_id == "one", "the chat is open")

    drive(profile, body)
