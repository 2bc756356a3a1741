"""vLLM: the chat template's argument; `reasoning` since November 2025; tags may leak (glm-api.md §10)."""

from __future__ import annotations

from glmdesk.domain.endpoint import DialectName
from glmdesk.providers.openai_chat import Profile
from glmdesk.providers.template_switch import OFF, ON

VLLM = Profile(
    DialectName.VLLM,
    ON,
    OFF,
    reasoning_field="reasoning",
    stream_usage=True,
    think_tags=True,
)
