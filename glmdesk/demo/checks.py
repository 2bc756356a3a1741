"""What the service refuses before it answers (glm-api.md §2, §12)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, cast

from glmdesk.demo.errors import ApiError
from glmdesk.demo.wire import Json

SMALL = frozenset({"glm-4.5", "glm-4.5-x", "glm-4.5-air", "glm-4.5-airx", "glm-4.5-flash"})
LARGE = frozenset(
    {"glm-4.6", "glm-4.7", "glm-4.7-flash", "glm-4.7-flashx", "glm-5", "glm-5-turbo", "glm-5.1", "glm-5.2"}
    | {"glm-5.3", "glm-5.3-flash"}
)
DYNAMIC = SMALL | {"glm-4.6"}
ALWAYS = frozenset({"glm-5.3", "glm-5.3-flash"})  # cannot rest (glm-api.md §9)
_ROLES = frozenset({"system", "user", "assistant", "tool"})
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def parse(raw: bytes) -> Json:
    """The body as an object without its null fields. Raises ApiError 1210."""
    try:
        value: Any = json.loads(raw)
    except ValueError as error:
        raise ApiError("1210", "请求体不是合法的 JSON") from error
    if not isinstance(value, dict):
        raise ApiError("1210")
    return {name: field for name, field in cast(Json, value).items() if field is not None}


def check(body: Json) -> None:
    """Raises ApiError for the first field that the service would refuse."""
    _check_model(body)
    _check_messages(body)
    _check_numbers(body)
    _check_tools(body)
    _check_switches(body)


def _check_model(body: Json) -> None:
    if not body.get("model"):
        raise ApiError("1213", "未正常接收到 model 参数")
    if str(body["model"]).lower() not in SMALL | LARGE:
        raise ApiError("1211")


def _check_messages(body: Json) -> None:
    if "messages" not in body:
        raise ApiError("1213")
    messages = body["messages"]
    if not isinstance(messages, list) or not messages:
        raise ApiError("1214")
    listed = cast(list[Any], messages)
    for index, message in enumerate(listed):
        _check_message(message, index)
    roles = [str(message["role"]) for message in listed]
    if set(roles) <= {"system"} or set(roles) <= {"assistant"}:
        raise ApiError("1214")
    _check_answers(cast(list[Json], listed))


def _check_message(message: Any, index: int) -> None:
    if not isinstance(message, dict) or cast(Json, message).get("role") not in _ROLES:
        raise ApiError("1214", "Incorrect role information")
    fields = cast(Json, message)
    content = fields.get("content")
    if isinstance(content, list):
        for at, part in enumerate(cast(list[Any], content)):
            _check_part(part, f"messages[{index}].content[{at}]")
    elif content is not None and not isinstance(content, str):
        raise ApiError("1214", f"messages[{index}].content type error")
    elif fields["role"] == "user" and not content:
        raise ApiError("1214", f"messages[{index}].content: cannot be empty")
    _check_past_calls(fields.get("tool_calls") or [], index)


def _check_past_calls(calls: Any, index: int) -> None:
    listed = cast(list[Any], calls) if isinstance(calls, list) else [None]
    for call in listed:
        function = cast(Json, call).get("function") if isinstance(call, dict) else None
        if not isinstance(function, dict) or not {"id"} <= set(cast(Json, call)) or "name" not in function:
            raise ApiError("1214", f"messages[{index}].tool_calls type error")


def _check_part(part: Any, path: str) -> None:
    if not isinstance(part, dict) or cast(Json, part).get("type") != "text":
        raise ApiError("1214", f"{path}.type type error")
    if not cast(Json, part).get("text"):
        raise ApiError("1214", f"{path}.text: cannot be empty")


def _check_answers(messages: Sequence[Json]) -> None:
    """A tool's answer needs the call that it answers (glm-api.md §2)."""
    asked: set[str] = set()
    for message in messages:
        asked |= {str(call.get("id")) for call in message.get("tool_calls") or ()}
        if message["role"] == "tool" and message.get("tool_call_id") not in asked:
            raise ApiError("1214", "tool_call_id 没有对应的 tool_calls")


def _check_numbers(body: Json) -> None:
    most = 98_304 if str(body["model"]).lower() in SMALL else 131_072
    _check_range(body, "max_tokens", 1, most)
    _check_range(body, "temperature", 0, 1)
    _check_range(body, "top_p", 0.01, 1)


def _check_range(body: Json, name: str, least: float, most: float) -> None:
    value = body.get(name)
    if value is None:
        return
    kinds = int if name == "max_tokens" else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds) or not least <= value <= most:
        raise ApiError("1210", f"{name}参数非法：限制数值范围[{least},{most}]")


def _check_tools(body: Json) -> None:
    tools = body.get("tools", [])
    if not isinstance(tools, list) or len(cast(list[Any], tools)) > 128:
        raise ApiError("1210", "tools 参数非法")
    for index, tool in enumerate(cast(list[Any], tools)):
        _check_tool(tool, index)


def _check_tool(tool: Any, index: int) -> None:
    kind = cast(Json, tool).get("type") if isinstance(tool, dict) else None
    if kind not in {"function", "web_search", "retrieval", "mcp"}:
        raise ApiError("1214", f"tools[{index}].type:type is illegal")
    if kind != "function":
        return
    function = cast(Json, tool).get("function")
    name = cast(Json, function).get("name") if isinstance(function, dict) else None
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ApiError("1214", f"tools[{index}].function.name is illegal")
    if not isinstance(cast(Json, function).get("parameters") or {}, dict):
        raise ApiError("1210", "Invalid API parameter")


def _among(*words: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and cast(Json, value).get("type") in words


_SWITCHES: dict[str, Callable[[Any], bool]] = {
    "thinking": _among("enabled", "disabled"),
    "response_format": _among("text", "json_object"),
    "stop": lambda value: isinstance(value, list) and len(cast(list[Any], value)) <= 1,
    "user_id": lambda value: isinstance(value, str) and 6 <= len(value) <= 128,
    "stream": lambda value: isinstance(value, bool),
    "metadata": lambda value: False,  # unknown to the service, and refused by it (glm-api.md §2)
}


def _check_switches(body: Json) -> None:
    for name, good in _SWITCHES.items():
        if name in body and not good(body[name]):
            raise ApiError("1210", f"{name} 参数非法")
