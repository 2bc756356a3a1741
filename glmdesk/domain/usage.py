"""Token counts of one answer (glm-api.md §5)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one request. `cached_tokens` is a part of `prompt_tokens`, `reasoning_tokens` of `completion_tokens`.

    `reasoning_tokens` is None where the server does not say (glm-4.5 in 2025).
    """

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0
    cached_tokens: int = 0
    reasoning_tokens: int | None = None

    def __add__(self, other: Usage) -> Usage:
        thought = [count for count in (self.reasoning_tokens, other.reasoning_tokens) if count is not None]
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.total_tokens + other.total_tokens,
            self.cached_tokens + other.cached_tokens,
            sum(thought) if thought else None,
        )


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds since the request was sent, by the monotonic clock; None until it happened."""

    first_token: float | None = None
    total: float | None = None
