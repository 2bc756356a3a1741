"""open.bigmodel.cn: pay as you go, and the Coding Plan under its own path (glm-api.md §1)."""

from __future__ import annotations

from glmdesk.providers.openai_chat import Profile
from glmdesk.providers.thinking_field import OFF, ON

BIGMODEL = Profile("bigmodel", ON, OFF)
BIGMODEL_CODING = Profile("bigmodel_coding", ON, OFF)
