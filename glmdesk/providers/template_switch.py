"""The switch of servers that render the chat template themselves (glm-api.md §10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ON: Mapping[str, Any] = {"chat_template_kwargs": {"enable_thinking": True}}
OFF: Mapping[str, Any] = {"chat_template_kwargs": {"enable_thinking": False}}
