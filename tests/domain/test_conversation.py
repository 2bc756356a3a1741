"""The tree of turns."""

from __future__ import annotations

import pytest

from glmdesk.domain.conversation import ThinkingChoice, deepest_leaf, path_to, variants_of
from glmdesk.domain.message import Message, Role
from glmdesk.domain.template import fill, slots


def node(id_: str, parent: str | None, seq: int, role: Role = Role.USER) -> Message:
    return Message(id_, "c", role, parent_id=parent, seq=seq)


A = Role.ASSISTANT
TREE = [
    node("q1", None, 1),
    node("a1", "q1", 2, A),
    node("a2", "q1", 3, A),
    node("q2", "a1", 4),
    node("a3", "q2", 5, A),
    node("q3", "a2", 6),
]


def test_the_path_runs_from_the_root_to_the_leaf() -> None:
    assert [m.id for m in path_to(TREE, "a3")] == ["q1", "a1", "q2", "a3"]
    assert path_to(TREE, "unknown") == ()
    assert path_to(TREE, None) == ()


def test_a_loop_in_damaged_data_ends() -> None:
    loop = [node("x", "y", 1), node("y", "x", 2)]
    assert len(path_to(loop, "x")) <= 3


def test_variants_are_answers_to_one_question_oldest_first() -> None:
    assert [m.id for m in variants_of(TREE, TREE[2])] == ["a1", "a2"]


def test_choosing_a_variant_shows_its_newest_continuation() -> None:
    assert deepest_leaf(TREE, "a1") == "a3"
    assert deepest_leaf(TREE, "q1") == "q3"


@pytest.mark.parametrize(
    ("choice", "template", "sent"),
    [
        (ThinkingChoice.ON, False, True),
        (ThinkingChoice.OFF, True, False),
        (ThinkingChoice.TEMPLATE, None, True),
        (ThinkingChoice.TEMPLATE, False, False),
        (ThinkingChoice.TEMPLATE, True, True),
    ],
)
def test_the_thinking_state_that_is_sent_is_always_explicit(
    choice: ThinkingChoice, template: bool | None, sent: bool
) -> None:
    assert choice.resolve(template) is sent


def test_a_value_is_put_in_once_and_never_expanded_again() -> None:
    assert fill("{{ a }} and {{b}} and {{c}}", {"a": "{{b}}", "b": "B"}) == "{{b}} and B and {{c}}"
    assert slots("{{a}} {{ b }} {{a}}") == ("a", "b")
