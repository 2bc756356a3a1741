from __future__ import annotations

import asyncio
import uuid
from dataclasses import fields, replace
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from glmdesk.domain.errors import Action, ErrorInfo, Retry
from glmdesk.domain.message import Message, Role, Status
from glmdesk.domain.part import (
    AttachmentPart,
    ErrorPart,
    Outcome,
    Part,
    ReasoningPart,
    ServerToolPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from glmdesk.domain.tools import Link
from glmdesk.domain.usage import Timing, Usage
from glmdesk.store.codec import decode_parts, dump, encode_parts, load, whole_text
from tests.helpers.stored import stored

NASTY = (
    "\0",
    "\ud800",
    "\udfff",
    "👩‍👩‍👧",
    "שלום",
    "\u202e",
    "e" + "\u0301" * 50,
    '"\\\n\r\u2028',
    "密钥",
    "\ufeff",
    "\x7f",
)
# Two halves that stand side by side are one character, to JSON and to a reader: see `joined`.
TEXT = st.lists(st.one_of(st.text(st.characters(), max_size=20), st.sampled_from(NASTY)), max_size=4).map(
    lambda pieces: joined("".join(pieces))
)
SECONDS = st.floats(0, 1e6)
COUNT = st.integers(0, 2**62)
ERRORS = st.builds(
    ErrorInfo,
    TEXT,
    st.dictionaries(TEXT, TEXT, max_size=2),
    st.none() | st.sampled_from(Action),
    st.sampled_from(Retry),
    TEXT,
    st.integers(0, 999),
    TEXT,
    TEXT,
)
LINKS = st.lists(st.builds(Link, TEXT, TEXT), max_size=2).map(tuple)
PARTS: st.SearchStrategy[Part] = st.one_of(
    st.builds(TextPart, TEXT),
    st.builds(ReasoningPart, TEXT, SECONDS),
    st.builds(ToolCallPart, TEXT, TEXT, TEXT, st.integers(0, 99)),
    st.builds(
        ToolResultPart, TEXT, TEXT, st.booleans(), st.sampled_from(Outcome), SECONDS, st.booleans(), TEXT, TEXT, LINKS
    ),
    st.builds(ServerToolPart, st.sampled_from(["web_search", "mcp"]), TEXT, TEXT, LINKS),
    st.builds(AttachmentPart, TEXT, TEXT, TEXT),
    st.builds(ErrorPart, ERRORS),
)
MESSAGES = st.builds(
    Message,
    id=st.just("replaced"),
    conversation_id=st.just("c"),
    role=st.sampled_from(Role),
    parts=st.lists(PARTS, max_size=4).map(tuple),
    status=st.sampled_from(Status),
    thinking=st.none() | st.booleans(),
    usage=st.none() | st.builds(Usage, COUNT, COUNT, COUNT, COUNT, st.none() | COUNT),
    timing=st.builds(Timing, st.none() | SECONDS, st.none() | SECONDS),
    created_at=SECONDS,
)


def joined(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def test_500_messages_of_any_text_come_back_as_they_were() -> None:
    with asyncio.Runner() as runner:
        holder = stored()
        store = runner.run(holder.__aenter__())

        @settings(max_examples=500, deadline=None, database=None)
        @given(MESSAGES)
        def check(message: Message) -> None:
            own = uuid.uuid4().hex
            runner.run(store.conversation(own))
            message = replace(message, id=own, conversation_id=own)
            added = runner.run(store.add_message(message))
            assert runner.run(store.messages(own)) == [replace(message, seq=added.seq)]
            runner.run(store.save_message(replace(added, status=Status.COMPLETE)))

        try:
            check()
        finally:
            runner.run(holder.__aexit__(None, None, None))


@settings(max_examples=300, deadline=None, database=None)
@given(st.text(st.characters()))
def test_titles_and_drafts_hold_all_but_lone_surrogates(text: str) -> None:
    whole = whole_text(text)
    whole.encode()
    assert whole == joined(text) or any(0xD800 <= ord(char) < 0xE000 for char in joined(text))


def test_lone_surrogates_are_escaped_and_nothing_else_is() -> None:
    assert dump("密\ud800👍") == '"密\\ud800👍"'
    assert load(dump("密\ud800👍")) == "密\ud800👍"


def test_two_halves_that_came_apart_are_joined() -> None:
    assert decode_parts(encode_parts([TextPart("\ud83d\udc4d")])) == (TextPart("👍"),)


def test_what_a_newer_version_wrote_does_not_hide_the_rest() -> None:
    known = '{"kind":"text","text":"a","colour":"red"}'
    unknown = '{"kind":"video","url":"x"},7,{"kind":"text"},{"kind":"text","text":5}'
    assert decode_parts(f"[{known},{unknown}]") == (TextPart("a"),)


def test_an_unknown_action_falls_to_none() -> None:
    (part,) = decode_parts('[{"kind":"error","error":{"kind":"x","action":"dance","status":"y"}}]')
    assert part == ErrorPart(ErrorInfo("x"))


def test_no_part_has_a_field_in_the_place_of_its_kind() -> None:
    assert all(field.name != "kind" for kind in get_args(Part) for field in fields(kind))
