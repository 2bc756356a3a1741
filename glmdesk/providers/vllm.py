"""vLLM: the chat template's argument; `reasoning` since November 2025; tags may leak (glm-api.md §10)."""

from __future__ import annotations

from glmdesk.domain.endpoint import DialectName
from glmdesk.providers.openai_chat import Profile
from glmdesk.providers.template_switch import OFF, ON

VLLM = Profile(
    DialectName.VLLM,
    "http://127.0.0.1:8000/v1",
    ON,
    OFF,
    needs_key=False,
    reasoning_field="reasoning",
    stream_usage=True,
    think_tags=True,
)
