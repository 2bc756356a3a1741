"""How long and how much the client puts up with."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and bytes (glm-api.md §11, decisions.md). `answer` is in characters of text and reasoning."""

    connect: float = 10.0
    write: float = 30.0
    pool: float = 10.0
    idle: float = 300.0
    line: int = 16 * MEGABYTE
    body: int = 32 * MEGABYTE
    answer: int = 16 * MEGABYTE
