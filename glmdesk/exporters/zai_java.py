"""A request with the provider's Java client (`ai.z.openapi:zai-sdk`)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from glmdesk.exporters.code import KEY, Call

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_PART = 10_000  # UTF-16 units in one literal: a constant of the class file holds 65,535 bytes
_SIMPLE: Mapping[str, str] = {  # field: setter with its value
    "temperature": ".temperature({value}f)",
    "top_p": ".topP({value}f)",
    "max_tokens": ".maxTokens({value})",
    "user_id": ".userId({text})",
    "request_id": ".requestId({text})",
    "tool_choice": ".toolChoice({text})",
}
# field: setter, type of what Jackson reads
_READ: Mapping[str, tuple[str, str]] = {
    "tools": ("tools", "List<ChatTool>"),
    "response_format": ("responseFormat", "ResponseFormat"),
}
_PLAIN_MESSAGE = {"role", "content"}


def zai_java(call: Call) -> str:
    """A class with a `main`; what the client has no setter for is named in a comment."""
    client = "ZaiClient" if call.international else "ZhipuAiClient"
    body = call.body
    setters = [f".model({java_string(str(body.get('model', '')))})", _messages(body)]
    setters += list(_settings(body))
    stream = bool(body.get("stream"))
    setters.append(f".stream({str(stream).lower()})")
    left_out = _left_out(body)
    note = f"        // Not a part of this client: {', '.join(left_out)}\n" if left_out else ""
    chained = "".join(f"\n                {setter}" for setter in setters)
    return (
        f"{_HEAD.replace('CLIENT', client)}"
        f"        {client} client = {client}.builder()\n"
        f'                .apiKey(System.getenv("{KEY}"))\n'
        f"                .baseUrl({java_string(call.base_url)})\n"
        f"                .build();\n{note}"
        f"        ChatCompletionCreateParams request = ChatCompletionCreateParams.builder(){chained}\n"
        f"                .build();\n"
        f"        ChatCompletionResponse response = client.chat().createChatCompletion(request);\n"
        f"{_STREAMED if stream else _WHOLE}{_TAIL}"
    )


_HEAD = """// Maven: ai.z.openapi:zai-sdk
import ai.z.openapi.CLIENT;
import ai.z.openapi.service.model.*;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.List;

public class Chat {
    private static final ObjectMapper JSON = new ObjectMapper()
            .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);

    public static void main(String[] args) throws Exception {
"""
_STREAMED = """        if (!response.isSuccess()) {
            throw new IllegalStateException(response.getMsg());
        }
        response.getFlowable().blockingForEach(chunk -> {
            if (chunk.getChoices() != null && !chunk.getChoices().isEmpty()) {
                Delta delta = chunk.getChoices().get(0).getDelta();
                if (delta != null && delta.getContent() != null) {
                    System.out.print(delta.getContent());
                }
            }
        });
        System.out.println();
"""
_WHOLE = """        if (!response.isSuccess()) {
            throw new IllegalStateException(response.getMsg());
        }
        System.out.println(response.getData().getChoices().get(0).getMessage().getContent());
"""
_TAIL = """        client.close();
    }
}
"""


def _messages(body: Mapping[str, Any]) -> str:
    rows = ",".join(f"\n                        {_message(message)}" for message in body.get("messages", ()))
    return f".messages(Arrays.asList({rows}))"


def _message(message: Mapping[str, Any]) -> str:
    if set(message) <= _PLAIN_MESSAGE and isinstance(message.get("content"), str):
        role, content = java_string(str(message.get("role", ""))), java_string(message["content"])
        return f"ChatMessage.builder().role({role}).content({content}).build()"
    return _read(message, "ChatMessage")


def _settings(body: Mapping[str, Any]) -> Iterator[str]:
    for name, setter in _SIMPLE.items():
        if name in body and _is_simple(name, body[name]):
            yield setter.format(value=body[name], text=java_string(str(body[name])))
    if isinstance(thinking := body.get("thinking"), Mapping):
        kind = java_string(str(thinking.get("type", "")))  # pyright: ignore[reportUnknownArgumentType,reportUnknownMemberType]
        yield f".thinking(ChatThinking.builder().type({kind}).build())"
    if stop := body.get("stop"):
        words = ", ".join(java_string(str(word)) for word in ([stop] if isinstance(stop, str) else stop))
        yield f".stop(Arrays.asList({words}))"
    for name, (setter, kind) in _READ.items():
        if name in body:
            yield f".{setter}({_read(body[name], kind)})"


def _left_out(body: Mapping[str, Any]) -> list[str]:
    """Fields that the client has no setter for, or none for such a value."""
    known = {"model", "messages", "thinking", "stop", "stream", *_SIMPLE, *_READ}
    names = [name for name in body if name not in known or (name in _SIMPLE and not _is_simple(name, body[name]))]
    thinking = body.get("thinking")
    if isinstance(thinking, Mapping):
        names += [f"thinking.{name}" for name in cast("Mapping[str, Any]", thinking) if name != "type"]
    elif thinking is not None:
        names.append("thinking")
    return sorted(names)


def _is_simple(name: str, value: object) -> bool:
    return isinstance(value, str) if "{text}" in _SIMPLE[name] else isinstance(value, int | float)


def _read(value: Any, kind: str) -> str:
    text = java_string(json.dumps(value, ensure_ascii=False))
    return f"JSON.readValue({text}, new TypeReference<{kind}>() {{}})"


def java_string(text: str) -> str:
    """An expression that is `text`; a long one is joined from parts when it runs."""
    parts = [_literal(text[at : at + _PART]) for at in range(0, len(text), _PART)] or ['""']
    return parts[0] if len(parts) == 1 else f'String.join("", {", ".join(parts)})'


def _literal(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(ch) or _shown(ch) for ch in text) + '"'


def _shown(ch: str) -> str:
    """What cannot be seen by its number: control characters in octal, because Java reads \\u before all else."""
    code = ord(ch)
    if code < 0x20 or code == 0x7F:
        return f"\\{code:03o}"
    if ch.isprintable():
        return ch
    units = ch.encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in (0, 2)[: len(units) // 2])
