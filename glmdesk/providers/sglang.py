"""SGLang: the chat template's argument (glm-api.md §10)."""

from __future__ import annotations

from glmdesk.domain.endpoint import DialectName
from glmdesk.providers.openai_chat import Profile
from glmdesk.providers.template_switch import OFF, ON

SGLANG = Profile(
    DialectName.SGLANG,
    ON,
    OFF,
    stream_usage=True,
    think_tags=True,
)
