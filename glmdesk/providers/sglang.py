"""SGLang: the chat template's argument (glm-api.md §10)."""

from __future__ import annotations

from glmdesk.providers.openai_chat import Profile
from glmdesk.providers.template_switch import OFF, ON

SGLANG = Profile("sglang", ON, OFF, stream_usage=True, think_tags=True)
