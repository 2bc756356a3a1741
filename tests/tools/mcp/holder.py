"""A program that runs one fake server and waits to be killed: `python -m tests.tools.mcp.holder MODE MARK`."""

from __future__ import annotations

import asyncio
import sys

from glmdesk.domain.servers import ServerState
from tests.tools.mcp.running import fake, servers


async def hold(mode: str, mark: str) -> None:
    async with servers() as running:
        status = await running.started(fake(mode, mark))
        print("ready" if status.state is ServerState.READY else status, flush=True)
        await asyncio.Event().wait()


asyncio.run(hold(sys.argv[1], sys.argv[2]))
