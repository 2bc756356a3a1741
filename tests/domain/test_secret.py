"""A key is never shown by accident."""

from __future__ import annotations

import pickle

import pytest

from glmdesk.domain.secret import Secret, key_problem

CANARY = "canary-id.canary-secret"


def test_no_way_of_printing_shows_the_key() -> None:
    secret = Secret(CANARY)
    shown = [
        str(secret),
        repr(secret),
        f"{secret}",
        f"{secret!r:>40}",
        "%s" % secret,  # noqa: UP031 (the old way is one of the ways)
        repr([secret]),
        repr({"k": secret}),
    ]
    assert not any("canary" in text for text in shown)


def test_a_secret_is_never_pickled() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret(CANARY))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("abc.def", None),
        ("sk-cp-123", None),
        ("", "key.problem.empty"),
        ("abc def", "key.problem.space"),
        ("abc\ndef", "key.problem.space"),
        ("密钥", "key.problem.characters"),
        ("abc\x7f", "key.problem.characters"),
    ],
)
def test_a_key_that_cannot_stand_in_a_header_is_named(text: str, problem: str | None) -> None:
    assert key_problem(text) == problem
