"""The journal of decisions about tools: one small file, replaced whole."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from glmdesk.domain.threads import in_thread
from glmdesk.domain.tools import Grant
from glmdesk.store.atomic import write_file
from glmdesk.store.codec import whole_text
from glmdesk.store.faults import from_os
from glmdesk.store.plain import UnusableError, from_plain, to_plain

_VERSION = 1
KEPT = 2_000
"""Decisions that are remembered; the oldest go first, those in force stay."""


class GrantFile:
    """`grants.json` of a profile; None keeps nothing. What cannot be read grants nothing."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def load(self) -> list[Grant]:
        """All decisions, oldest first. A damaged file is kept beside as `grants.json.bad`. Never raises."""
        if self._path is None:
            return []
        try:
            data = json.loads(self._path.read_bytes())
            rows = data["grants"]
            return [from_plain(Grant, row) for row in rows]
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

    async def save(self, grants: Sequence[Grant]) -> None:
        """Raises StoreError."""
        path = self._path
        if path is None:
            return
        rows = [to_plain(grant) for grant in grants]
        data = whole_text(json.dumps({"version": _VERSION, "grants": rows}, ensure_ascii=False, indent=1))
        await in_thread(lambda: _write(path, data.encode()), name="glmdesk-grants")


def _write(path: Path, data: bytes) -> None:
    try:
        write_file(path, data)
    except OSError as error:
        raise from_os(error, path) from error
