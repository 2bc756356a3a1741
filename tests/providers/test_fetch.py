"""Pages for tools: where a fetch may go and where it may not."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import pytest

from glmdesk.domain.addresses import is_public
from glmdesk.domain.ports import Page
from glmdesk.domain.settings import ProxyMode
from glmdesk.domain.tools import ToolContext, ToolFault
from glmdesk.providers.fetch import Limits, WebFetcher
from glmdesk.providers.transport import Proxy
from glmdesk.tools.fetch_page import FetchPageTool

PRIVATE = [
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1"),
    *("255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"),
    *("2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a00:1", "240.0.0.1", "198.18.0.1", "2001:db8::1"),
    *("fec0::1", "192.0.0.8", "3fff::1", "64:ff9b:1::a00:1", "5f00::1"),
]
NOT_PUBLIC = [
    *("file:///etc/passwd", "ftp://example.com/", "javascript:alert(1)", "http://", "https://u:p@example.com/", "x"),
    *("http://127.0.0.1/", "http://[::1]/", "http://2130706433/", "http://0x7f.1/", "http://127.1/", "http://0/"),
    *("http://localhost/", "http://[::ffff:127.0.0.1]/", "http://a b/", "http://example.com:0/", "http://[/"),
]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_known_in_every_dress(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("url", NOT_PUBLIC)
def test_what_is_no_public_page_is_refused_before_any_connection(url: str) -> None:
    with pytest.raises(ToolFault):
        asyncio.run(WebFetcher(Proxy(ProxyMode.NONE)).fetch(url))


class Site:
    """A loopback server; `reply(path)` gives the bytes of an answer, `hosts` are the names it was asked by."""

    def __init__(self, reply: Callable[[str], bytes]) -> None:
        self._reply = reply
        self.port = 0
        self.hosts: list[str] = []

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[Site, None]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.hosts += [line.split(": ")[1] for line in head.split("\r\n") if line.lower().startswith("host:")]
        writer.write(self._reply(head.split()[1]))
        await writer.drain()
        writer.close()


def answer(body: bytes, kind: str = "text/html; charset=utf-8", status: str = "200 OK", extra: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{extra}\r\n"
    return head.encode() + body


def fetcher(
    names: dict[str, list[list[str]]], *, allowed: tuple[str, ...] = ("127.0.0.1",), body: int = 1000
) -> WebFetcher:
    async def resolver(host: str, port: int) -> list[str]:
        found = names[host]
        return found.pop(0) if len(found) > 1 else found[0]

    return WebFetcher(
        Proxy(ProxyMode.NONE),
        limits=Limits(body=body, seconds=5),
        allowed=lambda address: str(address) in allowed,
        resolver=resolver,
    )


async def fetched(site: Site, path: str, names: dict[str, list[list[str]]]) -> Page:
    async with site.open():
        return await fetcher(names).fetch(f"http://good.test:{site.port}{path}")


def test_a_page_comes_by_its_name_over_the_checked_address() -> None:
    site = Site(lambda path: answer("<title>你好</title><p>文字".encode()))

    async def body() -> str:
        async with site.open():
            tool = FetchPageTool(fetcher({"good.test": [["127.0.0.1"]]}))
            return (await tool.call({"url": f"http://good.test:{site.port}/a?b=c"}, ToolContext())).text

    text = asyncio.run(body())
    assert "你好\n\n文字" in text
    assert site.hosts == [f"good.test:{site.port}"]


@pytest.mark.parametrize(
    ("name", "wire"), [("例子.测试", "xn--fsqu00a.xn--0zwm56d"), ("bücher.example", "xn--bcher-kva.example")]
)
def test_a_name_in_any_language_is_asked_for_as_the_wire_wants_it(name: str, wire: str) -> None:
    site = Site(lambda path: answer(b"ok"))

    async def body() -> bytes:
        async with site.open():
            page = await fetcher({name: [["127.0.0.1"]]}).fetch(f"http://{name}:{site.port}/路?问=1")
            return page.body

    assert asyncio.run(body()) == b"ok"
    assert site.hosts == [f"{wire}:{site.port}"]


def test_an_address_that_does_not_answer_leaves_the_next_one() -> None:
    site = Site(lambda path: answer(b"ok"))

    async def body(*addresses: str) -> bytes:
        async with site.open():
            found = fetcher({"good.test": [list(addresses)]}, allowed=("::1", "127.0.0.1"))
            return (await found.fetch(f"http://good.test:{site.port}/")).body

    assert asyncio.run(body("::1", "127.0.0.1")) == b"ok"
    with pytest.raises(ToolFault, match=r"good\.test.* cannot be read"):
        asyncio.run(body("::1"))


def test_a_name_that_resolves_anew_changes_nothing() -> None:
    """The second answer of the name server is the private one; it is never asked for."""
    site = Site(lambda path: answer(b"ok"))
    names = {"good.test": [["127.0.0.1"], ["10.0.0.1"]]}
    assert asyncio.run(fetched(site, "/", names)).body == b"ok"


def test_one_private_address_among_others_is_enough_to_refuse() -> None:
    site = Site(lambda path: answer(b"ok"))
    with pytest.raises(ToolFault, match="not a public address"):
        asyncio.run(fetched(site, "/", {"good.test": [["127.0.0.1", "10.0.0.1"]]}))
    assert site.hosts == []


@pytest.mark.parametrize(
    "location", ["http://bad.test/", "//bad.test/x", "file:///etc/passwd", "http://127.0.0.2/", "/loop"]
)
def test_a_redirect_is_checked_like_the_first_address(location: str) -> None:
    site = Site(lambda path: answer(b"", status="302 Found", extra=f"Location: {location}\r\n"))
    names = {"good.test": [["127.0.0.1"]], "bad.test": [["10.0.0.1"]], "127.0.0.2": [["127.0.0.2"]]}
    with pytest.raises(ToolFault):
        asyncio.run(fetched(site, "/", names))


def test_a_large_page_is_cut_and_a_packed_bomb_too() -> None:
    import gzip

    names = {"good.test": [["127.0.0.1"]]}
    page = asyncio.run(fetched(Site(lambda path: answer(b"x" * 5000)), "/", names))
    assert (len(page.body), page.cut) == (1000, True)
    bomb = answer(gzip.compress(bytes(50_000_000)), extra="Content-Encoding: gzip\r\n")
    page = asyncio.run(fetched(Site(lambda path: bomb), "/", names))
    assert (len(page.body), page.cut) == (1000, True)


def test_what_is_no_text_is_said() -> None:
    site = Site(lambda path: answer(b"\x89PNG", kind="image/png"))

    async def body() -> None:
        async with site.open():
            tool = FetchPageTool(fetcher({"good.test": [["127.0.0.1"]]}))
            await tool.call({"url": f"http://good.test:{site.port}/"}, ToolContext())

    with pytest.raises(ToolFault, match="image/png"):
        asyncio.run(body())


class Answer:
    """A fetcher that has the page already."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def fetch(self, url: str) -> Page:
        return self._page


@pytest.mark.parametrize(
    ("charset", "body", "cut", "words"),
    [
        ("gbk", "中文内容".encode("gbk") + b"\xff", False, "中文内容�"),
        ("gb2312", "镕".encode("gb18030"), False, "镕"),
        ("", "中文".encode()[:-1], True, "中"),
        ("", "中文".encode("gbk"), False, "中文"),
        ("hex", "中文".encode(), False, "中文"),
        ("undefined", "中文".encode(), False, "中文"),
        ("idna", "中文".encode(), False, "中文"),
        ("no-such", "中文".encode("gbk"), False, "中文"),
        ("punycode", b"abc-" + b"zz9" * 400_000, False, "abc-zz9"),
    ],
)
def test_a_page_is_read_whatever_charset_it_claims(charset: str, body: bytes, cut: bool, words: str) -> None:
    tool = FetchPageTool(Answer(Page("http://a.test/", 200, "text/plain", charset, body, cut)))
    text = asyncio.run(tool.call({"url": "http://a.test/"}, ToolContext())).text
    assert text.split("\n\n", 1)[1].startswith(words)
