"""Nine servers that are broken (faults.md row 50), and what goes wrong in a call (row 49)."""

from __future__ import annotations

import asyncio
import sys
import time
from uuid import uuid4

import pytest

from glmdesk.domain.servers import ServerConfig, ServerState
from glmdesk.tools.mcp.faults import ServerFault
from glmdesk.tools.mcp.log import MOST_LINES
from glmdesk.tools.mcp.offer import MOST_RESULT
from tests.tools.mcp.running import fake, marked, servers

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.mark.parametrize(
    ("mode", "kind", "log"),
    [
        ("exits", "server_exited", "no such option"),
        ("garbage", "server_garbage", "Welcome to my server"),
        ("silent", "server_silent", "failed: server_silent"),
        ("wrong_protocol", "server_protocol", "1999-01-01"),
    ],
)
def test_a_server_that_cannot_start_says_why(mode: str, kind: str, log: str) -> None:
    mark = f"mark-{uuid4().hex}"

    async def body() -> None:
        async with servers(start_seconds=1.0) as running:
            status = await running.started(fake(mode, mark))
            assert (status.state, status.error and status.error.kind) == (ServerState.FAILED, kind)
            assert any(log in line for line in running.hub.log("fake"))
            assert marked(mark) == []

    asyncio.run(body())


def test_a_server_that_failed_can_be_started_again() -> None:
    async def body() -> None:
        async with servers() as running:
            await running.started(fake("exits"))
            assert (await running.started(fake("good"))).state is ServerState.READY

    asyncio.run(body())


def test_the_exit_code_is_told() -> None:
    async def body() -> None:
        async with servers() as running:
            status = await running.started(fake("exits"))
            assert status.error is not None
            assert status.error.args == {"code": "7"}

    asyncio.run(body())


def test_a_missing_binary_starts_nothing() -> None:
    async def body() -> None:
        async with servers() as running:
            status = await running.started(ServerConfig("none", "None", command="glmdesk-no-such-program"))
            assert status.state is ServerState.FAILED
            assert status.error is not None
            assert (status.error.kind, status.error.args["program"]) == ("server_missing", "glmdesk-no-such-program")

    asyncio.run(body())


def test_a_server_that_dies_in_a_call_ends_the_call_and_shows_its_code() -> None:
    async def body() -> None:
        async with servers() as running:
            await running.started(fake("good"))
            with pytest.raises(ServerFault) as caught:
                await running.hub.call("fake", "die", {}, seconds=10)
            assert caught.value.info.kind == "server_lost"
            status = await running.until("fake", lambda status: status.state is ServerState.FAILED)
            assert status.error is not None
            assert (status.error.kind, status.error.args["code"]) == ("server_exited", "3")

    asyncio.run(body())


def test_a_line_of_eight_megabytes_is_refused_and_the_server_goes_on() -> None:
    async def body() -> None:
        async with servers() as running:
            await running.started(fake("good"))
            with pytest.raises(ServerFault) as caught:
                await running.hub.call("fake", "large", {}, seconds=10)
            assert "8.0 MB" in caught.value.info.detail
            result = await running.hub.call("fake", "echo", {"text": "still here"}, seconds=10)
            assert result.text == "still here"

    asyncio.run(body())


def test_a_flood_on_stderr_stays_within_the_log() -> None:
    async def body() -> None:
        async with servers() as running:
            await running.started(fake("floods_stderr"))
            for _ in range(20):
                assert (await running.hub.call("fake", "slow", {}, seconds=10)).text == "late"
            assert len(running.hub.log("fake")) == MOST_LINES

    asyncio.run(body())


def test_a_server_whose_tools_change_all_the_time_is_not_asked_all_the_time() -> None:
    async def body() -> None:
        async with servers() as running:
            await running.started(fake("good"))
            call = running.hub.call
            assert (await call("fake", "echo", {"text": "changed again and again"}, seconds=30)).text == "done"
            assert int((await call("fake", "echo", {"text": "how often listed"}, seconds=30)).text) < 20

    asyncio.run(body())


def test_a_server_that_ignores_sigterm_is_gone_with_its_children_within_five_seconds() -> None:
    mark = f"mark-{uuid4().hex}"

    async def body() -> None:
        async with servers() as running:
            await running.started(fake("ignores_sigterm", mark))
            assert len(marked(mark)) == 2
            before = time.monotonic()
            async with asyncio.timeout(5):
                await running.hub.stop("fake")
            assert marked(mark) == [], f"after {time.monotonic() - before:.1f} s"

    asyncio.run(body())


@pytest.mark.parametrize("mode", ["silent", "garbage"])
def test_a_server_that_never_introduces_itself_is_stopped_at_once(mode: str) -> None:
    async def body() -> None:
        async with servers(start_seconds=60.0) as running:
            mark = f"mark-{uuid4().hex}"
            await running.hub.start(fake(mode, mark))
            async with asyncio.timeout(10):
                while not marked(mark):
                    await asyncio.sleep(0.02)
            async with asyncio.timeout(5):
                await running.hub.stop("fake")
            assert running.hub.status("fake").state is ServerState.OFF
            assert not marked(mark)

    asyncio.run(body())


def test_a_server_that_leaves_politely_leaves_no_child_behind() -> None:
    mark = f"mark-{uuid4().hex}"

    async def body() -> None:
        async with servers() as running:
            await running.started(fake("leaves_child", mark))
            assert len(marked(mark)) == 2
        assert marked(mark) == []

    asyncio.run(body())


def test_a_call_that_hangs_ends_with_its_time() -> None:
    async def body() -> None:
        async with servers() as running:
            await running.started(fake("good"))
            with pytest.raises(ServerFault) as caught:
                await running.hub.call("fake", "hang", {}, seconds=0.3)
            assert caught.value.info.kind == "server_said_no"
            assert (await running.hub.call("fake", "echo", {"text": "a"}, seconds=10)).text == "a"

    asyncio.run(body())


def test_stop_ends_a_waiting_call_at_once() -> None:
    async def body() -> None:
        async with servers() as running:
            await running.started(fake("good"))
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await running.hub.call("fake", "hang", {}, seconds=60)
            assert (await running.hub.call("fake", "echo", {"text": "a"}, seconds=10)).text == "a"

    asyncio.run(body())


def test_lone_surrogates_and_bytes_become_text() -> None:
    async def body() -> None:
        async with servers() as running:
            await running.started(fake("good"))
            assert (await running.hub.call("fake", "surrogate", {}, seconds=10)).text == "a\ufffdb"
            assert "image/png" in (await running.hub.call("fake", "binary", {}, seconds=10)).text

    asyncio.run(body())


def test_a_long_result_is_cut_for_the_model() -> None:
    async def body() -> None:
        async with servers() as running:
            await running.started(fake("good"))
            result = await running.hub.call("fake", "echo", {"text": "字" * 600_000}, seconds=10)
            assert len(result.text.encode()) <= MOST_RESULT + 100
            assert result.text.endswith("[cut here: 1800000 bytes in all]")

    asyncio.run(body())


def test_a_changed_description_changes_the_digest_and_shows_its_hidden_letters() -> None:
    async def body() -> None:
        async with servers() as running:
            before = (await running.started(fake("good"))).tools
            await running.hub.call("fake", "change", {}, seconds=10)
            status = await running.until("fake", lambda status: status.tools != before)
            old, new = ({tool.name: tool.spec for tool in tools}["echo"] for tools in (before, status.tools))
            assert old.digest != new.digest
            assert new.description.endswith("⟦U+200B⟧")

    asyncio.run(body())
