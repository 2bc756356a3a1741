"""Decides what a request gets for an answer: a title, calls, JSON, the rest of an answer, or a script."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from glmdesk.demo import checks, prompts, schema, script, toolcalls
from glmdesk.demo import markers as orders
from glmdesk.demo.longtext import long_text, long_thought
from glmdesk.demo.markers import Marker
from glmdesk.demo.pieces import Plan, stopped_at
from glmdesk.demo.wire import Json

_TITLE = re.compile(
    r"^\s*(title:|标题：)|(give|generate|write|suggest).{0,40}\btitle\b|(起|取|生成|拟).{0,12}标题", re.IGNORECASE
)
_SUMMARY = re.compile(r"\s*(summari[sz]e|总结|概括)\b", re.IGNORECASE)
_TITLE_LENGTH = 12  # Han characters, or half as many words
_GO_ON = re.compile(r"接着写|继续|go on exactly|continue", re.IGNORECASE)
_OVERLAP = 12  # characters that a continued answer says again, as models do


def is_title_request(messages: list[Json]) -> bool:
    """True for the short side call that names a conversation."""
    system = prompts.last(messages, "system")
    return bool(
        re.match(r"\s*(title:|标题：)", system, re.IGNORECASE) or _TITLE.search(prompts.last(messages, "user")[:200])
    )


def thinks(body: Json) -> bool:
    """Whether this request may think: the switch, and what the model allows (glm-api.md §6, §9)."""
    model = str(body["model"]).lower()
    return model in checks.ALWAYS or cast(Json, body.get("thinking") or {}).get("type") != "disabled"


def plan(body: Json, question: str, markers: Sequence[Marker]) -> Plan:
    """The answer to `body`, whose last user message is `question` without its `markers`."""
    messages = cast(list[Json], body["messages"])
    whole = _choose(body, messages, question, markers)
    stopped = stopped_at(whole, cast(list[str], body.get("stop") or ()))
    return stopped if thinks(body) else replace(stopped, reasoning="")


def _choose(body: Json, messages: list[Json], question: str, markers: Sequence[Marker]) -> Plan:
    if is_title_request(messages):
        return Plan(title(messages))
    if _SUMMARY.match(prompts.last(messages, "system")):
        return Plan(summary(question))
    if (order := next((m for m in markers if m.kind == "long"), None)) is not None:
        return _long(order)
    if rest := _rest_of_answer(messages, question):
        return rest
    if turn := _tool_turn(body, messages, question, markers):
        return turn
    if cast(Json, body.get("response_format") or {}).get("type") == "json_object":
        return as_json(messages, question, [m.name for m in markers if m.kind == "json"])
    return scripted(body, question)


def _long(order: Marker) -> Plan:
    return Plan(long_text(order.args.integer("tokens", 2000)), long_thought(order.args.integer("thought", 60)))


def _tool_turn(body: Json, messages: list[Json], question: str, markers: Sequence[Marker]) -> Plan | None:
    loop = prompts.since_question(messages)
    rounds = sum(1 for message in loop if message.get("tool_calls"))
    if calls := toolcalls.ordered(markers, body, question, done=rounds):
        return toolcalls.calling(calls, question)
    if rounds:
        return toolcalls.answering(loop, question)
    force = any(m.kind == "fault" and m.name.startswith("tool_") for m in markers)
    calls = toolcalls.choose(body, question, force=force)
    return toolcalls.calling(calls, question) if calls else None


def as_json(messages: Sequence[Json], question: str, ways: Sequence[str] = ()) -> Plan:
    """An object that fits the schema in the prompt, or looks like the example in it, or names the question.

    `ways` are orders of the question (markers.py).
    """
    found = [value for message in messages for value in schema.objects_in(prompts.text_of(message))]
    value: Json = {
        "demo": True,
        "question": question[:200],
        "answer": "演示" if script.is_chinese(question) else "Demo",
    }
    pattern = next((v for v in reversed(found) if "properties" in v), found[-1] if found else value)
    if "properties" in pattern:
        many = 12 if "list" in ways else 2
        value = schema.Filler(question, pattern, full=True, many=many).fill(pattern)
    elif found:
        value = pattern
    thought = (
        "要求输出 JSON，按给定的结构填写。" if script.is_chinese(question) else "JSON is asked for; fill the structure."
    )
    return Plan(_written(schema.spoiled(value) if "bad" in ways else value, ways), thought)


def _written(value: Json, ways: Sequence[str]) -> str:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    if "cut" in ways:
        return text[: len(text) * 2 // 3]
    return f"```json\n{text}\n```" if "fenced" in ways else text


def title(messages: list[Json]) -> str:
    """The first words that the user said."""
    first = next((prompts.text_of(m) for m in messages if m["role"] == "user"), "")
    words = orders.take(first)[1] or first
    line = next((line.strip() for line in words.splitlines() if line.strip()), "Demo")
    clause = re.split(r"[。！？!?；;\n]", line)[0].strip(" ，,：:“”\"'")
    if script.is_chinese(clause):
        return clause[:_TITLE_LENGTH]
    return " ".join(clause.split()[: _TITLE_LENGTH // 2])


def summary(conversation: str) -> str:
    """The user's questions, one after the other."""
    asked = re.findall(r"^User: (.{1,80})", conversation, re.MULTILINE)
    if script.is_chinese(conversation):
        return "（演示）到目前为止，用户问过：" + "；".join(asked) + "。都已经回答。"
    return f"(Demo) So far the user asked: {'; '.join(asked)}. All of it was answered."


def scripted(body: Json, question: str) -> Plan:
    """The scripted reply; a model that thinks when it likes thinks one sentence about a simple question."""
    rule, reply = script.choose(question, prompts.last(cast(list[Json], body["messages"]), "system"))
    reasoning = reply.reasoning
    if rule and rule.brief and str(body["model"]).lower() in checks.DYNAMIC:
        reasoning = reasoning.split("\n")[0]
    return Plan(reply.content, reasoning)


def _rest_of_answer(messages: list[Json], question: str) -> Plan | None:
    """The rest of a scripted answer that the client holds the beginning of."""
    if len(messages) < 3 or messages[-2]["role"] != "assistant" or not _GO_ON.search(question):
        return None
    begun = prompts.text_of(messages[-2]).strip("\n")
    whole = _earlier(prompts.last(messages[:-2], "user"), prompts.last(messages, "system"))
    if not begun or not whole.startswith(begun):
        return None
    return Plan(whole[max(0, len(begun) - _OVERLAP) :])


def _earlier(asked: str, setting: str) -> str:
    """The whole answer that an earlier question got."""
    found, question = orders.take(asked)
    order = next((m for m in found if m.kind == "long"), None)
    return _long(order).content if order else script.choose(question, setting)[1].content
