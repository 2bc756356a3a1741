"""api.z.ai: pay as you go, and the Coding Plan under its own path (glm-api.md §1)."""

from __future__ import annotations

from glmdesk.providers.openai_chat import Profile
from glmdesk.providers.thinking_field import OFF, ON

ZAI = Profile("zai", ON, OFF)
ZAI_CODING = Profile("zai_coding", ON, OFF)
