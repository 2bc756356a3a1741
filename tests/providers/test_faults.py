"""Every fault of the embedded server by name, over its real process, and what the user is told."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Iterator
from dataclasses import replace

import pytest

from glmdesk.demo.faults import names
from glmdesk.domain.errors import Action
from glmdesk.domain.event import Finished, ReasoningDelta, TextDelta, ToolCallDelta, UsageReported
from glmdesk.domain.message import Role
from glmdesk.domain.request import RequestMessage
from glmdesk.domain.tools import ToolSpec
from glmdesk.providers.limits import Limits
from tests.helpers.server import demo_server
from tests.providers.loopback import ASK, CANARY, Outcome, ask

TOOL = ToolSpec("write_file", "Writes a file.", {"type": "object", "properties": {"path": {"type": "string"}}})
LIMITS = Limits(idle=5.0, answer=20_000)

# fault: its order; the kind of the error, or the finish reason after "="; "…" when the stream was cut cleanly
ENDS: dict[str, str] = {
    "after_done": "=stop",
    "bad_chunk": "connection_lost",
    "bad_json_event": "=stop",
    "bom": "=stop",
    "burst n=20000": "=stop",
    "byte_by_byte": "=stop",
    "closed": "hung_up",
    "comments": "=stop",
    "context_window": "context_too_long",
    "crlf": "=stop",
    "cut_before_finish": "connection_lost",
    "cut_frame": "connection_lost",
    "cut_utf8": "connection_lost",
    "cut_before_finish clean=1": "…",
    "cut_frame clean=1": "…",
    "cut_utf8 clean=1": "…",
    "done_only": "=",
    "empty_answer": "=stop",
    "empty_body": "empty_reply",
    "empty_stream": "empty_reply",
    "endless": "answer_too_long",
    "endless_thought": "answer_too_long",
    "error_anthropic": "no_money",
    "error_data_mid": "too_many_requests",
    "error_data_start": "too_many_requests",
    "error_event_mid": "too_many_requests",
    "error_event_start": "too_many_requests",
    "error_flat": "key_elsewhere",
    "error_nested": "service_fault",
    "error_numeric": "too_many_requests",
    "glued_frame": "=stop",
    "glued_frame foreign=1": "stream_corrupted",
    "gzip_bomb mb=60": "line_too_long",
    "gzip_truncated": "bad_encoding",
    "html_page": "web_page",
    "huge_line mb=20": "line_too_long",
    "invalid_utf8": "=stop",
    "json_200": "model_busy",
    "json_broken": "=stop",
    "json_fenced": "=stop",
    "length": "=length",
    "length_in_reasoning": "=length",
    "missing_done": "=stop",
    "missing_finish": "=",
    "network_error": "network_error",
    "no_space": "=stop",
    "no_type": "=stop",
    "not_http": "hung_up",
    "plain_text_error": "service_fault",
    "reasoning_field": "=stop",
    "reasoning_only": "=stop",
    "redirect": "redirect",
    "rst": "connection_lost",
    "rst after=0": "hung_up",
    "sensitive": "=sensitive",
    "short_body": "connection_lost",
    "slow_first_byte seconds=0.1": "=stop",
    "slow_headers seconds=0.1": "=stop",
    "stall seconds=0.1": "=stop",
    "think_tags": "=stop",
    "tool_bad_arguments": "=tool_calls",
    "tool_empty_arguments": "=tool_calls",
    "tool_fragments": "=tool_calls",
    "tool_same_ids": "=tool_calls",
    "tool_unknown": "=tool_calls",
    "tool_wrong_finish": "=stop",
    "unknown_finish": "=repetition",
    "unterminated": "=stop",
    "until_close": "=stop",
    "usage_missing": "=stop",
    "usage_separate": "=stop",
    "usage_twice": "=stop",
    "wrong_shapes": "=stop",
    "wrong_type": "=stop",
}
NO_WORDS = {
    "closed", "done_only", "empty_answer", "empty_body", "empty_stream", "error_anthropic", "error_data_start",
    "error_event_start", "error_flat", "error_nested", "error_numeric", "gzip_bomb", "gzip_truncated", "html_page",
    "json_200", "not_http", "plain_text_error", "redirect", "rst after=0", "short_body",
}  # fmt: skip


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with demo_server() as address:
        yield address


def tried(url: str, order: str, *, thinking: bool = True, limits: Limits = LIMITS) -> Outcome:
    request = replace(ASK, messages=(RequestMessage(Role.USER, f"hello\n/fault {order}"),), thinking=thinking)
    if order.startswith("tool_"):
        request = replace(request, tools=(TOOL,))
    return asyncio.run(ask(url, request=request, limits=limits))


def end_of(outcome: Outcome) -> str:
    if outcome.error is not None:
        return outcome.kind
    last = outcome.events[-1]
    assert isinstance(last, Finished)
    return f"={last.reason}" if last.complete else "…"


def words(outcome: Outcome) -> str:
    calls = "".join(e.name + e.arguments for e in outcome.events if isinstance(e, ToolCallDelta))
    return outcome.texts(ReasoningDelta) + outcome.texts(TextDelta) + calls


def test_the_table_names_every_fault() -> None:
    assert sorted({order.split()[0] for order in ENDS}) == names()


@pytest.mark.parametrize("order", ENDS)
def test_a_fault_ends_as_it_should_and_what_came_before_is_kept(
    order: str, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    limits = Limits(idle=5.0) if order.startswith("burst") else LIMITS
    outcome = tried(url, order, limits=limits)
    assert end_of(outcome) == ENDS[order]
    nothing = order in NO_WORDS or order.split()[0] in NO_WORDS
    assert bool(words(outcome)) is not nothing
    if outcome.error is not None and not outcome.texts(TextDelta).strip():
        assert outcome.error.info.action is not Action.CONTINUE
    if not order.startswith("invalid_utf8"):
        assert "\ufffd" not in words(outcome)
    told = [*traceback.format_exception(outcome.error), repr(outcome.error.info)] if outcome.error else []
    assert not any(CANARY in text for text in (caplog.text, repr(outcome.events), *told))


SOUND = [
    "after_done", "bom", "byte_by_byte", "comments", "crlf", "missing_done", "no_space", "no_type", "slow_first_byte",
    "slow_headers", "stall", "unterminated", "until_close", "usage_missing", "usage_separate", "usage_twice",
    "wrong_type", "reasoning_field", "glued_frame", "wrong_shapes",
]  # fmt: skip


@pytest.mark.parametrize("name", SOUND)
def test_odd_forms_change_not_one_letter_of_the_answer(name: str, url: str) -> None:
    delay = " seconds=0.05" if name in ("slow_first_byte", "slow_headers", "stall") else ""
    odd = tried(url, f"{name}{delay}")
    sound = asyncio.run(ask(url, request=replace(ASK, messages=(RequestMessage(Role.USER, "hello"),))))
    assert odd.texts(TextDelta) == sound.texts(TextDelta)
    assert odd.texts(ReasoningDelta) == sound.texts(ReasoningDelta)
    assert any(isinstance(e, UsageReported) for e in odd.events) is (name != "usage_missing")
