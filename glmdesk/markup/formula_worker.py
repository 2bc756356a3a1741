"""The process behind `glmdesk --worker formulas`: one JSON line in, one JSON line out, until its input closes."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import BinaryIO

from glmdesk.markup.formulas import FormulaError, draw


def main() -> int:
    """Serve standard input."""
    serve(sys.stdin.buffer, sys.stdout.buffer)
    return 0


def serve(requests: BinaryIO, replies: BinaryIO) -> None:
    """Answer `{"tex", "display"}` with a drawing's fields, or with `{"error"}`."""
    for line in requests:
        replies.write(json.dumps(_answer(line)).encode() + b"\n")
        replies.flush()


def _answer(line: bytes) -> dict[str, object]:
    try:
        request = json.loads(line)
        return asdict(draw(str(request["tex"]), display=bool(request["display"])))
    except (FormulaError, ValueError, KeyError, TypeError) as error:
        return {"error": str(error)}
    except RecursionError:
        return {"error": "deep"}
