"""Coarse news from the services: what a screen may want to read again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed. `messages` holds conversation ids whose transcript has news; `busy` says that the set of
    generating conversations changed."""

    conversations: bool = False
    messages: frozenset[str] = frozenset()
    busy: bool = False
    settings: bool = False
    endpoints: bool = False
    templates: bool = False
    models: bool = False
    secrets: bool = False
    tools: bool = False
    approvals: bool = False
    spending: bool = False
    keeping: bool = False

    def __or__(self, other: Changes) -> Changes:
        return Changes(
            self.conversations or other.conversations,
            self.messages | other.messages,
            self.busy or other.busy,
            self.settings or other.settings,
            self.endpoints or other.endpoints,
            self.templates or other.templates,
            self.models or other.models,
            self.secrets or other.secrets,
            self.tools or other.tools,
            self.approvals or other.approvals,
            self.spending or other.spending,
            self.keeping or other.keeping,
        )


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo or a redo was about: the command's kind and the conversation to look at."""

    kind: str
    conversation_id: str
