"""One golden request and one reply for each dialect (glm-api.md §2, §10)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from glmdesk.domain.endpoint import DEFAULT_URLS, DialectName
from glmdesk.domain.errors import UserError
from glmdesk.domain.event import ReasoningDelta, TextDelta, UsageReported
from glmdesk.domain.message import Role
from glmdesk.domain.part import ToolCallPart
from glmdesk.domain.request import ChatRequest, Parameters, RequestMessage
from glmdesk.domain.tools import ToolSpec
from glmdesk.domain.usage import Usage
from glmdesk.providers.registry import PROFILES
from tests.providers.loopback import (
    ASK,
    CANARY,
    DONE,
    KEY,
    Request,
    answer,
    chunk,
    client,
    frame,
    head,
    refuses,
    sends,
    serve,
)

THINKING = {"thinking": {"type": "enabled"}}
TEMPLATE = {"chat_template_kwargs": {"enable_thinking": True}}
USAGE = {"stream_options": {"include_usage": True}}
OFF: dict[str, Any] = {
    "thinking": {"type": "disabled"},
    "chat_template_kwargs": {"enable_thinking": False},
    "enable_thinking": False,
    "reasoning_effort": "none",
}
# dialect: the fields beside model, messages and stream; the field of the reply's reasoning
GOLDEN: dict[DialectName, tuple[dict[str, Any], str]] = {
    DialectName.BIGMODEL: (THINKING, "reasoning_content"),
    DialectName.BIGMODEL_CODING: (THINKING, "reasoning_content"),
    DialectName.ZAI: (THINKING, "reasoning_content"),
    DialectName.ZAI_CODING: (THINKING, "reasoning_content"),
    DialectName.DASHSCOPE: ({"enable_thinking": True, **USAGE}, "reasoning_content"),
    DialectName.VLLM: ({**TEMPLATE, **USAGE}, "reasoning"),
    DialectName.SGLANG: ({**TEMPLATE, **USAGE}, "reasoning_content"),
    DialectName.LLAMA_CPP: ({**TEMPLATE, **USAGE}, "reasoning_content"),
    DialectName.OLLAMA: ({"reasoning_effort": "medium", **USAGE}, "reasoning"),
    DialectName.OPENAI: (USAGE, "reasoning_content"),
}
LOCAL = {DialectName.VLLM, DialectName.SGLANG, DialectName.LLAMA_CPP, DialectName.OLLAMA}
OWN = {DialectName.BIGMODEL, DialectName.BIGMODEL_CODING, DialectName.ZAI, DialectName.ZAI_CODING}


def test_every_dialect_is_listed_once() -> None:
    assert set(PROFILES) == set(DialectName) == set(GOLDEN)


def sent(request: ChatRequest, dialect: DialectName) -> tuple[Request, Any]:
    async def body() -> tuple[Request, Any]:
        async with serve(refuses(400, {})) as server, client(server.url, dialect=dialect) as chat:
            with pytest.raises(UserError):
                async for _ in chat.stream(request, KEY):
                    pass
            return server.requests[0], chat.wire_request(request)

    return asyncio.run(body())


@pytest.mark.parametrize("dialect", DialectName)
def test_the_golden_request(dialect: DialectName) -> None:
    request, wire = sent(ASK, dialect)
    assert request.line == "POST /v4/chat/completions HTTP/1.1"
    assert request.json == {
        "model": "glm-4.5",
        "messages": [{"role": "user", "content": "你好"}],
        "stream": True,
        **GOLDEN[dialect][0],
    }
    assert request.headers["authorization"] == f"Bearer {CANARY}"
    assert request.headers["accept-encoding"] == "identity"
    assert wire.body == request.json
    assert CANARY not in repr(wire)
    assert wire.headers["Authorization"] == "Bearer •••"


@pytest.mark.parametrize("dialect", DialectName)
def test_not_thinking_is_said_where_there_is_a_switch(dialect: DialectName) -> None:
    golden = GOLDEN[dialect][0]
    body = sent(replace(ASK, thinking=False), dialect)[0].json
    assert {k: v for k, v in body.items() if k in OFF} == {k: OFF[k] for k in golden if k in OFF}


@pytest.mark.parametrize("dialect", DialectName)
def test_the_golden_reply(dialect: DialectName) -> None:
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    frames = [
        frame(chunk({"role": "assistant", GOLDEN[dialect][1]: "hm"})),
        frame(chunk({"role": "assistant", "content": "你好"})),
        frame(chunk({"role": "assistant", "content": ""}, reason="stop")),
        frame({"id": "2025", "choices": [], "usage": usage}),
        DONE,
    ]
    outcome = answer(sends(head(), *frames), dialect=dialect)
    assert outcome.error is None
    assert outcome.texts(ReasoningDelta) == "hm"
    assert outcome.texts(TextDelta) == "你好"
    assert UsageReported(Usage(1, 2, 3)) in outcome.events


@pytest.mark.parametrize("dialect", DialectName)
def test_think_tags_are_split_for_servers_that_leak_them_only(dialect: DialectName) -> None:
    frames = [frame(chunk({"content": piece})) for piece in ("<thi", "nk>a</th", "ink>b")]
    outcome = answer(sends(head(), *frames, DONE), dialect=dialect)
    leaks = dialect in LOCAL | {DialectName.OPENAI}
    assert outcome.texts(TextDelta) == ("b" if leaks else "<think>a</think>b")


def test_a_full_request_has_every_field_in_its_place() -> None:
    request = ChatRequest(
        "glm-4.5",
        (
            RequestMessage(Role.SYSTEM, "s"),
            RequestMessage(Role.USER, "u"),
            RequestMessage(Role.ASSISTANT, "", reasoning="r", tool_calls=(ToolCallPart("c", "f", '{"a":1}'),)),
            RequestMessage(Role.TOOL, "42", tool_call_id="c"),
        ),
        thinking=True,
        parameters=Parameters(temperature=0.0, top_p=0.5, max_tokens=9, stop="#", json_object=True),
        tools=(ToolSpec("f", "d", {"type": "object"}), ToolSpec("g", "e", {})),
        user_id="user-1",
        extra={"tool_stream": True, "seed": None},
    )
    body = sent(request, DialectName.BIGMODEL)[0].json
    assert body["messages"][2:] == [
        {
            "role": "assistant",
            "content": "",
            "reasoning_content": "r",
            "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}],
        },
        {"role": "tool", "content": "42", "tool_call_id": "c"},
    ]
    assert body["tools"][1] == {"type": "function", "function": {"name": "g", "description": "e"}}
    assert {k: v for k, v in body.items() if k not in ("messages", "tools")} == {
        "model": "glm-4.5",
        "thinking": {"type": "enabled"},
        "stream": True,
        "temperature": 0.0,
        "top_p": 0.5,
        "max_tokens": 9,
        "stop": ["#"],
        "response_format": {"type": "json_object"},
        "user_id": "user-1",
        "tool_stream": True,
    }
    assert "user_id" not in sent(request, DialectName.VLLM)[0].json
    assert "reasoning" in sent(request, DialectName.VLLM)[0].json["messages"][2]


@pytest.mark.parametrize("name", sorted(OWN))
def test_the_addresses_are_the_providers(name: DialectName) -> None:
    host = "open.bigmodel.cn" if name.value.startswith("bigmodel") else "api.z.ai"
    infix = "coding/" if name.value.endswith("coding") else ""
    assert DEFAULT_URLS[name] == f"https://{host}/api/{infix}paas/v4"


def check(handler: Any) -> tuple[str, Any]:
    async def body() -> tuple[str, Any]:
        async with serve(handler) as server, client(server.url) as chat:
            try:
                await chat.check("glm-4.5-flash", KEY)
            except UserError as error:
                return error.info.kind, server.requests[0].json
            return "", server.requests[0].json

    return asyncio.run(body())


def test_a_check_asks_for_a_few_words_without_thinking() -> None:
    reply = b'{"choices":[{"index":0,"finish_reason":"length","message":{"content":"Hi"}}]}'
    kind, body = check(sends(head(200, "application/json"), reply))
    assert kind == ""
    assert body["stream"] is True
    assert body["thinking"] == {"type": "disabled"}
    assert body["max_tokens"] == 16


@pytest.mark.parametrize(("code", "kind"), [("1000", "key_wrong"), ("1113", "no_money"), ("1211", "no_model")])
def test_a_check_tells_what_is_wrong(code: str, kind: str) -> None:
    assert check(refuses(401, {"error": {"code": code, "message": "m"}}))[0] == kind
