"""Rows 15 and 16: many starts at once, and locks of programs that are gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from glmdesk.ui.single_instance import SingleInstance
from tests.helpers.stored import NIGHTLY, ROOT, child
from tests.helpers.systems import posix_only

STARTS = 20 if NIGHTLY else 4
LINK = "glmdesk://chat?q=hello"


@contextmanager
def _starts(profile: Path, count: int) -> Generator[list[subprocess.Popen[bytes]]]:
    environment = os.environ | {"GLMDESK_HOME": str(profile), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "glmdesk", "--demo"]
    with (profile / "said.txt").open("wb") as said:
        running = [subprocess.Popen(command, cwd=ROOT, env=environment, stdout=said, stderr=said) for _ in range(count)]
        try:
            yield running
        finally:
            for process in running:
                process.kill()
                process.wait()


def _ended(process: subprocess.Popen[bytes], one_ended: threading.Semaphore) -> None:
    process.wait()
    one_ended.release()


@posix_only("SIGTERM")
@pytest.mark.timeout(300)
def test_row_15_of_many_starts_at_once_one_stays_and_the_others_hand_over(profile: Path) -> None:
    one_ended = threading.Semaphore(0)
    with _starts(profile, STARTS) as running:
        for process in running:
            threading.Thread(target=_ended, args=(process, one_ended), daemon=True).start()
        for _ in range(STARTS - 1):
            assert one_ended.acquire(timeout=200)
        (window,) = [process for process in running if process.poll() is None]
        assert [process.returncode for process in running if process is not window] == [0] * (STARTS - 1)
        window.send_signal(signal.SIGTERM)
        assert window.wait(60) == 0
    assert (profile / "said.txt").read_text("utf-8") == ""


# A start beside the first one: a line for each time it knocked, and at last whether it is the first.
SECOND = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from glmdesk.ui.single_instance import SingleInstance

class Told(SingleInstance):
    def _knock(self, link):
        heard = super()._knock(link)
        print("heard" if heard else "knocked", flush=True)
        return heard

app = QCoreApplication([])
print(Told(Path(sys.argv[1])).acquire(sys.argv[2]), flush=True)
"""


@contextmanager
def _second(folder: Path) -> Generator[Iterator[str]]:
    with child(SECOND, folder, LINK) as process:
        assert process.stdout is not None
        yield (line.strip() for line in process.stdout)


def test_row_15_a_start_while_the_first_one_is_still_starting_is_heard_later(
    tmp_path: Path, qapp: QApplication
) -> None:
    first, links = SingleInstance(tmp_path), list[str]()
    first.link_wanted.connect(links.append)
    assert first.acquire()
    with _second(tmp_path) as said:
        assert [next(said), next(said)] == ["knocked", "knocked"]
        first.listen()
        while not links:
            qapp.processEvents()
        assert list(said)[-2:] == ["heard", "False"]
    first.release()
    qapp.processEvents()  # what was to be deleted later is deleted before its parent
    assert links == [LINK]


def test_row_15_a_start_while_the_first_one_is_ending_takes_its_place(tmp_path: Path, qapp: QApplication) -> None:
    first = SingleInstance(tmp_path)
    assert first.acquire()
    first.listen()
    first.deafen()
    with _second(tmp_path) as said:
        assert next(said) == "knocked"
        first.release()
        assert list(said)[-1] == "True"


@pytest.mark.parametrize("pid", [2**22 + 1, 1])
def test_row_16_the_lock_of_a_dead_program_or_of_a_stranger_keeps_nobody_out(
    tmp_path: Path, qapp: QApplication, pid: int
) -> None:
    first = SingleInstance(tmp_path)
    assert first.acquire()
    lock = tmp_path / "instance.lock"
    _, name, *rest = lock.read_text("utf-8").split("\n")
    first.release()
    lock.write_text("\n".join([str(pid), name, *rest]), "utf-8")
    again = SingleInstance(tmp_path)
    assert again.acquire()
    again.release()
