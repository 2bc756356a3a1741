"""Runs inside a private D-Bus session with a display: starts ibus with pinyin, types, and prints what was heard.

The sequence: `nihao` is typed in pinyin, Enter ends the composition, a second Enter sends.
"""

import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable

from tests.ui.composer.method_window import TITLE

LIMIT = 40.0


def until(found: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + LIMIT
    while not found():
        if time.monotonic() > end:
            raise SystemExit(f"never happened: {what}")
        time.sleep(0.1)


def output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, timeout=LIMIT).stdout.strip()


class Window:
    def __init__(self) -> None:
        environment = os.environ | {"QT_QPA_PLATFORM": "xcb", "QT_IM_MODULE": "ibus"}
        command = [sys.executable, "-m", "tests.ui.composer.method_window"]
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        self.lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line.strip())

    def wait_for(self, prefix: str | tuple[str, ...]) -> list[str]:
        """The lines up to the first that starts so."""
        seen: list[str] = []
        end = time.monotonic() + LIMIT
        while not seen or not seen[-1].startswith(prefix):
            try:
                seen.append(self.lines.get(timeout=max(0.0, end - time.monotonic())))
            except queue.Empty:
                raise SystemExit(f"never said: {prefix}; said {seen}") from None
        return seen


def compose(window: Window) -> list[str]:
    """Type until the input method takes the keys: it may answer before it has taken over the focused field."""
    for _ in range(8):
        output("xdotool", "type", "--delay", "120", "nihao")
        seen = window.wait_for(("composing", "text nihao"))
        if seen[-1].startswith("composing"):
            return seen
        output("xdotool", "key", "--delay", "60", "--repeat", "5", "BackSpace")
        time.sleep(1)
    raise SystemExit("the input method never took the keys")


def main() -> None:
    started = [subprocess.Popen(["openbox"]), subprocess.Popen(["ibus-daemon", "-xR", "--panel", "disable"])]
    window = Window()
    try:
        until(lambda: "(null)" not in output("ibus", "address"), "ibus answers")
        found = output("xdotool", "search", "--sync", "--name", TITLE).split()[0]
        output("xdotool", "windowactivate", "--sync", found)
        window.wait_for("focus Editor")
        until(lambda: output("ibus", "engine", "libpinyin") == "" and output("ibus", "engine") == "libpinyin", "pinyin")
        print(*compose(window), sep="\n")
        output("xdotool", "key", "Return")
        print(*window.wait_for("text"), sep="\n")
        output("xdotool", "key", "Return")
        print(*window.wait_for("sent"), sep="\n")
    finally:
        for process in (window.process, *reversed(started)):
            process.kill()
            process.wait()


if __name__ == "__main__":
    main()
