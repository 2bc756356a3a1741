"""llama.cpp's server: the chat template's argument with `--jinja` (glm-api.md §10)."""

from __future__ import annotations

from glmdesk.domain.endpoint import DialectName
from glmdesk.providers.openai_chat import Profile
from glmdesk.providers.template_switch import OFF, ON

LLAMA_CPP = Profile(
    DialectName.LLAMA_CPP,
    ON,
    OFF,
    stream_usage=True,
    think_tags=True,
)
