"""Groups, times and rows of the conversation list."""

from datetime import datetime, timedelta, timezone

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from glmdesk.domain.conversation import Conversation, SearchHit
from glmdesk.domain.message import Role
from glmdesk.domain.settings import Language
from glmdesk.ui.models.conversations import ConversationsModel, entries_of
from glmdesk.ui.models.dates import Group, group_of, short_time
from glmdesk.ui.models.hits import shown_snippet
from tests.helpers.screens import speak

NOW = datetime(2025, 11, 10, 14, 30, tzinfo=timezone(timedelta(hours=8)))  # a Monday


def at(**back: float) -> float:
    return (NOW - timedelta(**back)).timestamp()


@pytest.fixture(autouse=True)
def in_chinese(qapp: QApplication) -> None:
    speak(qapp, Language.ZH_CN)


@pytest.mark.parametrize(
    ("when", "group"),
    [
        (at(minutes=5), Group.TODAY),
        (at(hours=14), Group.TODAY),
        (at(hours=15), Group.YESTERDAY),
        (at(days=1), Group.YESTERDAY),
        (at(days=2), Group.WEEK),
        (at(days=7), Group.WEEK),
        (at(days=8), Group.OLDER),
        (at(days=-2), Group.TODAY),  # the clock was set back
    ],
)
def test_groups_follow_the_local_calendar(when: float, group: Group) -> None:
    assert group_of(when, NOW) is group


@pytest.mark.parametrize(
    ("when", "chinese", "english"),
    [
        (at(minutes=28), "14:02", "14:02"),
        (at(days=2), "周六", "Sat"),
        (at(days=7), "11月3日", "Nov 3"),
        (at(days=400), "2024/10/6", "Oct 2024"),
    ],
)
def test_times_are_short_and_in_the_language_of_the_window(
    qapp: QApplication, when: float, chinese: str, english: str
) -> None:
    assert short_time(when, NOW) == chinese
    speak(qapp, Language.EN)
    assert short_time(when, NOW) == english


def test_pinned_come_first_and_empty_groups_have_no_header() -> None:
    rows = entries_of(
        [
            Conversation("p", "pinned", pinned=True, updated_at=at(days=90)),
            Conversation("a", "today", updated_at=at(hours=1)),
            Conversation("b", "older", updated_at=at(days=30)),
        ],
        NOW,
    )
    assert [row.conversation.id if row.conversation else row.group.value for row in rows] == [
        "pinned", "p", "today", "a", "older", "b",
    ]  # fmt: skip


def test_the_same_rows_again_are_repainted_and_not_reset(qtbot: QtBot) -> None:
    model = ConversationsModel(clock=lambda: NOW)
    model.set_conversations([Conversation("a", "one", updated_at=at(hours=1))])
    with qtbot.assertNotEmitted(model.modelReset), qtbot.waitSignal(model.dataChanged):
        model.set_conversations([Conversation("a", "two", updated_at=at(hours=1))])
    assert model.index(1, 0).data() == "two"


def test_a_row_is_spoken_with_its_marks() -> None:
    model = ConversationsModel(clock=lambda: NOW)
    model.set_conversations([Conversation("a", "题目", unread=True, updated_at=at(minutes=28))])
    model.set_busy(frozenset({"a"}))
    assert model.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole) == "题目, 正在生成, 有新回答, 14:02"
    assert not model.flags(model.index(0, 0)) & Qt.ItemFlag.ItemIsSelectable


def test_a_late_hit_is_moved_to_where_a_narrow_row_shows_it() -> None:
    hit = SearchHit("c", "t", "m", Role.USER, "前" * 80 + "木星\n后面", 80, 82)
    text, start, end = shown_snippet(hit)
    assert text[start:end] == "木星"
    assert start < 20
    assert "\n" not in text
