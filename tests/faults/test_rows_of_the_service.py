"""Rows 1, 35 to 41 and 46: what the service says, and an answer that a dead program left behind."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from glmdesk.domain.message import Status
from glmdesk.providers.transport import Transport
from tests.faults.scene import Scene, play
from tests.helpers.stored import ROOT


def test_row_01_after_a_kill_the_window_shows_the_words_and_how_to_go_on(profile: Path, slow: str) -> None:
    question = "/long tokens=3000 thought=0"
    command = [sys.executable, "-m", "tests.journeys.killed_window", str(profile), slow, question]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as child:
        assert child.stdout is not None
        shown = next(length for length in (int(line.split()[0]) for line in child.stdout) if length > 200)
        child.kill()

    async def body(scene: Scene) -> None:
        (conversation,) = scene.window.list.conversations
        scene.window.open_conversation(conversation.id)
        await scene.person.until(lambda: len(scene.view.stack.items) == 2, "the conversation is shown")
        assert scene.message.status is Status.INTERRUPTED
        assert 0 < len(scene.message.text) <= shown + 2000
        assert scene.offered == ["continue", "regenerate"]
        assert question in scene.shown

    play(profile, slow, body)


# row: the order; the first button; what the sentence holds; how many requests
_REFUSALS: Mapping[str, tuple[str, str, str, int]] = {
    "35": ("1261", "trim", "超出了模型的窗口", 1),
    "36": ("1000", "open_keys", "拒绝了这个密钥", 1),
    "37": ("1113", "recharge", "余额不足", 1),
    "38": ("1211", "switch_model", "没有模型「", 1),
}


async def _refused(scene: Scene, row: str) -> None:
    code, button, words, requests = _REFUSALS[row]
    answer = await scene.ask(f"你好\n/error {code}")
    assert answer.status is Status.FAILED
    assert words in scene.said
    assert code in scene.said
    assert scene.offered[0] == button
    assert scene.counted.requests == requests
    assert "你好" in scene.shown


def test_row_35_a_conversation_that_is_too_long_can_be_shortened(profile: Path, url: str) -> None:
    play(profile, url, lambda scene: _refused(scene, "35"))


def test_row_36_a_refused_key_leads_to_the_keys_and_is_not_tried_again(profile: Path, url: str) -> None:
    play(profile, url, lambda scene: _refused(scene, "36"))


def test_row_37_no_money_is_named_and_not_tried_again(profile: Path, url: str) -> None:
    play(profile, url, lambda scene: _refused(scene, "37"))


def test_row_38_an_unknown_model_is_named(profile: Path, url: str) -> None:
    play(profile, url, lambda scene: _refused(scene, "38"))


def test_row_38_a_wrong_address_is_named_without_the_key(profile: Path, url: str) -> None:
    async def body(scene: Scene) -> None:
        await scene.ask("你好")
        assert "地址不存在" in scene.said
        assert "/nowhere/v9" in scene.said
        assert scene.offered[0] == "open_endpoints"

    play(profile, url.replace("/api/paas/v4", "/nowhere/v9"), body)


def test_row_39_a_request_that_is_too_large_is_told(profile: Path, url: str) -> None:
    async def body(scene: Scene) -> None:
        answer = await scene.ask("/fault plain_text_error status=413")
        assert answer.status is Status.FAILED
        assert "请求太大" in scene.said
        assert scene.offered[0] == "trim"

    play(profile, url, body)


@pytest.mark.parametrize("wait", ["1", "in:2", "1e9", "-5", "", "soon"])
def test_row_40_a_countdown_is_shown_and_can_be_ended_both_ways(profile: Path, url: str, wait: str) -> None:
    header = f" retry_after={wait}" if wait else ""

    async def body(scene: Scene) -> None:
        await scene.send(f"你好\n/error 1302 times=2{header}")
        await scene.person.until(lambda: "retry_now" in scene.offered, "the countdown is shown")
        assert "秒后重试" in scene.said
        assert "stop" in scene.offered
        scene.view.action.emit("retry_now", scene.message.id)
        await scene.person.until(lambda: scene.counted.requests == 2, "it is asked again at once")
        await scene.person.until(lambda: "retry_now" in scene.offered, "the second countdown")
        await scene.stop()
        assert scene.message.status is Status.STOPPED
        assert scene.counted.requests == 2

    play(profile, url, body)


@pytest.mark.usefixtures("quick_retries")
@pytest.mark.parametrize("code", ["500", "1234", "1305"])
def test_row_41_a_server_that_stumbles_is_asked_again_and_the_question_is_there_once(
    profile: Path, url: str, code: str
) -> None:
    async def body(scene: Scene) -> None:
        answer = await scene.ask(f"你好\n/error {code} times=2")
        assert answer.status is Status.COMPLETE
        assert scene.counted.requests == 3
        assert len(scene.view.stack.items) == 2

    play(profile, url, body)


@pytest.mark.usefixtures("quick_retries")
def test_row_41_it_is_asked_three_times_more_and_then_told(profile: Path, url: str) -> None:
    async def body(scene: Scene) -> None:
        answer = await scene.ask("你好\n/error 500")
        assert answer.status is Status.FAILED
        assert scene.counted.requests == 4
        assert scene.offered[0] == "retry"

    play(profile, url, body)


@pytest.mark.usefixtures("quick_retries")
def test_row_41_after_the_first_word_nothing_is_asked_again(profile: Path, url: str) -> None:
    async def body(scene: Scene) -> None:
        answer = await scene.ask("/long tokens=200 thought=0\n/fault error_data_mid code=500 after=40")
        assert answer.status is Status.FAILED
        assert answer.text
        assert scene.counted.requests == 1
        assert "continue" in scene.offered

    play(profile, url, body)


def _sent(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The bodies of the requests that go out from now on."""
    bodies: list[Any] = []
    post = Transport.post

    def spied(self: Transport, url: str, *, headers: Mapping[str, str], body: bytes, **more: Any) -> Any:
        bodies.append(json.loads(body))
        return post(self, url, headers=headers, body=body, **more)

    monkeypatch.setattr(Transport, "post", spied)
    return bodies


