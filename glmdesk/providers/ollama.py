"""Ollama's /v1: `reasoning_effort` is its only switch there (glm-api.md §10)."""

from __future__ import annotations

from glmdesk.domain.endpoint import DialectName
from glmdesk.providers.openai_chat import Profile

OLLAMA = Profile(
    DialectName.OLLAMA,
    {"reasoning_effort": "medium"},
    {"reasoning_effort": "none"},
    reasoning_field="reasoning",
    stream_usage=True,
    think_tags=True,
)
