"""The process behind `glmdesk --worker documents`: one JSON line in, one out; its memory is limited."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from glmdesk.documents.base import Unreadable
from glmdesk.documents.reader import read

_MEMORY = 2 << 30  # bytes of address space; libraries and a package of the largest size fit


def main() -> int:
    """Serve standard input."""
    limit_memory(_MEMORY)
    serve(sys.stdin.buffer, sys.stdout.buffer)
    return 0


def limit_memory(size: int) -> None:
    """Where the system has such limits; elsewhere the time limit is the only one."""
    if sys.platform == "win32":
        return
    import resource

    with suppress(ValueError, OSError):  # a lower limit is in force already
        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def serve(requests: BinaryIO, replies: BinaryIO) -> None:
    """Answer `{"path"}` with the fields of a Reading, or with `{"error"}`, the id of a sentence."""
    for line in requests:
        replies.write(json.dumps(_answer(line)).encode() + b"\n")
        replies.flush()


def _answer(line: bytes) -> dict[str, object]:
    try:
        return asdict(read(Path(json.loads(line)["path"])))
    except Unreadable as error:
        return {"error": error.kind}
    except (FileNotFoundError, NotADirectoryError):
        return {"error": "file_missing"}
    except OSError as error:
        return {"error": "file_locked", "reason": error.strerror or type(error).__name__}
    except MemoryError:
        return {"error": "file_bomb"}
    except RecursionError:
        return {"error": "file_damaged"}
