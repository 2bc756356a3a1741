"""The provider's own client talks to the embedded server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from zai import ZhipuAiClient
from zai.core import (
    APIAuthenticationError,
    APIInternalError,
    APIReachLimitError,
    APIRequestFailedError,
    APIResponseError,
    APIServerFlowExceedError,
)

from glmdesk.demo.errors import ERRORS
from tests.demo.chat import WEATHER

TYPED = {
    400: APIRequestFailedError,
    401: APIAuthenticationError,
    429: APIReachLimitError,
    500: APIInternalError,
    503: APIServerFlowExceedError,
}


@pytest.fixture(scope="module")
def sdk(demo_url: str) -> Iterator[ZhipuAiClient]:
    client = ZhipuAiClient(api_key="id.secret", base_url=demo_url + "/", max_retries=0)
    yield client
    client.close()


def create(sdk: ZhipuAiClient, question: str, **fields: Any) -> Any:
    return sdk.chat.completions.create(model="glm-4.5", messages=[{"role": "user", "content": question}], **fields)


def test_sdk_streams_reasoning_answer_and_usage(sdk: ZhipuAiClient) -> None:
    reasoning, content, usage = "", "", None
    for event in create(sdk, "为什么木星的卫星比土星多？", stream=True, thinking={"type": "enabled"}):
        delta = event.choices[0].delta
        reasoning += delta.reasoning_content or ""
        content += delta.content or ""
        usage = event.usage or usage
    assert "前提" in reasoning
    assert "274" in content
    assert usage is not None
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens


def test_sdk_gets_a_plain_reply(sdk: ZhipuAiClient) -> None:
    reply = create(sdk, "hello", thinking={"type": "disabled"})
    assert reply.choices[0].message.content.startswith("Hello")
    assert reply.choices[0].message.reasoning_content is None
    assert reply.usage.prompt_tokens_details.cached_tokens >= 0


@pytest.mark.parametrize("stream", [False, True])
def test_sdk_calls_a_tool_and_gets_the_answer(stream: bool, sdk: ZhipuAiClient) -> None:
    messages: list[dict[str, Any]] = [{"role": "user", "content": "What is the weather in Florence?"}]
    complete: Any = sdk.chat.completions.create  # its result is a union that only the caller can tell apart
    reply = complete(model="glm-4.5", messages=messages, tools=[WEATHER], stream=stream)
    call = first_call(reply) if stream else reply.choices[0].message.tool_calls[0]
    assert json.loads(call.function.arguments) == {"location": "Florence"}
    messages += [
        {"role": "assistant", "content": "", "tool_calls": [call.model_dump()]},
        {"role": "tool", "tool_call_id": call.id, "content": "40 C"},
    ]
    answer = complete(model="glm-4.5", messages=messages, tools=[WEATHER])
    assert "40 C" in answer.choices[0].message.content


def first_call(stream: Any) -> Any:
    calls = [call for event in stream for call in event.choices[0].delta.tool_calls or ()]
    return calls[0]


@pytest.mark.parametrize(
    "code", ["1000", "1113", "1200", "1210", "1211", "1214", "1301", "1302", "1305", "1308", "503"]
)
def test_sdk_raises_its_typed_error(code: str, sdk: ZhipuAiClient) -> None:
    with pytest.raises(TYPED[ERRORS[code].status], match=f"Error code: {ERRORS[code].status}"):
        create(sdk, f"/error {code}")


def test_sdk_raises_for_a_bad_key(demo_url: str) -> None:
    client = ZhipuAiClient(api_key="invalid.key", base_url=demo_url + "/", max_retries=0)
    with pytest.raises(APIAuthenticationError):
        create(client, "hello")
    client.close()


@pytest.mark.parametrize("name", ["error_event_start", "error_event_mid", "error_data_start", "error_data_mid"])
def test_sdk_raises_for_an_error_inside_the_stream(name: str, sdk: ZhipuAiClient) -> None:
    with pytest.raises(APIResponseError):
        list(create(sdk, f"hello\n/fault {name}", stream=True))
