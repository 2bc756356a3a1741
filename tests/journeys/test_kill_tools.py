"""kill -9 of the real program while a tool runs: every call has one answer after it, and nothing runs on."""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from glmdesk.compose import Composition, compose
from glmdesk.domain.endpoint import DialectName, Endpoint
from glmdesk.domain.message import Message, Status
from glmdesk.domain.part import Outcome, ToolResultPart
from glmdesk.domain.secret import Secret
from glmdesk.store.files import Profile
from tests.helpers.server import demo_server
from tests.helpers.stored import NIGHTLY, ROOT

KILLS = 60 if NIGHTLY else 4
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes with names and file locks of POSIX")

# Says through a named pipe that it runs, and holds a lock for as long as it lives.
CODE = """
import fcntl, time
held = open({lock!r}, "w")
fcntl.flock(held, fcntl.LOCK_EX)
with open({pipe!r}, "w") as told:
    told.write("on")
time.sleep(3600)
"""


def start(profile: Path, url: str, question: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "glmdesk", "ask", "--save", "--endpoint", url, "--key-env", "A_KEY"]
    return subprocess.Popen(
        [*command, "--tool", "get_time", "--tool", "run_python", question],
        cwd=ROOT,
        env=os.environ | {"GLMDESK_HOME": str(profile), "A_KEY": "a.b"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def order(lock: Path, pipe: Path, number: int) -> str:
    code = CODE.format(lock=str(lock), pipe=str(pipe))
    return f'/tool get_time {{"zone": "UTC"}}\n/tool run_python {json.dumps({"code": code})}\n{number}'


def wait_until_free(lock: Path) -> None:
    """Returns when nobody holds the lock; fails after some seconds."""
    import fcntl

    def take() -> None:
        with lock.open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)

    taker = threading.Thread(target=take, daemon=True)
    taker.start()
    taker.join(20)
    assert not taker.is_alive(), "the code runs on without the program"


async def continued(program: Composition, question: str) -> tuple[Message, Message]:
    """The answer as the next start finds it, and after Continue."""
    desk = program.desk
    await desk.history.tidy()
    for conversation in await desk.history.list():
        transcript = await desk.chat.open(conversation.id)
        if not transcript.rows[0].message.text.endswith(f"\n{question}"):
            continue
        found = transcript.rows[-1].message
        await desk.chat.continue_answer(conversation.id, found.id)
        await desk.chat.until_idle(conversation.id)
        transcript.take_changes()
        return found, transcript.rows[-1].message
    raise AssertionError("the conversation is lost")


def next_start(profile: Path, url: str, question: str) -> tuple[Message, Message]:
    async def body() -> tuple[Message, Message]:
        program = await compose(Profile(profile))
        try:
            endpoint = Endpoint("command-line", "Test", DialectName.BIGMODEL, url)
            program.desk.endpoints.add_for_session(endpoint, Secret("a.b"))
            await program.desk.settings.change(python_tool=False)
            return await continued(program, question)
        finally:
            await program.close()

    return asyncio.run(body())


def check(found: Message, went_on: Message) -> None:
    assert found.status is Status.INTERRUPTED
    assert went_on.status is Status.COMPLETE, "the server takes only calls that have one answer each"
    answers = Counter(part.call_id for part in went_on.of(ToolResultPart))
    assert {call.call_id: 1 for call in went_on.tool_calls} == answers
    running = [call.call_id for call in found.tool_calls if call.name == "run_python"]
    outcomes = [part.outcome for part in went_on.of(ToolResultPart) if part.call_id in running]
    assert outcomes == [Outcome.INTERRUPTED] * len(running)


@pytest.mark.timeout(1800 if NIGHTLY else 120)
def test_after_a_kill_every_call_has_one_answer_and_the_answer_can_go_on(tmp_path: Path) -> None:
    dice = random.Random(5)
    profile = tmp_path / "profile"
    profile.mkdir()
    recorded = 0
    with demo_server() as url:
        for number in range(KILLS):
            (profile / "settings.toml").write_text("python_tool = true\n", "utf-8")
            lock, pipe = tmp_path / f"lock{number}", tmp_path / f"pipe{number}"
            os.mkfifo(pipe)
            process = start(profile, url, order(lock, pipe, number))
            assert pipe.read_text("utf-8") == "on"
            time.sleep(dice.choice((0.0, dice.uniform(0.0, 1.5))))  # the moment of the kill is what is tested
            process.kill()
            process.wait()
            wait_until_free(lock)
            found, went_on = next_start(profile, url, str(number))
            check(found, went_on)
            recorded += bool(found.tool_calls)
    assert recorded == KILLS, "a call is on the disk before it runs"
