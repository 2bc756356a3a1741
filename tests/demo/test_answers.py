"""What the server answers: thinking, limits, cache, tools, JSON, titles, long answers."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from glmdesk.demo import script, tokens
from tests.demo.chat import WEATHER, ask, body, deltas, events, joined

QUESTION = "为什么木星的卫星比土星多？"


def test_thinking_switched_off_leaves_no_reasoning_key(demo_url: str, http: httpx.Client) -> None:
    listed = events(ask(http, demo_url, QUESTION, stream=True, thinking={"type": "disabled"}))
    assert all("reasoning_content" not in delta for delta in deltas(listed))
    plain = ask(http, demo_url, QUESTION, thinking={"type": "disabled"}).json()
    assert "reasoning_content" not in plain["choices"][0]["message"]
    assert plain["usage"]["completion_tokens_details"]["reasoning_tokens"] == 0


def test_one_token_per_chunk_and_usage_counts_them(demo_url: str, http: httpx.Client) -> None:
    listed = events(ask(http, demo_url, QUESTION, stream=True))
    told = listed[-1]["usage"]
    assert told["completion_tokens"] == len(listed) - 1
    thought = tokens.count(joined(listed, "reasoning_content"))
    assert told["completion_tokens_details"]["reasoning_tokens"] == thought
    assert joined(listed) == script.choose(QUESTION)[1].content


def test_max_tokens_counts_reasoning_and_ends_with_length(demo_url: str, http: httpx.Client) -> None:
    listed = events(ask(http, demo_url, QUESTION, stream=True, max_tokens=10))
    assert listed[-1]["choices"][0]["finish_reason"] == "length"
    assert listed[-1]["usage"]["completion_tokens"] == 10
    assert joined(listed) == ""


def test_stop_word_ends_the_text_before_it(demo_url: str, http: httpx.Client) -> None:
    reply = ask(http, demo_url, QUESTION, stop=["274"]).json()
    assert "274" not in reply["choices"][0]["message"]["content"]
    assert reply["choices"][0]["finish_reason"] == "stop"


def test_cached_tokens_grow_over_a_chat(demo_url: str, http: httpx.Client) -> None:
    messages: list[dict[str, Any]] = [
        {"role": "system", "content": "A system prompt of this test, cached_tokens grow."}
    ]
    cached: list[int] = []
    for question in ("first question", "second question", "third question"):
        messages.append({"role": "user", "content": question})
        reply = ask(http, demo_url, messages).json()
        messages.append({"role": "assistant", "content": reply["choices"][0]["message"]["content"]})
        told = reply["usage"]
        cached.append(told["prompt_tokens_details"]["cached_tokens"])
        assert cached[-1] < told["prompt_tokens"]
    assert cached == sorted(cached)
    assert cached[0] < 12 < cached[1] < cached[2]


def test_changed_first_message_breaks_the_cache(demo_url: str, http: httpx.Client) -> None:
    def cached(first: str) -> int:
        messages = [{"role": "system", "content": first}, {"role": "user", "content": "the same long question " * 20}]
        return ask(http, demo_url, messages).json()["usage"]["prompt_tokens_details"]["cached_tokens"]

    cached("alpha beta gamma")
    assert cached("alpha beta gamma") > 60
    assert cached("Zulu beta gamma") < 20


def test_calls_run_parallel_and_the_answer_quotes_the_results(demo_url: str, http: httpx.Client) -> None:
    messages: list[dict[str, Any]] = [{"role": "user", "content": "北京和上海的天气怎么样？"}]
    first = ask(http, demo_url, messages, tools=[WEATHER]).json()["choices"][0]
    calls = first["message"]["tool_calls"]
    assert first["finish_reason"] == "tool_calls"
    assert [json.loads(c["function"]["arguments"])["location"] for c in calls] == ["北京", "上海"]
    messages.append(first["message"])
    messages += [{"role": "tool", "tool_call_id": c["id"], "content": f"{n} C"} for n, c in enumerate(calls, 20)]
    second = ask(http, demo_url, messages, tools=[WEATHER]).json()["choices"][0]
    assert second["finish_reason"] == "stop"
    assert "20 C" in second["message"]["content"]
    assert "21 C" in second["message"]["content"]


def test_marker_orders_calls_in_rounds(demo_url: str, http: httpx.Client) -> None:
    asked = 'go\n/tool weather {"location":"A"}\n/next\n/tool weather {"location":"B"}'
    messages: list[dict[str, Any]] = [{"role": "user", "content": asked}]
    seen: list[str] = []
    choice: dict[str, Any] = {}
    for _ in range(3):
        choice = ask(http, demo_url, messages, tools=[WEATHER]).json()["choices"][0]
        messages.append(choice["message"])
        for call in choice["message"].get("tool_calls", []):
            seen.append(call["function"]["arguments"])
            messages.append({"role": "tool", "tool_call_id": call["id"], "content": "ok"})
    assert seen == ['{"location":"A"}', '{"location":"B"}']
    assert choice["finish_reason"] == "stop"


def test_forced_function_is_called_and_none_is_not(demo_url: str, http: httpx.Client) -> None:
    choice = {"type": "function", "function": {"name": "weather"}}
    forced = ask(http, demo_url, "hello", tools=[WEATHER], tool_choice=choice).json()["choices"][0]
    assert forced["message"]["tool_calls"][0]["function"]["name"] == "weather"
    free = ask(http, demo_url, "weather in Paris", tools=[WEATHER], tool_choice="none").json()["choices"][0]
    assert "tool_calls" not in free["message"]


def test_json_object_fits_the_schema_in_the_prompt(demo_url: str, http: httpx.Client) -> None:
    wanted = {
        "type": "object",
        "properties": {
            "title": {"type": "string"},
            "pages": {"type": "array", "items": {"type": "object", "properties": {"n": {"type": "integer"}}}},
        },
        "required": ["title", "pages"],
    }
    reply = ask(http, demo_url, f"JSON please: {json.dumps(wanted)}", response_format={"type": "json_object"}).json()
    value = json.loads(reply["choices"][0]["message"]["content"])
    assert isinstance(value["title"], str)
    assert [type(page["n"]) for page in value["pages"]] == [int, int]


def test_title_request_gets_the_first_words_and_no_fault(demo_url: str, http: httpx.Client) -> None:
    messages = [
        {"role": "system", "content": "Title: give this conversation a title."},
        {"role": "user", "content": "/error 1302\n为什么木星的卫星比土星多？还有别的问题。"},
    ]
    reply = ask(http, demo_url, messages, thinking={"type": "disabled"}, max_tokens=64)
    assert reply.json()["choices"][0]["message"]["content"] == "为什么木星的卫星比土星多"


def test_long_answer_has_exactly_the_wanted_tokens(demo_url: str, http: httpx.Client) -> None:
    first = ask(http, demo_url, "/long tokens=3000 thought=100").json()
    again = ask(http, demo_url, "/long tokens=3000 thought=100").json()
    assert first["usage"]["completion_tokens"] == 3100
    assert first["choices"] == again["choices"]


def test_continued_answer_goes_on_where_it_was_cut(demo_url: str, http: httpx.Client) -> None:
    whole = script.choose(QUESTION)[1].content
    messages = [
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "content": whole[:100]},
        {"role": "user", "content": "请从上文中断处接着写，不要重复已经写过的内容，也不要解释。"},
    ]
    rest = ask(http, demo_url, messages).json()["choices"][0]["message"]["content"]
    assert whole.endswith(rest)
    assert len(rest) == len(whole) - 100 + 12


def test_web_search_results_stand_at_the_top_level(demo_url: str, http: httpx.Client) -> None:
    search = {
        "type": "web_search",
        "web_search": {"enable": True, "search_engine": "search_std", "search_result": True},
    }
    listed = events(ask(http, demo_url, "hello", stream=True, tools=[search]))
    assert listed[-1]["web_search"][0]["link"] == "https://example.com/one"


@pytest.mark.parametrize("rule", script.rules(), ids=lambda rule: rule.name)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_script_exists_thinks_and_says_that_it_is_scripted(rule: script.Rule, language: str) -> None:
    reply = script.load(rule.name, language)
    assert reply.reasoning
    assert ("演示回答" if language == "zh" else "Demo reply") in reply.content


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("为什么木星的卫星比土星多？", "jupiter"),
        ("How do lucid dreams work?", "dreams"),
        ("给咖啡店想一句口号", "slogan"),
        ("Write about The Great Gatsby", "gatsby"),
        ("Make a wizard for D&D", "wizard"),
        ("Write a diary of a dog", "dog"),
        ("智谱是哪一年成立的？", "zhipu"),
        ("I love you", "love"),
        ("从北京到上海坐飞机还是高铁？", "train"),
        ("Plane or train from Beijing to Shanghai?", "train"),
        ("MoE 里的专家是什么？", "experts"),
        ("Should I buy an index fund?", "fund"),
        ("做一个茶馆的网页", "web"),
        ("帮我拆解一个两周的计划", "agent"),
        ("写一份 PPT 大纲", "office"),
        ("Please answer according to the document", "questions"),
        ("把这段话翻译成英文", "translation"),
        ("写一篇小红书文案", "writing"),
        ("扮演一位灯塔看守人", "character"),
        ("请解释傅里叶变换", None),
    ],
)
def test_words_of_the_question_choose_the_script(question: str, name: str | None) -> None:
    rule, _ = script.choose(question)
    assert (rule.name if rule else None) == name


def test_system_prompt_chooses_when_the_question_does_not() -> None:
    rule, _ = script.choose("hello there, friend", "You translate long documents.")
    assert rule is not None
    assert rule.name == "translation"


def test_simple_question_is_thought_about_briefly_by_a_model_that_may_choose(demo_url: str, http: httpx.Client) -> None:
    def thought(model: str) -> int:
        reply = http.post(f"{demo_url}/chat/completions", json={**body("智谱是哪一年成立的？"), "model": model}).json()
        return reply["usage"]["completion_tokens_details"]["reasoning_tokens"]

    assert 0 < thought("glm-4.5") <= 60


def test_retired_flash_answers_under_the_name_of_its_successor(demo_url: str, http: httpx.Client) -> None:
    reply = http.post(f"{demo_url}/chat/completions", json={**body("hi"), "model": "glm-4.5-flash"}).json()
    assert reply["model"] == "glm-4.7-flash"


def test_null_fields_and_tolerated_ones_are_accepted(demo_url: str, http: httpx.Client) -> None:
    fields = {"thinking": None, "response_format": None, "stream_options": {"include_usage": True}, "tools": None}
    assert ask(http, demo_url, "hello", **fields, reasoning_effort="high", seed=7).status_code == 200


def test_coding_plan_path_counts_earlier_reasoning(demo_url: str, http: httpx.Client) -> None:
    messages = [
        {"role": "user", "content": "hello"},
        {"role": "assistant", "content": "hi", "reasoning_content": "a long thought " * 30},
        {"role": "user", "content": "hello"},
    ]
    plain = ask(http, demo_url, messages).json()["usage"]["prompt_tokens"]
    coding = ask(http, demo_url.replace("/api/", "/api/coding/"), messages).json()["usage"]["prompt_tokens"]
    assert coding >= plain + 90


def test_models_lists_no_flash_id(demo_url: str, http: httpx.Client) -> None:
    listed = [row["id"] for row in http.get(f"{demo_url}/models").json()["data"]]
    assert "glm-4.5" in listed
    assert not any("flash" in name for name in listed)
    assert body("x")["model"] in listed
