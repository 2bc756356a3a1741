"""Compares start times on X11: `python packaging/starts.py build/release/light/glmdesk/glmdesk [--rounds 5] [--cold]`.

The frozen program and the checkout take turns; a start ends when the window is on the screen. Needs xdotool.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_LIMIT = 30.0  # seconds
_LOOK = 0.02


def main(arguments: list[str] | None = None) -> int:
    """Prints medians in seconds as JSON; returns 1 when the frozen program takes over 1.5 times as long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cold", action="store_true", help="the system forgets both programs' files before each start")
    options = parser.parse_args(arguments)
    commands = {"frozen": [str(options.program.resolve())], "checkout": [sys.executable, "-m", "glmdesk"]}
    folders = {"frozen": options.program.resolve().parent, "checkout": Path(sys.prefix)}
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        for name in commands:
            start(commands[name], Path(home) / name)  # the first start makes the database
        for _ in range(options.rounds):
            for name, command in commands.items():
                if options.cold:
                    forget(folders[name])
                taken[name].append(start(command, Path(home) / name))
    medians = {name: [statistics.median(column) for column in zip(*rows, strict=True)] for name, rows in taken.items()}
    ratios = [frozen / checkout for frozen, checkout in zip(medians["frozen"], medians["checkout"], strict=True)]
    result = {name: dict(zip(("wall", "cpu"), row, strict=True)) for name, row in medians.items()}
    print(json.dumps(result | {"ratio": dict(zip(("wall", "cpu"), ratios, strict=True))}, indent=1))
    return 0 if max(ratios) <= 1.5 else 1


def start(command: list[str], profile: Path) -> tuple[float, float]:
    """Start, wait for the window, quit: (wall, CPU) seconds until it was on the screen. Raises TimeoutError."""
    begin = time.monotonic()
    environment = os.environ | {"GLMDESK_HOME": str(profile), "QT_QPA_PLATFORM": "xcb"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        while not _shown(process.pid):
            if time.monotonic() - begin > _LIMIT or process.poll() is not None:
                raise TimeoutError(f"{command[0]} showed no window")
            time.sleep(_LOOK)
        return time.monotonic() - begin, _processor_seconds(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(_LIMIT)


def _shown(pid: int) -> bool:
    command = ["xdotool", "search", "--onlyvisible", "--pid", str(pid), "--name", "GLM Desk"]
    return bool(subprocess.run(command, capture_output=True, check=False).stdout)


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def forget(folder: Path) -> None:
    """Drop the files of a folder from the system's memory, nobody else's."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


if __name__ == "__main__":
    sys.exit(main())
