"""The server's process: its environment, its end, its speed, and clients that leave."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time

import httpx
import pytest

from glmdesk.demo.process import DemoProcess, command, worker_environment
from tests.demo.chat import ask, client, joined
from tests.demo.chat import events as events_of
from tests.helpers.server import demo_server


def test_server_ends_when_its_standard_input_closes() -> None:
    child = subprocess.Popen([sys.executable, "-m", "glmdesk.demo"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdin is not None
    assert child.stdout is not None
    assert child.stdout.readline().startswith(b"listening ")
    child.stdin.close()
    assert child.wait(10) == 0
    child.stdout.close()


def test_frozen_program_starts_itself_as_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert command() == [sys.executable, "--worker", "demo"]
    assert worker_environment(["--rate=0"])["GLMDESK_DEMO_OPTIONS"] == "--rate=0"


def test_server_ends_with_an_open_stream() -> None:
    process = DemoProcess(rate=5)
    port = process.launch()
    with client() as http, pytest.raises(httpx.HTTPError):  # noqa: PT012 (the stream must be open when it ends)
        sent = {"model": "glm-4.5", "stream": True, "messages": [{"role": "user", "content": "hello"}]}
        with http.stream("POST", f"http://127.0.0.1:{port}/api/paas/v4/chat/completions", json=sent) as response:
            lines = response.iter_lines()
            next(lines)
            started = time.monotonic()
            process.shut()
            assert time.monotonic() - started < 3
            list(lines)


def test_process_starts_and_closes_on_a_loop() -> None:
    async def scene() -> None:
        process = DemoProcess(rate=0, profile="2025-09")
        url = await process.start()
        async with httpx.AsyncClient(trust_env=False) as http:
            assert (await http.get(f"{url}/models", headers={"Authorization": "Bearer x"})).status_code == 200
        pid = process.pid
        await process.close()
        assert pid is not None
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)

    asyncio.run(scene())


def test_no_secret_of_the_environment_reaches_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZAI_API_KEY", "secret")
    monkeypatch.setenv("HTTPS_PROXY", "http://user:secret@proxy")
    assert "secret" not in " ".join(worker_environment().values())


def test_rate_sets_the_speed() -> None:
    with demo_server(rate=200) as url, client() as http:
        started = time.monotonic()
        listed = events_of(ask(http, url, "hello", stream=True))
        took = time.monotonic() - started
    ideal = len(listed) / 200
    assert ideal * 0.8 < took < ideal * 2 + 1


def test_one_connection_serves_many_requests(demo_url: str) -> None:
    port = int(demo_url.split(":")[2].split("/")[0])
    line = b"GET /api/paas/v4/models HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as opened:
        for _ in range(3):
            opened.sendall(line)
            assert opened.recv(65536).startswith(b"HTTP/1.1 200 OK")


def test_many_clients_are_served_side_by_side() -> None:
    async def scene(url: str) -> list[str]:
        async with httpx.AsyncClient(trust_env=False, headers={"Authorization": "Bearer x"}) as http:
            sent = {"model": "glm-4.5", "stream": True, "messages": [{"role": "user", "content": "hello"}]}
            replies = await asyncio.gather(*(http.post(f"{url}/chat/completions", json=sent) for _ in range(8)))
        return [joined(events_of(reply)) for reply in replies]

    with demo_server(rate=150) as url:
        started = time.monotonic()
        texts = asyncio.run(scene(url))
        assert time.monotonic() - started < 4  # one after the other they would need more
    assert len(set(texts)) == 1


def test_request_id_in_flight_is_refused_and_freed_when_the_client_leaves() -> None:
    sent = {
        "model": "glm-4.5",
        "stream": True,
        "request_id": "same-id",
        "messages": [{"role": "user", "content": "/fault endless"}],
    }
    with demo_server(rate=1000) as url, client() as http:
        with http.stream("POST", f"{url}/chat/completions", json=sent) as response:
            lines = response.iter_lines()
            next(lines)
            again = httpx.post(f"{url}/chat/completions", json=sent, headers=dict(http.headers), trust_env=False)
            assert again.json()["error"]["code"] == "1231"
        deadline = time.monotonic() + 5
        while ask(http, url, "hello", request_id="same-id").status_code != 200:
            assert time.monotonic() < deadline
