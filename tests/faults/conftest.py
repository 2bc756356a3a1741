"""One server and a profile for the rows, and the table of them at the end of the run."""

from __future__ import annotations

import re
from collections.abc import Generator
from pathlib import Path

import pytest

from glmdesk.domain.errors import Retry
from glmdesk.providers import retry
from tests.helpers.server import demo_server

_ROW = re.compile(r"test_row_(\d\d)_")
_rows: dict[int, bool] = {}
_left_out: dict[int, str] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """A row passes when each phase of each of its tests did."""
    found = _ROW.search(report.nodeid)
    if found and (report.when == "call" or report.failed):
        row = int(found[1])
        _rows[row] = _rows.get(row, True) and report.passed
    elif found and report.skipped and isinstance(report.longrepr, tuple):
        _left_out[int(found[1])] = report.longrepr[2]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """`row: pass|fail`, one line each; rows that did not run say why."""
    if _rows:
        terminalreporter.section("rows of the fault table")
    for row, passed in sorted(_rows.items()):
        terminalreporter.write_line(f"row {row}: {'pass' if passed else 'fail'}")
    for row, reason in sorted(_left_out.items()):
        if row not in _rows:
            terminalreporter.write_line(f"row {row}: not run: {reason.removeprefix('Skipped: ')}")


@pytest.fixture(scope="session")
def url() -> Generator[str]:
    """The demo server, as fast as it goes."""
    with demo_server() as address:
        yield address


@pytest.fixture(scope="session")
def slow() -> Generator[str]:
    """The demo server at the pace of a quick model."""
    with demo_server(rate=200) as address:
        yield address


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """The folder of somebody who has been here before."""
    (tmp_path / "settings.toml").write_text("welcomed = true\nauto_title = false\n", "utf-8")
    return tmp_path


@pytest.fixture
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Countdowns of a blink: what is tested is what comes after them."""
    monkeypatch.setattr(retry, "_SCHEDULES", {Retry.SHORT: (0.05,), Retry.LONG: (0.05,)})
