"""A small list in a file of its own, replaced whole: MCP servers, decisions about tools."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Generic, TypeVar

from glmdesk.domain.threads import in_thread
from glmdesk.store.atomic import save_file
from glmdesk.store.codec import whole_text
from glmdesk.store.plain import UnusableError, from_plain, to_plain

_VERSION = 1
Row = TypeVar("Row")


class RowFile(Generic[Row]):
    """`NAME.json` of a profile with rows of one dataclass under the key NAME; without a path nothing is kept, and what
    is `read_only` is left as it is.

    Secrets are in the keyring: a row refers to them.
    """

    def __init__(self, path: Path | None, kind: type[Row], *, read_only: bool = False) -> None:
        self._path = path
        self._kind = kind
        self._read_only = read_only

    def load(self) -> list[Row]:
        """All rows in their order. A damaged file is kept beside as `NAME.json.bad`. Never raises."""
        if self._path is None:
            return []
        try:
            rows = json.loads(self._path.read_bytes())[self._path.stem]
            return [from_plain(self._kind, row) for row in rows]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError, KeyError, RecursionError, UnusableError):
            if not self._read_only:
                _keep_bad(self._path)
            return []

    async def save(self, rows: Sequence[Row]) -> None:
        """Raises StoreError."""
        path = self._path
        if path is None or self._read_only:
            return
        content = {"version": _VERSION, path.stem: [to_plain(row) for row in rows]}
        data = whole_text(json.dumps(content, ensure_ascii=False, indent=1))
        await in_thread(lambda: save_file(path, data.encode()), name=f"glmdesk-{path.stem}")


def _keep_bad(path: Path) -> None:
    try:
        shutil.copyfile(path, path.with_name(path.name + ".bad"))
    except OSError:
        return
