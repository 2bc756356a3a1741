"""Rows 42 to 44: redirects, certificates and proxies; each is named in both languages and leads somewhere."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from glmdesk.domain.message import Status
from glmdesk.domain.messages import LANGUAGES, Catalogue
from glmdesk.ui.i18n import switch_language
from tests.faults.scene import Scene, play
from tests.helpers.authority import Authority
from tests.providers.loopback import CANARY, GOOD, head, sends, serve
from tests.providers.test_connection import closed_port

FAR = "http://glm.example:8080/v4"
FAR_TLS = "https://glm.example/v4"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


async def told(scene: Scene, kind: str, *, leads_to: str, **args: str) -> None:
    """The question is kept; what happened and what to do are said in both languages; the button opens that page."""
    answer = await scene.ask("你好")
    assert answer.status is Status.FAILED
    assert "你好" in scene.shown
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    for language in LANGUAGES:
        catalogue = Catalogue.load(language)
        wanted = [catalogue.text(f"error.{kind}.{part}", **args) for part in ("what", "fix")]
        switch_language(app, language)
        await scene.person.until(lambda wanted=wanted: scene.said.splitlines()[:2] == wanted, "\n".join(wanted))
    assert scene.offered[1:] == ["regenerate"]
    scene.view.action.emit(scene.offered[0], answer.id)
    page = scene.window.navigation._settings
    assert page is not None
    assert page.section is not None
    assert page.section.title_id == f"settings.section.{leads_to}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_row_42_a_redirect_is_not_followed_and_the_other_host_never_sees_the_key(profile: Path, status: int) -> None:
    async def body(scene: Scene) -> None:
        async with serve(GOOD) as other:
            away = head(status, "text/html", Location=f"{other.url}/chat/completions", Content_Length="0")
            async with serve(sends(away)) as server:
                scene.connect(server.url)
                await told(scene, "redirect", leads_to="endpoints")
            assert other.requests == []
            assert len(server.requests) == 1

    play(profile, FAR, body)


def _certificate(authority: Authority, kind: str) -> ssl.SSLContext | None:
    match kind:
        case "tls_self_signed":
            return authority.self_signed()
        case "tls_expired":
            return authority.server("127.0.0.1", days=-1)
        case "tls_host":
            return authority.server("other.example")
        case _:
            return None


@pytest.mark.parametrize("kind", ["tls_self_signed", "tls_expired", "tls_host", "tls_plain"])
def test_row_43_what_is_wrong_with_a_certificate_is_named_and_nothing_is_sent(
    profile: Path, authority: Authority, kind: str
) -> None:
    async def body(scene: Scene) -> None:
        if kind != "tls_self_signed":  # there the system's own certificates decide
            scene.trust(authority.trusting())
        async with serve(GOOD, tls=_certificate(authority, kind)) as server:
            server.scheme = "https"
            scene.connect(server.url)
            await told(scene, kind, leads_to="endpoints", host=f"127.0.0.1:{server.port}")
            assert CANARY not in repr(server.requests)

    play(profile, FAR, body)


def test_row_43_with_the_right_certificate_the_question_is_answered(profile: Path, authority: Authority) -> None:
    async def body(scene: Scene) -> None:
        scene.trust(authority.trusting())
        async with serve(GOOD, tls=authority.server("127.0.0.1")) as server:
            scene.connect(server.url)
            assert (await scene.ask("你好")).text == "你好"

    play(profile, FAR, body)


@pytest.mark.parametrize("url", [FAR, FAR_TLS])
def test_row_44_a_proxy_that_wants_a_login_is_named_without_its_password(profile: Path, url: str) -> None:
    async def body(scene: Scene) -> None:
        async with serve(sends(head(407, Content_Length="0"))) as proxy:
            await scene.use_proxy(f"http://user:S3cretWord@127.0.0.1:{proxy.port}")
            await told(scene, "proxy_auth", leads_to="network", proxy=f"127.0.0.1:{proxy.port}")
        assert "S3cretWord" not in scene.shown
        assert url == FAR or CANARY not in repr(proxy.requests)

    play(profile, url, body)


@pytest.mark.parametrize("url", [FAR, FAR_TLS])
def test_row_44_a_proxy_that_is_not_there_is_named(profile: Path, url: str) -> None:
    async def body(scene: Scene) -> None:
        proxy = f"127.0.0.1:{closed_port()}"
        await scene.use_proxy(f"http://{proxy}")
        await told(scene, "proxy_refused", leads_to="network", proxy=proxy)

    play(profile, url, body)


@pytest.mark.parametrize(
    ("proxy", "kind"), [("ftp://h:1", "proxy_bad"), ("http://h:0", "proxy_bad"), ("socks5://h:1", "proxy_socks")]
)
def test_row_44_a_proxy_that_cannot_be_used_is_told(profile: Path, proxy: str, kind: str) -> None:
    async def body(scene: Scene) -> None:
        await scene.use_proxy(proxy)
        await told(scene, kind, leads_to="network", proxy=proxy.partition("//")[2])

    play(profile, FAR, body)


def test_row_44_a_proxy_that_works_carries_the_question(profile: Path) -> None:
    async def body(scene: Scene) -> None:
        async with serve(GOOD) as proxy:
            await scene.use_proxy(f"http://127.0.0.1:{proxy.port}")
            assert (await scene.ask("你好")).text == "你好"
        assert proxy.requests[0].line.startswith("POST http://glm.example:8080/v4/chat/completions")

    play(profile, FAR, body)
