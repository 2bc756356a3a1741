"""What the floor and the window measure alike: CPU time, how late a timer comes, memory."""

from __future__ import annotations

import gc
import os
import time
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer

_BEAT = 5  # milliseconds
_TICK = os.sysconf("SC_CLK_TCK")


def cpu() -> float:
    """Seconds of all threads of this process and of its living children (workers)."""
    return time.process_time() + sum(_child_cpu(pid) for pid in _children())


def _children() -> list[str]:
    return [pid for tasks in Path("/proc/self/task").glob("*/children") for pid in tasks.read_text().split()]


def _child_cpu(pid: str) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICK


def resident() -> float:
    """Kilobytes in memory, garbage collected first."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024


class Beat(QObject):
    """A timer of 5 ms; `late` holds how many milliseconds each of its calls came too late."""

    def __init__(self) -> None:
        super().__init__()
        self.late: list[float] = []
        self._due = time.monotonic() + _BEAT / 1000
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        self._due = time.monotonic() + _BEAT / 1000
        self._timer.start(_BEAT)

    def stop(self) -> None:
        self._timer.stop()

    def _beat(self) -> None:
        now = time.monotonic()
        self.late.append(max(0.0, 1000 * (now - self._due)))
        self._due = now + _BEAT / 1000


def share(values: list[float], part: float) -> float:
    """The value below which `part` of the values lie; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0
