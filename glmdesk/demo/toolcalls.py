"""Which offered functions a question calls, and with what; and the answer once they have answered."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, cast

from glmdesk.demo import prompts, schema, script
from glmdesk.demo.markers import Marker
from glmdesk.demo.pieces import Plan
from glmdesk.demo.wire import Call, Json, Profile

_MOST = 4  # calls at once
_LONGEST_QUOTE = 600  # characters of a result that the answer repeats
# (what the question says, what the function is called)
_INTENTS = tuple(
    (re.compile(question, re.IGNORECASE), re.compile(name, re.IGNORECASE))
    for question, name in (
        (r"天气|气温|weather|temperature", r"weather"),
        (
            r"几点|什么时间|现在.{0,4}时间|星期几|今天.{0,3}(几号|日期)|what time|current time|today'?s date",
            r"time|clock|date",
        ),
        (r"计算|算一下|等于多少|calculate|\d\s*[+*/×÷^]\s*\d", r"calc|math|eval"),
        (r"搜索|查一下|上网|search|look up", r"search"),
        (r"列出|有哪些文件|list .{0,12}(files|folder|directory)", r"list|(^|_)ls$|dir"),
        (r"(读|打开|看).{0,12}(文件|\.\w+)|read .{0,20}(file|\.\w+)", r"read|open_file|cat"),
        (r"(写入|保存|写到|存到|创建).{0,16}(文件|\.\w+)|(write|save) .{0,40}(file|\.\w+)", r"write|save|create_file"),
        (r"https?://", r"fetch|page|url|browse"),
        (r"(运行|执行).{0,12}(python|代码|脚本)|run .{0,12}(python|code)", r"python|run|exec"),
    )
)
_FENCE = re.compile(r"^</?tool_data [0-9a-f]+>.*$", re.MULTILINE)  # the client's marks around data
_ANY = re.compile(r"(用|调用).{0,8}(工具|函数)|\b(use|call)\b.{0,16}\b(tools?|functions?)\b", re.IGNORECASE)
_ALL = re.compile(r"(所有|全部|每个)(的)?(工具|函数)|\b(all|every)( the)? (tools?|functions?)", re.IGNORECASE)


def functions(body: Json) -> list[Json]:
    """The offered functions; other kinds of tools run at the service."""
    return [cast(Json, tool["function"]) for tool in body.get("tools") or () if tool["type"] == "function"]


def ordered(markers: Sequence[Marker], body: Json, question: str, *, done: int) -> tuple[Call, ...]:
    """The calls that markers order for round number `done`."""
    rounds: list[list[Marker]] = [[]]
    for marker in markers:
        if marker.kind == "next":
            rounds.append([])
        elif marker.kind == "tool":
            rounds[-1].append(marker)
    now = rounds[done] if done < len(rounds) else []
    now = [*now, *(marker for marker in markers if marker.kind == "loop")]
    offered = {function["name"]: function for function in functions(body)}
    return tuple(_ordered(marker, offered, question) for marker in now)


def _ordered(marker: Marker, offered: dict[str, Json], question: str) -> Call:
    if marker.tail:
        return Call(marker.name, marker.tail)
    return _call(offered.get(marker.name, {"name": marker.name}), question)


def choose(body: Json, question: str, *, force: bool = False) -> tuple[Call, ...]:
    """The calls that the words of the question ask for; none when a tool has already answered."""
    offered = functions(body)
    choice: Any = body.get("tool_choice")
    if isinstance(choice, dict):
        name = cast(Json, cast(Json, choice).get("function") or {}).get("name")
        return tuple(_call(f, question) for f in offered if f["name"] == name)
    if choice == "none" or not offered:
        return ()
    chosen = offered if _ALL.search(question) else [f for f in offered if _wanted(str(f["name"]), question)]
    if not chosen and (force or _ANY.search(question)):
        chosen = offered[:1]
    return tuple(call for function in chosen for call in _calls(function, question))[:_MOST]


def _wanted(name: str, question: str) -> bool:
    bare = name.rpartition("__")[2]  # server__tool
    words = [word for word in re.split(r"[_\-]+|(?<=[a-z])(?=[A-Z])", bare) if word]
    if name in question or all(re.search(rf"\b{re.escape(word)}", question, re.IGNORECASE) for word in words):
        return True
    return any(said.search(question) and called.search(bare) for said, called in _INTENTS)


def _calls(function: Json, question: str) -> list[Call]:
    """One call, or one for each place that the question names."""
    place = schema.about_place(function.get("parameters"))
    cities = schema.cities(question) if place else []
    if len(cities) < 2:
        return [_call(function, question)]
    return [_call(function, question, **{str(place): city}) for city in cities]


def _call(function: Json, question: str, **known: str) -> Call:
    rules = cast(Json, function.get("parameters") or {})
    arguments = cast(Json, schema.Filler(question, rules).fill({"type": "object", **rules}))
    return Call(str(function["name"]), json.dumps({**arguments, **known}, ensure_ascii=False, separators=(",", ":")))


def spaced(call: Call, profile: Profile) -> Call:
    """In September 2025 the arguments had spaces after `,` and `:` (glm-api.md §3)."""
    if profile is not Profile.SEPTEMBER_2025:
        return call
    try:
        return Call(call.name, json.dumps(json.loads(call.arguments), ensure_ascii=False))
    except ValueError:
        return call


def calling(calls: tuple[Call, ...], question: str) -> Plan:
    """A sentence, then the calls."""
    names = ", ".join(dict.fromkeys(call.name for call in calls))
    if script.is_chinese(question):
        return Plan(
            f"我先调用 {names}。",
            f"用户的问题需要外部结果，我没有现成的数据。可用的工具里 {names} 合适，参数从问题里取。",
            calls,
            "tool_calls",
        )
    thought = f"The question needs a result that I do not have. {names} fits; the arguments are in the question."
    return Plan(f"I will call {names} first.", thought, calls, "tool_calls")


def answering(loop: Sequence[Json], question: str) -> Plan:
    """The answer from the results of the loop so far."""
    named = {str(c["id"]): str(c["function"]["name"]) for m in loop for c in m.get("tool_calls") or ()}
    results = [(named.get(str(m.get("tool_call_id")), "?"), prompts.text_of(m)) for m in loop if m["role"] == "tool"]
    lines = "\n".join(f"- **{name}**：{_quote(result)}" for name, result in results)
    if script.is_chinese(question):
        head, thought, foot = (
            "根据工具返回的结果：",
            "工具已经返回结果，整理后直接回答即可。",
            "演示回答：上面的结果来自真实的工具调用，文字是预置的。",
        )
    else:
        head, thought = "The tools returned:", "The tools have answered; I only have to put their results in order."
        foot = "Demo reply: the results above come from real tool calls, the words are scripted."
        lines = lines.replace("**：", "**: ")
    return Plan(f"{head}\n\n{lines}\n\n*{foot}*", thought)


def _quote(result: str) -> str:
    text = " ".join(_FENCE.sub("", result).split())
    return text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "…"
