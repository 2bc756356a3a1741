"""api.z.ai: pay as you go, and the Coding Plan under its own path (glm-api.md §1)."""

from __future__ import annotations

from glmdesk.domain.endpoint import DialectName
from glmdesk.providers.openai_chat import Profile
from glmdesk.providers.thinking_field import KEEPING, OFF, ON

ZAI = Profile(DialectName.ZAI, ON, OFF, KEEPING, user_id=True)
ZAI_CODING = Profile(DialectName.ZAI_CODING, ON, OFF, KEEPING, user_id=True)
