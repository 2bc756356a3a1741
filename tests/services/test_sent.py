"""What the settings, the template and the list of the window say is what is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from glmdesk.compose import Composition
from glmdesk.domain.conversation import Setup, ThinkingChoice
from glmdesk.domain.request import Parameters
from tests.helpers.program import run
from tests.services.test_window_changes import ask, sent, talk


def test_settings_are_sent_and_a_template_says_more_than_they(tmp_path: Path, url: str) -> None:
    async def body(desk: Composition) -> None:
        await desk.desk.settings.change(
            default_temperature=0.3, default_max_tokens=900, default_model="glm-4.6", system_prompt="只说要点。"
        )
        plain = await sent(desk, await talk(desk, "一"))
        wanted = {"model": "glm-4.6", "temperature": 0.3, "max_tokens": 900}
        assert {name: plain[name] for name in wanted} == wanted
        assert plain["thinking"] == {"type": "enabled"}
        assert plain["messages"][0] == {"role": "system", "content": "只说要点。"}
        setup = Setup(
            system="译成中文。",
            model="glm-4.5-air",
            thinking=ThinkingChoice.OFF,
            parameters=Parameters(temperature=0.9),
            tools=("calculate",),
        )
        own = await sent(desk, await talk(desk, "一", setup=setup))
        wanted = {"model": "glm-4.5-air", "temperature": 0.9, "max_tokens": 900, "thinking": {"type": "disabled"}}
        assert {name: own[name] for name in wanted} == wanted
        assert own["messages"][0]["content"] == "译成中文。"
        assert [tool["function"]["name"] for tool in own["tools"]] == ["calculate"]

    run(tmp_path, url, body)


@pytest.mark.parametrize("tools", [(), ("calculate", "get_time", "read_file")])
def test_the_list_of_the_window_says_what_the_service_then_counts(
    tmp_path: Path, url: str, tools: tuple[str, ...]
) -> None:
    long = "说明这个季度的销售为什么下降，分三点，每点一句话。" * 40

    async def body(desk: Composition) -> None:
        setup = Setup(system="你是分析师。" * 30, tools=tools)
        chat = await talk(desk, long, long, long, setup=setup, files=1)
        ruler = await desk.desk.window.ruler(chat)
        await ask(desk, chat, "?")
        usage = (await desk.desk.chat.open(chat)).rows[-1].message.usage
        assert usage is not None
        reserve = sum(share.tokens for share in ruler.shares if share.kind == "reserve")
        assert abs(ruler.used - reserve - usage.prompt_tokens) <= 0.1 * usage.prompt_tokens

    run(tmp_path, url, body)
