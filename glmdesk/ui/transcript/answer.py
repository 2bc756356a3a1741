"""What stands around the words of an answer: thinking state, notices with buttons, the meta line."""

from __future__ import annotations

from time import monotonic

from glmdesk.domain.budget import estimate_tokens
from glmdesk.domain.errors import Action
from glmdesk.domain.message import Message, Role, Status
from glmdesk.services.transcript import Notice, Row
from glmdesk.ui.i18n import tr
from glmdesk.ui.transcript.blocks.meta import MetaState
from glmdesk.ui.transcript.blocks.notice import ErrorPiece, NoticePiece, Offer
from glmdesk.ui.transcript.blocks.thinking import ThinkingState
from glmdesk.ui.transcript.facts import details_text, meta_words, pace_words

_CONTINUE = Offer("continue", "transcript.action.continue", primary=True)
_REGENERATE = Offer("regenerate", "transcript.action.regenerate")
_ESTIMATE_STEP = 2_000  # characters after which a running thought's tokens are estimated again


class TokenCount:
    """ "≈ n tokens" of a growing text without reading all of it each frame."""

    def __init__(self) -> None:
        self._length = 0
        self._tokens = 0
        self._last = (0, 0)  # length and tokens of the last answer to `of`

    def of(self, text: str) -> int:
        if len(text) != self._last[0]:
            self._last = len(text), self._count(text)
        return self._last[1]

    def _count(self, text: str) -> int:
        if len(text) < self._length:
            self._length = self._tokens = 0
        if len(text) - self._length >= _ESTIMATE_STEP or not self._length:
            self._tokens += estimate_tokens(text[self._length :])
            self._length = len(text)
            return self._tokens
        return self._tokens + estimate_tokens(text[self._length :])


def is_thinking(row: Row) -> bool:
    """True while reasoning comes in and no word of the answer has."""
    return row.live and bool(row.message.reasoning) and not row.message.text.strip()


def thinking_state(row: Row, count: TokenCount) -> ThinkingState:
    message = row.message
    known = message.usage.reasoning_tokens if message.usage is not None else None
    if known:
        tokens = tr("transcript.thinking.tokens", count=f"{known:,}")
    else:
        tokens = tr("transcript.thinking.about", count=f"{count.of(message.reasoning):,}")
    running = is_thinking(row)
    return ThinkingState(round(message.reasoning_seconds, 1), tokens, running, running and row.can_rest)


def thinking_opened(row: Row, choice: bool | None) -> bool:
    """The user's choice wins; else open while it runs and where there is nothing else to read."""
    if choice is not None:
        return choice
    return is_thinking(row) or (not row.live and not row.message.text.strip())


def notices(row: Row, *, last: bool) -> list[NoticePiece]:
    """The quiet lines and the error card below an answer. Continue is offered on the last answer only."""
    message = row.message
    made: list[NoticePiece] = []
    if row.live:
        return [_live_notice(row)] if row.notice is not None or not (_has_words(message) or row.steps) else []
    if message.damaged:
        made.append(damage_notice())
    if message.error is not None and message.status is not Status.WITHDRAWN:
        made.append(ErrorPiece(message.error.error, _error_offers(message, last=last)))
    elif (outcome := _outcome(message)) != "":
        made.append(NoticePiece(tr(f"transcript.status.{outcome}"), _outcome_offers(message, outcome, last=last)))
    return made


def damage_notice(*, right: bool = False) -> NoticePiece:
    """The mark of a message whose checksum did not match."""
    return NoticePiece(tr("transcript.status.damaged"), tone="warn", right=right)


def _has_words(message: Message) -> bool:
    return bool(message.text.strip() or message.reasoning.strip() or message.tool_calls)


def _outcome(message: Message) -> str:
    """The key of the sentence that says how an answer ended; '' for a normal end."""
    by_status = {
        Status.STOPPED: "stopped",
        Status.INTERRUPTED: "interrupted",
        Status.WITHDRAWN: "withdrawn",
        Status.FAILED: "failed",
    }
    if message.status in by_status:
        return by_status[message.status]
    if message.finish_reason == "length":
        return "length"
    if message.text.strip() or message.tool_calls:
        return ""
    return "no_answer" if message.reasoning.strip() else "empty"


def _outcome_offers(message: Message, outcome: str, *, last: bool) -> tuple[Offer, ...]:
    if not last:
        return ()
    if outcome in ("withdrawn", "no_answer", "empty") or not _has_words(message):
        return (_REGENERATE,)
    return (_CONTINUE, _REGENERATE)


def _error_offers(message: Message, *, last: bool) -> tuple[Offer, ...]:
    error = message.error
    if error is None or not last:
        return ()
    action = error.error.action
    offers = [Offer(action.value, f"transcript.action.{action.value}", primary=True)] if action is not None else []
    if action is Action.SEND_ANYWAY:
        return (*offers, Offer("raise_budget", "transcript.action.raise_budget"))
    if message.text.strip() and all(o.key != "continue" for o in offers):
        offers.append(Offer("continue", "transcript.action.continue"))
    if all(o.key not in ("regenerate", "retry") for o in offers):
        offers.append(_REGENERATE)
    return tuple(offers)


def _live_notice(row: Row) -> NoticePiece:
    notice = row.notice
    if notice is None:
        return NoticePiece(tr("transcript.waiting"))
    offers = [Offer("retry_now", "transcript.action.retry_now", primary=True)] if notice.can_hurry else []
    if notice.until is not None or notice.can_hurry or "seconds" in notice.args:
        offers.append(Offer("stop", "transcript.action.stop"))
    return NoticePiece(notice_text(notice), offers)


def notice_text(notice: Notice) -> str:
    """The sentence of a notice; a countdown is filled in from the clock, `cause_id` becomes the words of `{cause}`."""
    args: dict[str, object] = dict(notice.args)
    if "cause_id" in args:
        args["cause"] = tr(notice.args["cause_id"], **args).rstrip("。.")
    if notice.until is not None:
        args["seconds"] = max(0, round(notice.until - monotonic()))
    return tr(notice.text_id, **args)


def meta_state(row: Row, done: str) -> MetaState:
    message = row.message
    few: tuple[str, ...] = ()
    if row.alone:
        actions: tuple[str, ...] = ("copy",) if message.text else ()
    elif message.role is Role.USER:
        actions = ("edit", "copy", "more")
    else:
        again = ("regenerate", "regenerate_with") if row.asked else ()
        words = bool(message.text) and message.status is not Status.WITHDRAWN
        actions = ("copy", "quote", *again, "branch", "more") if words else (*again, "more")
        few = ("copy", *again[:1], "more") if words else ()
    right = message.role is Role.USER
    text = "" if right else " · ".join(pace_words(message) if row.alone else meta_words(message))
    details = "" if right else details_text(message)
    return MetaState(row.id, text, actions, few, details, row.variant, row.variants, right, done)