def test_row_46_a_withdrawn_answer_leaves_the_screen_and_what_is_sent(
    profile: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bodies = _sent(monkeypatch)

    async def body(scene: Scene) -> None:
        answer = await scene.ask("/long tokens=200 thought=40\n/fault sensitive after=120")
        assert answer.status is Status.WITHDRAWN
        assert len(answer.text) > 40, "the raw text stays in the database"
        assert answer.text[:12] not in scene.shown
        assert answer.reasoning[:12] not in scene.shown
        assert "撤回" in scene.said or "安全" in scene.said
        assert scene.offered == ["regenerate"]
        await scene.ask("你好")
        assert answer.text[:12] not in json.dumps(bodies[-1], ensure_ascii=False)

    play(profile, url, body)


@pytest.mark.parametrize("order", ["reasoning_only", "length_in_reasoning"])
def test_row_46_a_thought_without_an_answer_can_be_read(profile: Path, url: str, order: str) -> None:
    async def body(scene: Scene) -> None:
        answer = await scene.ask(f"/long tokens=50 thought=80\n/fault {order}")
        assert answer.status is Status.FAILED
        assert answer.reasoning[:12] in scene.shown
        assert scene.said
        assert scene.offered[0] == "regenerate"

    play(profile, url, body)


def test_row_46_an_answer_that_is_cut_for_length_can_go_on(profile: Path, url: str) -> None:
    async def body(scene: Scene) -> None:
        answer = await scene.ask("/long tokens=200 thought=0\n/fault length after=60")
        assert answer.status is Status.COMPLETE
        assert scene.offered[0] == "continue"
        await scene.person.until(lambda: not scene.window.desk.chat.busy(), "the answer has ended")
        scene.view.action.emit("continue", answer.id)
        await scene.person.until(lambda: len(scene.message.text) > len(answer.text), "it goes on in place")
        await scene.end()
        assert scene.message.text.startswith(answer.text)

    play(profile, url, body)
