"""The list of MCP servers: one small file, replaced whole. Secrets are in the keyring, the file refers to them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from glmdesk.domain.servers import ServerConfig
from glmdesk.domain.threads import in_thread
from glmdesk.store.atomic import write_file
from glmdesk.store.codec import whole_text
from glmdesk.store.faults import from_os
from glmdesk.store.plain import UnusableError, from_plain, to_plain

_VERSION = 1


class ServerFile:
    """`servers.json` of a profile; None keeps nothing."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def load(self) -> list[ServerConfig]:
        """All servers, in the user's order. A damaged file is kept beside as `servers.json.bad`. Never raises."""
        if self._path is None:
            return []
        try:
            rows = json.loads(self._path.read_bytes())["servers"]
            return [from_plain(ServerConfig, row) for row in rows]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError, KeyError, RecursionError, UnusableError):
            self._keep_bad(self._path)
            return []

    def _keep_bad(self, path: Path) -> None:
        try:
            shutil.copyfile(path, path.with_name(path.name + ".bad"))
        except OSError:
            return

    async def save(self, servers: Sequence[ServerConfig]) -> None:
        """Raises StoreError."""
        path = self._path
        if path is None:
            return
        rows = [to_plain(server) for server in servers]
        data = whole_text(json.dumps({"version": _VERSION, "servers": rows}, ensure_ascii=False, indent=1))
        await in_thread(lambda: _write(path, data.encode()), name="glmdesk-servers")


def _write(path: Path, data: bytes) -> None:
    try:
        write_file(path, data)
    except OSError as error:
        raise from_os(error, path) from error
