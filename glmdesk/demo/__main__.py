"""`python -m glmdesk.demo`: the embedded server; ends when its standard input closes."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import sys
import threading
from collections.abc import Sequence

from glmdesk.demo import http
from glmdesk.demo.faults import describe
from glmdesk.demo.process import OPTIONS_VARIABLE
from glmdesk.demo.server import DEFAULT_RATE, DemoServer
from glmdesk.demo.wire import Profile

_PARENT_LOOK = 2.0  # seconds between looks at the parent, for a parent whose pipe somebody else holds open


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until standard input closes or the parent is gone; the first line says `listening PORT`."""
    given = sys.argv[1:] if arguments is None else arguments
    options = _parser().parse_args([*os.environ.get(OPTIONS_VARIABLE, "").split(), *given])
    if options.list:
        print(describe())
        return 0
    try:
        asyncio.run(_serve(options))
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="glmdesk.demo", description=main.__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--rate", type=float, default=DEFAULT_RATE, help="tokens per second, 0: as fast as it goes")
    parser.add_argument("--profile", type=Profile, choices=list(Profile), default=Profile.MARCH_2026)
    parser.add_argument("--parent-pid", type=int, default=0, help="end when this process is gone")
    parser.add_argument("--list", action="store_true", help="print the faults by name and end")
    return parser


async def _serve(options: argparse.Namespace) -> None:
    server = await http.start_server(DemoServer(rate=options.rate, profile=options.profile).handle, options.port)
    # By number: a program without a console has pipes, but may have no sys.stdin and sys.stdout.
    os.write(1, f"listening {http.port_of(server)}\n".encode())
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    # A daemon thread: a blocked read of standard input must not hold the process.
    threading.Thread(target=_watch_input, args=(loop, over), daemon=True).start()
    await _until_over(over, options.parent_pid)
    server.close()


def _watch_input(loop: asyncio.AbstractEventLoop, over: asyncio.Event) -> None:
    with contextlib.suppress(OSError, RuntimeError):  # no standard input at all, or the loop has ended first
        while os.read(0, 4096):
            continue
        loop.call_soon_threadsafe(over.set)


async def _until_over(over: asyncio.Event, parent: int) -> None:
    while not over.is_set():
        try:
            await asyncio.wait_for(over.wait(), _PARENT_LOOK)
        except TimeoutError:
            if parent and hasattr(os, "getppid") and os.getppid() != parent:
                return


if __name__ == "__main__":
    raise SystemExit(main())
