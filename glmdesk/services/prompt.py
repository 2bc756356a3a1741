"""A conversation's path turned into the messages of a request; the same path always gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from glmdesk.domain.conversation import Setup, file_key, on_path
from glmdesk.domain.endpoint import KEEPS_REASONING, DialectName
from glmdesk.domain.message import Message, Role, Status
from glmdesk.domain.part import AttachmentPart
from glmdesk.domain.request import RequestMessage
from glmdesk.domain.rounds import wire_messages

UNSAFE_CODE = "1301"  # the turn that caused it must leave the history (glm-api.md §8)
_GO_ON = {
    True: "请从上文中断处接着写，不要重复已经写过的内容，也不要解释。",
    False: "Go on exactly where the text above stops. Do not repeat what is already there and do not comment.",
}


def request_messages(path: Sequence[Message], setup: Setup, system_prompt: str) -> tuple[RequestMessage, ...]:
    """System, the template's turns, then the path without what the user left out, withdrawn turns and empty answers.

    The summary stands before the first question that is sent, so that all before it stays the same.
    """
    setup = on_path(setup, [m.id for m in path[:-1]])
    messages: list[RequestMessage] = []
    if system := system_text(setup, system_prompt):
        messages.append(RequestMessage(Role.SYSTEM, system))
    if "examples" not in setup.left_out:
        messages += [RequestMessage(turn.role, turn.text) for turn in setup.turns]
    history = [sent for m in sendable(_kept(path, setup)) for sent in _messages(m, setup)]
    first = next((place for place, sent in enumerate(history) if sent.role is Role.USER), None)
    if setup.summary and first is not None:
        history[first] = replace(history[first], content=_summary(setup) + history[first].content)
    return tuple(_alternating([*messages, *history]))


def _alternating(messages: Iterable[RequestMessage]) -> list[RequestMessage]:
    """Questions that follow one another as one: many chat templates refuse two turns of one side."""
    made: list[RequestMessage] = []
    for message in messages:
        if made and message.role is made[-1].role is Role.USER:
            made[-1] = replace(made[-1], content=f"{made[-1].content}\n\n{message.content}")
        else:
            made.append(message)
    return made


def for_dialect(setup: Setup, dialect: DialectName) -> Setup:
    """Without the thoughts of earlier answers where the service has no way to read them."""
    if dialect in KEEPS_REASONING or "reasoning" in setup.left_out:
        return setup
    return replace(setup, left_out=(*setup.left_out, "reasoning"))


def system_text(setup: Setup, system_prompt: str) -> str:
    """The system message, with the schema that answers have to fit."""
    system = "" if "system" in setup.left_out else setup.system or system_prompt
    if not setup.schema:
        return system
    from glmdesk.domain.structured import with_schema

    return with_schema(system, setup.schema)


def _kept(path: Sequence[Message], setup: Setup) -> list[Message]:
    """Without what was dropped; what is asked now is always sent."""
    return [m for m in path[:-1] if m.id not in setup.dropped] + list(path[-1:])


def _summary(setup: Setup) -> str:
    return f"<summary of the conversation so far>\n{setup.summary.strip()}\n</summary>\n\n"


def continue_messages(
    path: Sequence[Message], partial: Message, setup: Setup, system_prompt: str
) -> tuple[RequestMessage, ...]:
    """The path up to the question, the partial answer as an assistant turn, and the wish to go on."""
    before = [m for m in path if m.id != partial.id]
    chinese = any("\u4e00" <= ch <= "\u9fff" for ch in partial.text[-400:])
    return (
        *request_messages(before, setup, system_prompt),
        *wire_messages(partial, reasoning=False),
        RequestMessage(Role.USER, _GO_ON[chinese]),
    )


def loop_messages(
    path: Sequence[Message], partial: Message, setup: Setup, system_prompt: str
) -> tuple[RequestMessage, ...]:
    """The path up to the question and the tool loop so far: the model goes on by itself."""
    before = [m for m in path if m.id != partial.id]
    return (*request_messages(before, setup, system_prompt), *wire_messages(partial, reasoning=True))


def sendable(path: Sequence[Message]) -> Iterable[Message]:
    """Without what no model may read again: what was withdrawn, with its question, and answers without words."""
    dropped = {m.parent_id for m in path if _is_unsafe(m)}
    for message in path:
        if message.id in dropped or _is_unsafe(message):
            continue
        if message.role is Role.ASSISTANT and not message.text.strip() and not message.tool_calls:
            continue
        yield message


def _is_unsafe(message: Message) -> bool:
    error = message.error
    return message.status is Status.WITHDRAWN or (error is not None and error.error.code == UNSAFE_CODE)


def _messages(message: Message, setup: Setup) -> list[RequestMessage]:
    if message.role is Role.ASSISTANT:
        return wire_messages(message, reasoning="reasoning" not in setup.left_out)
    dropped = [file_key(message.id, place) in setup.dropped_files for place in range(len(message.attachments))]
    files = "".join(_attachment(part, dropped=gone) for part, gone in zip(message.attachments, dropped, strict=True))
    return [RequestMessage(message.role, files + message.text)]


def _attachment(part: AttachmentPart, *, dropped: bool) -> str:
    if dropped:
        return f"[The user took the file {part.name!r} out of this conversation.]\n\n"
    return f"<file name={part.name!r}>\n{part.text}\n</file>\n\n"
