"""What is taken down of an exchange never holds the key, however a server writes it."""

from __future__ import annotations

import json

import pytest

from glmdesk.domain.exchange import HIDDEN, KEPT_BODY, Exchange, Recorder

KEY = 'ab12/cd"34\\ef.gh%56'
FORMS = (KEY, json.dumps(KEY)[1:-1], json.dumps(KEY)[1:-1].replace("/", "\\/"), "ab12%2Fcd%2234%5Cef.gh%2556")


def taken_down(reply: bytes, *, url: str = "http://x/y", sent: bytes = b"{}") -> Exchange:
    record = Recorder()
    record.sending("POST", url, headers={"Authorization": f"Bearer {KEY}", "X-Api-Key": KEY}, body=sent)
    record.replied(302, {"location": f"http://y/?k={FORMS[3]}"})
    for at in range(0, len(reply), 7):
        record.received(reply[at : at + 7])
    exchange = record.exchange(KEY)
    assert exchange is not None
    return exchange


@pytest.mark.parametrize("form", FORMS)
def test_no_form_of_the_key_is_kept(form: str) -> None:
    exchange = taken_down(f'{{"error": "{form}"}}'.encode(), url=f"http://x/{form}/y", sent=f'"{form}"'.encode())
    seen = repr(exchange)
    assert "cd" not in seen.replace("Encod", "")
    assert HIDDEN in exchange.url
    assert HIDDEN in exchange.body
    assert exchange.attempts[0].body == f'{{"error": "{HIDDEN}"}}'
    assert exchange.attempts[0].headers["location"] == f"http://y/?k={HIDDEN}"


@pytest.mark.parametrize("left", [4, 9, len(KEY) - 1])
def test_the_first_part_of_a_key_at_the_end_of_a_cut_reply_is_hidden(left: int) -> None:
    lead = "." * (KEPT_BODY - left)
    attempt = taken_down((lead + KEY).encode()).attempts[0]
    assert attempt.cut
    assert attempt.body == lead + HIDDEN


def test_a_reply_without_the_key_stays_as_it_came() -> None:
    assert taken_down("木星 ab".encode()).attempts[0].body == "木星 ab"
