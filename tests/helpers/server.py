"""The embedded server for tests: the real process, on a free port."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from glmdesk.demo.process import DemoProcess

FAST = 0  # tokens per second: as fast as it goes


@contextmanager
def demo_server(*, rate: float = FAST, profile: str = "2026-03") -> Generator[str, None, None]:
    """Start the real server process; yields its base URL, `http://127.0.0.1:PORT/api/paas/v4`."""
    process = DemoProcess(rate=rate, profile=profile)
    try:
        yield f"http://127.0.0.1:{process.launch()}/api/paas/v4"
    finally:
        process.shut()
