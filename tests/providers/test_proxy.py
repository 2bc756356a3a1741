"""Proxies: chosen, refused, locked, misspelt (faults row 44)."""

from __future__ import annotations

import asyncio

import pytest

from glmdesk.domain.event import TextDelta
from glmdesk.domain.settings import ProxyMode
from glmdesk.providers.transport import Proxy
from tests.providers.loopback import CANARY, GOOD, Handler, Outcome, Server, ask, head, sends, serve
from tests.providers.test_connection import closed_port

FAR = "http://glm.example:8080/v4"
FAR_TLS = "https://glm.example/v4"


def through(handler: Handler, url: str = FAR) -> tuple[Outcome, Server]:
    async def body() -> tuple[Outcome, Server]:
        async with serve(handler) as server:
            proxy = Proxy(ProxyMode.CUSTOM, f"http://user:S3cretWord@127.0.0.1:{server.port}")
            return await ask(url, proxy=proxy), server

    return asyncio.run(body())


def custom(proxy: str, url: str = FAR) -> Outcome:
    return asyncio.run(ask(url, proxy=Proxy(ProxyMode.CUSTOM, proxy)))


def test_a_request_goes_through_the_chosen_proxy() -> None:
    outcome, server = through(GOOD)
    assert outcome.texts(TextDelta) == "你好"
    assert server.requests[0].line == "POST http://glm.example:8080/v4/chat/completions HTTP/1.1"
    assert "proxy-authorization" in server.requests[0].headers


@pytest.mark.parametrize("url", [FAR, FAR_TLS])
def test_a_proxy_that_wants_a_login_is_named_without_its_password(url: str) -> None:
    outcome, server = through(sends(head(407, Content_Length="0")), url)
    assert outcome.kind == "proxy_auth"
    assert outcome.error is not None
    assert outcome.error.info.args["proxy"] == f"127.0.0.1:{server.port}"
    assert "S3cretWord" not in repr(outcome.error.info)


def test_a_tunnel_shows_the_key_to_nobody() -> None:
    outcome, server = through(sends(head(502, Content_Length="0")), FAR_TLS)
    assert outcome.kind == "proxy_refused"
    assert server.requests[0].line.startswith("CONNECT glm.example:443")
    assert CANARY not in repr(server.requests)


@pytest.mark.parametrize("url", [FAR, FAR_TLS])
def test_a_proxy_that_is_not_there_is_named(url: str) -> None:
    port = closed_port()
    outcome = custom(f"http://127.0.0.1:{port}", url)
    assert outcome.kind == "proxy_refused"
    assert outcome.error is not None
    assert outcome.error.info.args["proxy"] == f"127.0.0.1:{port}"


@pytest.mark.parametrize("proxy", ["", "ftp://h:1", "http://", "http://h:port", "http://[::1", "http://h:0"])
def test_a_misspelt_proxy_is_told(proxy: str) -> None:
    assert custom(proxy).kind == "proxy_bad"


def test_socks_is_told_to_be_missing() -> None:
    assert custom("socks5://127.0.0.1:1080").kind == "proxy_socks"


def test_the_systems_proxy_is_used_unless_it_is_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    port = closed_port()
    monkeypatch.setenv("http_proxy", f"127.0.0.1:{port}")
    assert asyncio.run(ask(FAR)).kind == "proxy_refused"
    for spared in ("glm.invalid", "glm.invalid:8080", ".invalid", "*"):
        monkeypatch.setenv("no_proxy", spared)
        assert asyncio.run(ask("http://glm.invalid:8080/v4")).kind == "dns", spared
    monkeypatch.setenv("no_proxy", "glm.invalid:9")
    assert asyncio.run(ask("http://glm.invalid:8080/v4")).kind == "proxy_refused"
    assert asyncio.run(ask("http://other.invalid/v4", proxy=Proxy(ProxyMode.NONE))).kind == "dns"


def test_this_machine_is_never_reached_through_a_proxy() -> None:
    async def body() -> None:
        async with serve(GOOD) as server:
            proxy = Proxy(ProxyMode.CUSTOM, f"http://127.0.0.1:{closed_port()}")
            assert (await ask(server.url, proxy=proxy)).error is None

    asyncio.run(body())
