"""Any other OpenAI-compatible server: no switch is sent, because strict hosts refuse fields they do not know."""

from __future__ import annotations

from glmdesk.domain.endpoint import DialectName
from glmdesk.providers.openai_chat import Profile

OPENAI = Profile(DialectName.OPENAI, stream_usage=True, think_tags=True)
