"""Addresses that put words into the composer."""

from __future__ import annotations

import pytest

from glmdesk.domain.link import MAX_TEXT, ChatLink, parse_link


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("glmdesk://chat?model=glm-4.6&q=Hello%20world", ChatLink("Hello world", "glm-4.6")),
        ("glmdesk://chat/?q=%E4%BD%A0%E5%A5%BD%0A1%2B1", ChatLink("你好\n1+1")),
        ("GLMDESK://chat?q=a+b", ChatLink("a b")),
        ("glmdesk://chat", ChatLink("")),
        ("glmdesk://chat?q=one&q=two", ChatLink("one")),
    ],
)
def test_a_chat_address_names_words_and_model(address: str, link: ChatLink) -> None:
    assert parse_link(address) == link


@pytest.mark.parametrize(
    "address",
    [
        "",
        "glmdesk://settings?q=x",
        "glmdesk://chat/delete?q=x",
        "https://chat?q=x",
        "glmdesk:chat?q=x",
        "glmdesk://[chat?q=x",
        "glmdesk://user@chat?q=x",
        "glmdesk://chat?" + "&".join(f"a{n}=1" for n in range(50)),
        "glmdesk://chat?q=" + "x" * 300_000,
    ],
)
def test_other_addresses_do_nothing(address: str) -> None:
    assert parse_link(address) is None


def test_a_long_text_is_cut() -> None:
    link = parse_link("glmdesk://chat?q=" + "x" * (MAX_TEXT + 10))
    assert link is not None
    assert len(link.text) == MAX_TEXT
