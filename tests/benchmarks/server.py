"""The replay server of the benchmarks, a process of its own: `python -m tests.benchmarks.server LOG`.

A question `{"tokens": 2000, "thought": 300, "rate": 100}` is answered with that many tokens, one event each, on time.
LOG gets one JSON line per answer: (monotonic seconds, answer characters written so far) for every write.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Any

from glmdesk.demo import http, tokens, wire
from glmdesk.demo.http import Exchange
from glmdesk.demo.longtext import long_text, long_thought
from glmdesk.demo.wire import Profile
from tests.helpers.stored import ROOT

Frame = tuple[bytes, int]  # an event and the answer characters up to its end


def frames(order: dict[str, Any]) -> list[Frame]:
    """The events of an answer."""
    stamp, made, length = wire.new_stamp("glm-4.5"), list[Frame](), 0
    for kind, text in (
        ("reasoning_content", long_thought(order["thought"])),
        ("content", long_text(order["tokens"] - order["thought"])),
    ):
        for piece in tokens.pieces(text):
            length += len(piece) if kind == "content" else 0
            delta = {"role": "assistant", kind: piece}
            made.append((wire.frame(wire.chunk(stamp, Profile.MARCH_2026, delta=delta)), length))
    last = wire.chunk(stamp, Profile.MARCH_2026, delta={"role": "assistant", "content": ""}, finish="stop")
    return [*made, (wire.frame(last) + wire.DONE, length)]


class Server:
    """Answers every request as ordered."""

    def __init__(self, log: Path) -> None:
        self._log = log

    async def handle(self, exchange: Exchange) -> None:
        order = json.loads(json.loads(exchange.request.body)["messages"][-1]["content"])
        made = frames(order)
        await exchange.begin(200, [("Content-Type", "text/event-stream")], chunked=True)
        written = await _write(exchange, made, order["rate"])
        with self._log.open("a") as log:
            log.write(json.dumps(written) + "\n")
        await exchange.end()


async def _write(exchange: Exchange, made: list[Frame], rate: float) -> list[tuple[float, int]]:
    """Write `rate` events a second, each in the moment at which it is due."""
    written: list[tuple[float, int]] = []
    rest, start, sent = iter(made), monotonic(), 0
    while sent < len(made):
        due = min(len(made), int((monotonic() - start) * rate) + 1)
        if due > sent:
            batch = list(islice(rest, due - sent))
            sent = due
            await exchange.send(b"".join(data for data, _ in batch))
            written.append((monotonic(), batch[-1][1]))
        await asyncio.sleep(max(0.0, start + sent / rate - monotonic()))
    return written


async def _serve(log: Path) -> None:
    server = await http.start_server(Server(log).handle)
    print(http.port_of(server), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.read)  # until the parent is gone
    server.close()


@contextmanager
def serving(log: Path) -> Generator[str]:
    """The server; yields its base URL."""
    command = [sys.executable, "-m", "tests.benchmarks.server", str(log)]
    with subprocess.Popen(
        command, cwd=ROOT, env=os.environ.copy(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(child.stdout.readline())}/api/paas/v4"
        finally:
            child.stdin.close()
            child.wait(10)


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
