"""The log file: one JSON object a line, rotated, with nothing in it that could be a key."""

from __future__ import annotations

import json
import logging
import re
from logging.handlers import RotatingFileHandler
from pathlib import Path

_SIZE, _KEPT = 1_000_000, 3
# `Bearer …`, an Authorization header, and the provider's `id.secret` shape.
_SECRETS = re.compile(
    r"(?i)(bearer\s+)\S+"
    r"|(authorization['\"]?\s*[:=]\s*['\"]?(?:bearer\s+)?)[^\s'\",}]+"
    r"|\b[0-9a-f]{32}\.[A-Za-z0-9]{8,}\b"
)
_LOUD = ("httpx", "httpcore")  # their DEBUG lines print headers


def redact(text: str) -> str:
    """The text with everything that looks like a key taken out."""
    return _SECRETS.sub(lambda m: (m.group(1) or m.group(2) or "") + "•••", text)


class JsonLine(logging.Formatter):
    """Time, level, logger, message, and the trace of an exception without its local values."""

    def format(self, record: logging.LogRecord) -> str:
        row = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "message": redact(record.getMessage()),
        }
        if record.exc_info:
            row["trace"] = redact(self.formatException(record.exc_info))
        return json.dumps(row, ensure_ascii=False)


def start_logging(folder: Path) -> None:
    """Write warnings and worse to `folder`/glmdesk.log. A folder that cannot be written is no reason to stop."""
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
    logger = logging.getLogger("glmdesk")
    logger.setLevel(logging.INFO)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            folder / "glmdesk.log", maxBytes=_SIZE, backupCount=_KEPT, encoding="utf-8", delay=True
        )
    except OSError:
        return
    handler.setFormatter(JsonLine())
    logger.addHandler(handler)
