"""The trace: nothing where none is asked for, one JSON line per event where one is."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from glmdesk.compose import compose
from glmdesk.store.files import Profile
from glmdesk.trace import open_trace
from tests.helpers.stored import ROOT
from tests.journeys.driver import Person, drive


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_no_trace_is_held_when_none_is_asked_for(tmp_path: Path) -> None:
    with open_trace({}) as trace:
        assert trace is None

    async def body(person: Person) -> None:
        assert person.window.page.transcript.painted is None
        assert person.program.network._trace is None

    drive(tmp_path, body)


def test_a_trace_that_cannot_be_written_is_told_and_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with open_trace({"GLMDESK_TRACE": str(tmp_path / "no" / "folder")}) as trace:
        assert trace is None
    assert "no trace" in caplog.text


def test_a_line_is_written_at_once(tmp_path: Path) -> None:
    path = tmp_path / "trace"
    with open_trace({"GLMDESK_TRACE": str(path)}) as trace:
        assert trace is not None
        trace.event("ready")
        trace.event("stall", at=12.5, ms=70.0)
        assert _rows(path)[1] == {"event": "stall", "at": 12.5, "ms": 70.0}
        assert _rows(path)[0]["at"] > 0


def test_below_the_window_no_trace_means_no_wrapper(tmp_path: Path) -> None:
    async def body() -> None:
        program = await compose(Profile(tmp_path))
        try:
            assert program.network._trace is None
        finally:
            await program.close()

    asyncio.run(body())


@pytest.mark.timeout(90)
def test_the_program_tells_what_a_question_goes_through(tmp_path: Path) -> None:
    path = tmp_path / "trace"
    done = subprocess.run(
        [sys.executable, "-m", "glmdesk", "--smoke", str(tmp_path / "p.png")],
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "GLMDESK_TRACE": str(path), "GLMDESK_HOME": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    rows = _rows(path)
    first = {name: next(row for row in rows if row["event"] == name) for name in ("ready", "request", "first_byte")}
    last = next(row for row in rows if row["event"] == "last_byte" and row["request"] == first["request"]["request"])
    painted = [row for row in rows if row["event"] == "painted"]
    assert first["ready"]["at"] <= first["request"]["at"] <= first["first_byte"]["at"] <= last["at"]
    assert painted[-1]["characters"] == max(row["characters"] for row in painted) > 20
    assert {row["message"] for row in painted} == {painted[-1]["message"]}
    assert {row["event"] for row in rows} <= {"ready", "request", "first_byte", "last_byte", "painted", "stall"}
