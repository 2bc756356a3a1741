"""The embedded demo server as an endpoint, started when it is first needed."""

from __future__ import annotations

import asyncio

from glmdesk.demo.process import DemoProcess
from glmdesk.domain.endpoint import DialectName, Endpoint
from glmdesk.domain.secret import Secret

DEMO_ID = "demo"
DEMO_DIALECT = DialectName.BIGMODEL
DEMO_KEY = Secret("glm-desk-demo")  # the demo server wants a key as the real one does, and takes any


class DemoService:
    """One server process per program; it ends with the program."""

    def __init__(self) -> None:
        self._process: DemoProcess | None = None
        self._endpoint: Endpoint | None = None
        self._starting = asyncio.Lock()

    async def start(self) -> Endpoint:
        """The demo endpoint; starts the server the first time."""
        async with self._starting:
            if self._endpoint is None:
                self._process = DemoProcess()
                url = await self._process.start()
                self._endpoint = Endpoint(DEMO_ID, "Demo", DEMO_DIALECT, url, needs_key=False)
            return self._endpoint

    async def close(self) -> None:
        if self._process is not None:
            await self._process.close()
        self._process = self._endpoint = None
