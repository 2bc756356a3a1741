"""The provider's own switch: `thinking: {"type": …}`, always sent (glm-api.md §2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ON: Mapping[str, Any] = {"thinking": {"type": "enabled"}}
OFF: Mapping[str, Any] = {"thinking": {"type": "disabled"}}
