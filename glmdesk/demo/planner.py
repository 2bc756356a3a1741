"""Decides what a request gets for an answer: a title, calls, JSON, the rest of an answer, or a script."""

from __future__ import annotations

import re
from typing import cast

from glmdesk.demo import checks, prompts, script
from glmdesk.demo.pieces import Plan, stopped_at
from glmdesk.demo.wire import Json

_TITLE = re.compile(
    r"^\s*(title:|标题：)|(give|generate|write|suggest).{0,40}\btitle\b|(起|取|生成|拟).{0,12}标题", re.IGNORECASE
)
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


def plan(body: Json, question: str) -> Plan:
    """The answer to `body`, whose last user message is `question` without its markers."""
    messages = cast(list[Json], body["messages"])
    whole = _choose(body, messages, question)
    stopped = stopped_at(whole, cast(list[str], body.get("stop") or ()))
    return stopped if thinks(body) else Plan(stopped.content, "", stopped.calls, stopped.finish)


def _choose(body: Json, messages: list[Json], question: str) -> Plan:
    if is_title_request(messages):
        return Plan(title(messages))
    if rest := _rest_of_answer(messages, question):
        return rest
    return scripted(body, question)


def title(messages: list[Json]) -> str:
    """The first words that the user said."""
    first = next((prompts.text_of(m) for m in messages if m["role"] == "user"), "")
    words = re.sub(r"^\s*[/#>*-].*$", "", first, flags=re.MULTILINE) or first
    line = next((line.strip() for line in words.splitlines() if line.strip()), "Demo")
    clause = re.split(r"[。！？!?；;\n]", line)[0].strip(" ，,：:“”\"'")
    if script.is_chinese(clause):
        return clause[:_TITLE_LENGTH]
    return " ".join(clause.split()[: _TITLE_LENGTH // 2])


def scripted(body: Json, question: str) -> Plan:
    """The scripted reply; a model that thinks when it likes thinks one sentence about a simple question."""
    rule, reply = script.choose(question)
    reasoning = reply.reasoning
    if rule and rule.brief and str(body["model"]).lower() in checks.DYNAMIC:
        reasoning = reasoning.split("\n")[0]
    return Plan(reply.content, reasoning)


def _rest_of_answer(messages: list[Json], question: str) -> Plan | None:
    """The rest of a scripted answer that the client holds the beginning of."""
    if len(messages) < 3 or messages[-2]["role"] != "assistant" or not _GO_ON.search(question):
        return None
    begun = prompts.text_of(messages[-2]).strip("\n")
    _, reply = script.choose(prompts.last(messages[:-2], "user"))
    if not begun or not reply.content.startswith(begun):
        return None
    return Plan(reply.content[max(0, len(begun) - _OVERLAP) :])
