"""Certificates that are wrong in different ways (faults row 43)."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from pathlib import Path

import pytest

from glmdesk.domain.event import TextDelta
from tests.providers.loopback import GOOD, Outcome, Server, ask, serve

_NEW = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout")


class Authority:
    """A certificate authority of its own, and servers' certificates by it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        authority = ["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign"]
        self._run("req", "-x509", *_NEW, "ca.key", "-out", "ca.pem", "-subj", "/CN=Test CA", "-days", "30", *authority)

    def _run(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self._folder, check=True, capture_output=True)

    def server(self, name: str, *, days: int = 30) -> ssl.SSLContext:
        """A server's context for `name` (an address or a host)."""
        kind = "IP" if name[0].isdigit() else "DNS"
        extensions = f"subjectAltName={kind}:{name}\nextendedKeyUsage=serverAuth\nauthorityKeyIdentifier=keyid\n"
        (self._folder / "ext").write_text(extensions)
        self._run("req", *_NEW, "s.key", "-out", "s.csr", "-subj", "/CN=s")
        by = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "ext"]
        self._run("x509", "-req", "-in", "s.csr", "-out", "s.pem", "-days", str(days), *by)
        return self._context("s.pem", "s.key")

    def self_signed(self) -> ssl.SSLContext:
        return self._context("ca.pem", "ca.key")

    def _context(self, certificate: str, key: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._folder / certificate, self._folder / key)
        return context

    def trusting(self) -> ssl.SSLContext:
        """A client's context that knows this authority and no other."""
        return ssl.create_default_context(cafile=str(self._folder / "ca.pem"))


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
    assert tried(authority.server("127.0.0.1"), scheme="http")[0].kind in ("bad_protocol", "connection_lost")
