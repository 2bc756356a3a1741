"""What a server says beside the protocol, and what happened to it; capped, without secrets."""

from __future__ import annotations

import re
import threading
import time
from collections import deque

MOST_LINES = 2_000
MOST_CHARACTERS = 1_000  # of one line
_HIDDEN = "•••"
_SHORTEST_SECRET = 4
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f]")


class ServerLog:
    """Lines with their time, the oldest dropped first. May be used from every thread."""

    def __init__(self, lines: int = MOST_LINES) -> None:
        self._lines: deque[str] = deque(maxlen=lines)
        self._secrets: frozenset[str] = frozenset()
        self._lock = threading.Lock()
        self.dropped = 0

    def hide(self, secrets: frozenset[str]) -> None:
        """Texts that are written as dots from now on."""
        self._secrets = frozenset(text for text in secrets if len(text) >= _SHORTEST_SECRET)

    def note(self, text: str) -> None:
        """One line of our own or of the server's."""
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        text = _CONTROL.sub("", text)[:MOST_CHARACTERS]
        with self._lock:
            self.dropped += len(self._lines) == self._lines.maxlen
            self._lines.append(f"{time.strftime('%H:%M:%S')}  {text}")

    def lines(self) -> tuple[str, ...]:
        with self._lock:
            return tuple(self._lines)
