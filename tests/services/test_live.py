"""What a running answer says while nothing comes, by an injected clock."""

from __future__ import annotations

from glmdesk.domain.errors import ErrorInfo
from glmdesk.domain.event import ReasoningDelta, Retrying, Started, TextDelta
from glmdesk.domain.message import Message, Role, Status
from glmdesk.domain.prices import Cost
from glmdesk.services.live import Follower, LiveAnswer

CAUSE = ErrorInfo("model_busy", {"model": "glm-4.5"})


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def begun() -> tuple[LiveAnswer, Clock]:
    clock = Clock()
    return LiveAnswer(Message("m", "c", Role.ASSISTANT, status=Status.STREAMING), clock=clock), clock


def said(live: LiveAnswer) -> str:
    notice = live.notice
    return "" if notice is None else f"{notice.text_id.rpartition('.')[2]} {notice.args.get('seconds', '')}".strip()


def test_a_minute_without_headers_is_told_and_counted() -> None:
    live, clock = begun()
    assert said(live) == "connecting"
    clock.now += 59.9
    assert said(live) == "connecting"
    clock.now += 0.2
    assert said(live) == "no_headers 60"
    clock.now += 5
    assert said(live) == "no_headers 65"


def test_twenty_seconds_of_silence_are_told_until_a_word_comes() -> None:
    live, clock = begun()
    clock.now += 100
    live.apply(Started("r", "glm-4.5"))
    assert said(live) == ""
    clock.now += 20
    assert said(live) == "silence 20"
    live.apply(TextDelta("x"))
    assert said(live) == ""


def test_a_countdown_ends_and_the_wait_for_headers_begins_again() -> None:
    live, clock = begun()
    live.apply(Retrying(30.0, CAUSE, 1, 3))
    notice = live.notice
    assert notice is not None
    assert (notice.until, notice.can_hurry, notice.args["cause_id"]) == (1030.0, True, "error.model_busy.what")
    clock.now += 30
    assert said(live) == "connecting"
    clock.now += 60
    assert said(live) == "no_headers 60"


def test_retry_now_ends_the_countdown_that_is_shown() -> None:
    live, _ = begun()
    live.hurry.set()
    live.apply(Retrying(30.0, CAUSE, 1, 3))
    assert said(live) == "retrying"
    live.hurry.set()
    assert said(live) == "connecting"


def test_a_notice_that_appears_by_itself_is_news_once_a_second() -> None:
    live, clock = begun()
    view = Follower(live)
    live.apply(TextDelta("x"))
    view.take()
    clock.now += 19
    assert not view.has_news
    clock.now += 1
    assert view.has_news
    view.take()
    clock.now += 0.5
    assert not view.has_news
    clock.now += 0.5
    assert view.has_news


def test_the_thinking_clock_is_news_ten_times_a_second() -> None:
    live, clock = begun()
    view = Follower(live)
    live.apply(ReasoningDelta("hm"))
    view.take()
    assert not view.has_news
    clock.now += 0.1
    assert view.has_news


def test_two_views_follow_the_same_answer_each_at_its_own_pace() -> None:
    live, _ = begun()
    first, second = Follower(live), Follower(live)
    live.apply(TextDelta("a"))
    assert first.take().text == "a"
    assert not first.has_news
    assert second.has_news
    live.apply(TextDelta("b"))
    assert first.has_news
    assert second.take().text == "ab"
    assert not second.has_news


def test_an_answer_with_one_request_without_a_price_has_none() -> None:
    live, _ = begun()
    for cost in (Cost(1.0), Cost(2.0, 0.5)):
        live.charge(cost)
    assert live.cost == Cost(3.0, 0.5)
    live.charge(None)
    live.charge(Cost(4.0))
    assert live.cost is None
