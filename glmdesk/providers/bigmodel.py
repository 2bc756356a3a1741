"""open.bigmodel.cn: pay as you go, and the Coding Plan under its own path (glm-api.md §1)."""

from __future__ import annotations

from glmdesk.domain.endpoint import DialectName
from glmdesk.providers.openai_chat import Profile
from glmdesk.providers.thinking_field import KEEPING, OFF, ON

BIGMODEL = Profile(DialectName.BIGMODEL, ON, OFF, KEEPING, user_id=True)
BIGMODEL_CODING = Profile(DialectName.BIGMODEL_CODING, ON, OFF, KEEPING, user_id=True)
