"""Conversations: a tree of turns, the path through it that is shown, and what is set for all of its turns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from glmdesk.domain.message import Message, Role
from glmdesk.domain.request import Parameters


class ThinkingChoice(StrEnum):
    """The composer's switch. `TEMPLATE` is on when no template is active (`auto` on the command line)."""

    ON = "on"
    OFF = "off"
    TEMPLATE = "template"

    def resolve(self, template: bool | None) -> bool:
        """The explicit state that is sent; `template` is what the active template says."""
        if self is ThinkingChoice.TEMPLATE:
            return True if template is None else template
        return self is ThinkingChoice.ON


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn given by a template before the user's own (role `user` or `assistant`)."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Setup:
    """What holds for every request of a conversation. Empty strings mean the defaults of the settings.

    `tools` are the names of the tools that are switched on; None = those of the settings. `schema` is the JSON Schema,
    as the user wrote it, that every answer is to fit. `dropped` are the ids of messages that stay in the conversation
    and are not sent any more, `dropped_files` files of them (`file_key`). `summary` is sent instead of the messages in
    `summarised`; they are among the dropped ones. `left_out` are other parts of a request that are not sent (`PARTS`).
    """

    system: str = ""
    turns: tuple[Turn, ...] = ()
    template_id: str = ""
    template_thinking: bool | None = None
    endpoint_id: str = ""
    model: str = ""
    thinking: ThinkingChoice = ThinkingChoice.TEMPLATE
    parameters: Parameters = Parameters()
    tools: tuple[str, ...] | None = None
    workspace: str = ""
    schema: str = ""
    dropped: tuple[str, ...] = ()
    dropped_files: tuple[str, ...] = ()
    summary: str = ""
    summarised: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ("reasoning",)


# What `left_out` can name: the system prompt, the examples of a template, the tools, the thoughts of earlier answers,
# the room that is set aside for the answer (`max_tokens`).
PARTS = ("system", "examples", "tools", "reasoning", "reserve")
WINDOW_FIELDS = ("dropped", "dropped_files", "summary", "summarised", "left_out")  # of a Setup: what of it is sent


def whole(setup: Setup) -> Setup:
    """The same setup for a conversation in which nothing was left out."""
    plain = Setup()
    return replace(setup, **{name: getattr(plain, name) for name in WINDOW_FIELDS})


def file_key(message_id: str, place: int) -> str:
    """Names the file at a place (from 0) among the files of a message."""
    return f"{message_id}/{place}"


def on_path(setup: Setup, ids: Collection[str]) -> Setup:
    """What holds for a path of these messages: a summary of any that are not on it gives way to what it stood for."""
    if not setup.summarised or set(setup.summarised) <= set(ids):
        return setup
    dropped = tuple(i for i in setup.dropped if i not in setup.summarised)
    return replace(setup, dropped=dropped, summary="", summarised=())


def renamed(setup: Setup, ids: Mapping[str, str]) -> Setup:
    """The setup of a copy whose messages have other ids (old id -> new id); what was not copied is left out."""
    setup = on_path(setup, ids)
    files = (key.rpartition("/") for key in setup.dropped_files)
    return replace(
        setup,
        dropped=tuple(ids[i] for i in setup.dropped if i in ids),
        dropped_files=tuple(f"{ids[message]}/{place}" for message, _, place in files if message in ids),
        summarised=tuple(ids[i] for i in setup.summarised if i in ids),
    )


@dataclass(frozen=True, slots=True)
class Conversation:
    """A row of the conversation list. Times are seconds since the epoch; `deleted_at` None = not in the bin."""

    id: str
    title: str = ""
    title_is_auto: bool = True
    pinned: bool = False
    archived: bool = False
    folder: str = ""
    created_at: float = 0.0
    updated_at: float = 0.0
    deleted_at: float | None = None
    unread: bool = False
    leaf_id: str | None = None
    setup: Setup = Setup()
    draft: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One message that contains the query. `snippet` is plain text, `start`/`end` the hit in it."""

    conversation_id: str
    conversation_title: str
    message_id: str
    role: Role
    snippet: str
    start: int
    end: int


def path_to(messages: Iterable[Message], leaf_id: str | None) -> tuple[Message, ...]:
    """The turns from the root to `leaf_id`, in order, without deleted ones; empty when the leaf is unknown."""
    by_id = {message.id: message for message in messages}
    path: list[Message] = []
    at = by_id.get(leaf_id) if leaf_id else None
    for _ in by_id:
        if at is None:
            break
        path.append(at)
        at = by_id.get(at.parent_id) if at.parent_id else None
    return tuple(message for message in reversed(path) if message.deleted_at is None)


def variants_of(messages: Sequence[Message], message: Message) -> tuple[Message, ...]:
    """Messages that answer the same turn in the same role, oldest first: the `‹ 2/3 ›` of the view."""
    return tuple(
        sorted(
            (
                m
                for m in messages
                if m.parent_id == message.parent_id and m.role == message.role and m.deleted_at is None
            ),
            key=lambda m: m.seq,
        )
    )


def deepest_leaf(messages: Sequence[Message], start_id: str) -> str:
    """The newest descendant of `start_id`, following the newest child at each step; what is deleted comes last."""
    newest: dict[str, Message] = {}
    for message in sorted(messages, key=lambda m: (m.deleted_at is None, m.seq)):
        if message.parent_id:
            newest[message.parent_id] = message
    at = start_id
    for _ in range(len(messages)):
        if at not in newest:
            break
        at = newest[at].id
    return at


def branch_of(messages: Iterable[Message], root_ids: Iterable[str]) -> tuple[Message, ...]:
    """The roots and all that follows them, deleted turns too, in the order they were added."""
    found = set(root_ids)
    branch: list[Message] = []
    for message in sorted(messages, key=lambda m: m.seq):  # a child has a greater seq than its parent
        if message.id in found or message.parent_id in found:
            found.add(message.id)
            branch.append(message)
    return tuple(branch)


def question_of(messages: Iterable[Message], message: Message) -> Message | None:
    """The user's turn that a message answers (itself when it is one); None when there is none or it is deleted."""
    return question_among({m.id: m for m in messages}, message)


def question_among(by_id: Mapping[str, Message], message: Message) -> Message | None:
    """`question_of` for a caller that asks about many messages of one conversation."""
    at: Message | None = message
    for _ in by_id:
        if at is None or at.role is Role.USER:
            break
        at = by_id.get(at.parent_id or "")
    return at if at is not None and at.role is Role.USER and at.deleted_at is None else None
