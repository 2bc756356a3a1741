"""`GLMDESK_TRACE=FILE`: one JSON line per event, so that anyone can measure the program from outside."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TextIO

log = logging.getLogger("glmdesk")

VARIABLE = "GLMDESK_TRACE"


class TraceFile:
    """Satisfies `domain.ports.Trace`. A line is written at once: the program may be killed the moment after."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def event(self, name: str, *, at: float | None = None, **fields: float | str) -> None:
        row = {"event": name, "at": round(monotonic() if at is None else at, 6), **fields}
        self._file.write(json.dumps(row) + "\n")


@contextmanager
def open_trace(environment: Mapping[str, str] = os.environ) -> Generator[TraceFile | None]:
    """The trace that the environment asks for; None when it asks for none or the file cannot be written."""
    path = environment.get(VARIABLE)
    if not path:
        yield None
        return
    try:
        file = Path(path).open("a", encoding="utf-8", buffering=1)  # noqa: SIM115 (closed below)
    except OSError as error:
        log.warning("no trace: %s", error)
        yield None
        return
    with file:
        yield TraceFile(file)
