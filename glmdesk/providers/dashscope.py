"""DashScope's compatible mode: `enable_thinking`, usage only on request (glm-api.md §10)."""

from __future__ import annotations

from glmdesk.domain.endpoint import DialectName
from glmdesk.providers.openai_chat import Profile

DASHSCOPE = Profile(
    DialectName.DASHSCOPE,
    {"enable_thinking": True},
    {"enable_thinking": False},
    stream_usage=True,
)
