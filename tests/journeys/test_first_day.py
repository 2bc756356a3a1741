"""The whole window over the real demo server, a real keyring and a real profile; and no trace of the key."""

from __future__ import annotations

import base64
import subprocess
import sys
import threading
import urllib.parse
from pathlib import Path

import pytest

from tests.helpers.desktop import desktop_session
from tests.helpers.server import demo_server

KEY = "canary7f3a9d21.Zq8secretW5tail"
TEMPLATE = "qa/medium"


class Watch:
    """Looks at the arguments and environments of a process and its children while they run."""

    def __init__(self, pid: int) -> None:
        self.seen: list[str] = []
        self._pid = pid
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def _look(self) -> None:
        while not self._stop.wait(0.05):
            for pid in [self._pid, *_children(self._pid)]:
                for name in ("cmdline", "environ"):
                    try:
                        self.seen.append(Path(f"/proc/{pid}/{name}").read_bytes().decode("utf-8", "replace"))
                    except OSError:
                        continue

    def end(self) -> list[str]:
        self._stop.set()
        self._thread.join()
        return self.seen


def _children(pid: int) -> list[int]:
    """All processes below `pid`."""
    try:
        own = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    direct = [int(child) for child in own]
    return direct + [below for child in direct for below in _children(child)]


def _phase(name: str, profile: Path, environment: dict[str, str]) -> tuple[str, list[str]]:
    """Run one phase of the day; its output and what /proc showed meanwhile. The key goes in through a pipe."""
    command = [sys.executable, "-m", "tests.journeys.first_day", name, str(profile)]
    with subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as child:
        watch = Watch(child.pid)
        output, _ = child.communicate(KEY + "\n", timeout=100)
        seen = watch.end()
    assert child.returncode == 0, output
    return output, seen


def _shapes(key: str) -> list[str]:
    raw = key.encode()
    return [key, key[:12], base64.b64encode(raw).decode(), urllib.parse.quote(key, safe=""), raw.hex()]


@pytest.mark.skipif(sys.platform != "linux", reason="the keyring daemon and /proc of Linux")
def test_a_first_day_from_the_key_to_the_restart_and_the_key_is_nowhere(tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    with desktop_session() as session, demo_server(rate=150) as url:
        environment = session | {
            "QT_QPA_PLATFORM": "offscreen",
            "LC_ALL": "C.UTF-8",
            "JOURNEY_URL": url,
            "JOURNEY_TEMPLATE": TEMPLATE,
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }
        first, seen_first = _phase("morning", profile, environment)
        second, seen_second = _phase("evening", profile, environment)
    assert first.split("ANSWER")[1] == second.split("ANSWER")[1]
    texts = [first, second, *seen_first, *seen_second]
    texts += [path.read_bytes().decode("latin-1") for path in profile.rglob("*") if path.is_file()]
    assert len(seen_first) > 2
    for shape in _shapes(KEY):
        assert not any(shape in text for text in texts), f"the key was left behind as {shape[:4]}…"
