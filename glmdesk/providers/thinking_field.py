"""The provider's own switch: `thinking: {"type": …}`, always sent (glm-api.md §2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ON: Mapping[str, Any] = {"thinking": {"type": "enabled"}}
KEEPING: Mapping[str, Any] = {"clear_thinking": False}  # thoughts of earlier answers are read (glm-api.md §6)
OFF: Mapping[str, Any] = {"thinking": {"type": "disabled"}}
