"""Everything that can go wrong with an answer, by name (glm-api.md §4.3, §12)."""

from glmdesk.demo.faults import connection, events, meaning, replies
from glmdesk.demo.faults.registry import CHANGES, FAULTS, describe, names

__all__ = ["CHANGES", "FAULTS", "connection", "describe", "events", "meaning", "names", "replies"]
