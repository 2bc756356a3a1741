"""Certificates that are wrong in different ways (faults row 43)."""

from __future__ import annotations

import asyncio
import ssl

import pytest

from glmdesk.domain.event import TextDelta
from tests.helpers.authority import Authority
from tests.providers.loopback import GOOD, Outcome, Server, ask, serve


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


def tried(
    tls: ssl.SSLContext | None, verify: ssl.SSLContext | None = None, *, scheme: str = "https"
) -> tuple[Outcome, Server]:
    async def body() -> tuple[Outcome, Server]:
        async with serve(GOOD, tls=tls) as server:
            server.scheme = scheme
            return await ask(server.url, verify=verify), server

    return asyncio.run(body())


def test_a_good_certificate_works(authority: Authority) -> None:
    outcome, _ = tried(authority.server("127.0.0.1"), authority.trusting())
    assert outcome.texts(TextDelta) == "你好"


def test_an_expired_certificate_is_told(authority: Authority) -> None:
    outcome, server = tried(authority.server("127.0.0.1", days=-1), authority.trusting())
    assert outcome.kind == "tls_expired"
    assert server.requests == []


def test_a_certificate_of_another_host_is_told(authority: Authority) -> None:
    for name in ("other.example", "10.0.0.1"):
        outcome, server = tried(authority.server(name), authority.trusting())
        assert outcome.kind == "tls_host"
        assert server.requests == []


def test_the_operating_system_decides_whom_to_trust(authority: Authority) -> None:
    for tls in (authority.self_signed(), authority.server("127.0.0.1")):
        outcome, server = tried(tls)
        assert outcome.kind == "tls_self_signed"
        assert server.requests == []


def test_plain_http_on_an_https_address_is_told(authority: Authority) -> None:
    assert tried(None, authority.trusting())[0].kind == "tls_plain"


def test_tls_on_an_http_address_is_no_answer(authority: Authority) -> None:
    assert tried(authority.server("127.0.0.1"), scheme="http")[0].kind in ("bad_protocol", "hung_up")
