"""What it costs that the next request begins in another way: said where the switch is, before it is used."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from glmdesk.domain.conversation import Setup
from glmdesk.domain.message import Message
from glmdesk.domain.ruler import at_stake, told
from glmdesk.domain.usage import Usage
from glmdesk.services.desk import Desk
from glmdesk.ui.i18n import locale, tr
from glmdesk.ui.price_hint import price_words
from glmdesk.ui.transcript.facts import yuan

_ANSWER = 500  # tokens of an answer; prices of short ones are lower


class Stake:
    """Of the shown chat: `setup`, the `path` that is shown and the tokens that are `sent` now are asked for when a line
    is needed. `until` is the answer that is asked for again, '' for the next one."""

    def __init__(
        self,
        desk: Desk,
        *,
        setup: Callable[[], Setup],
        path: Callable[[], Sequence[Message]],
        sent: Callable[[], int],
    ) -> None:
        self._desk = desk
        self._setup = setup
        self._path = path
        self._sent = sent

    def line(self, text_id: str, *, priced: bool = True, until: str = "") -> str:
        """The sentence with its price; '' where little or nothing is at stake."""
        tokens = self._tokens(self._read(until))
        return stake_line(text_id, tokens, missed_price(self._desk, self._setup(), tokens) if priced else "")

    def of_model(self, model: str, until: str = "") -> str:
        """What the history costs more with a model that has not read it; '' for the one that answered last."""
        path = self._read(until)
        known = model == _reader(path)
        price = "" if known else missed_price(self._desk, self._setup(), self._tokens(path), model=model)
        return f"+{price}" if price else ""

    def expected(self, model: str, tokens: int, answer: tuple[int, int]) -> tuple[str, str]:
        """(what so many tokens and an answer will cost, why) as a range; '' where money is no question."""
        cached = tokens if model == _reader(self._path()) else 0
        return price_words(self._desk, self._setup(), model, sent=(tokens, cached), answer=answer)

    def _read(self, until: str) -> Sequence[Message]:
        path = self._path()
        place = next((place for place, message in enumerate(path, 1) if message.id == until), len(path))
        return path[:place]

    def _tokens(self, path: Sequence[Message]) -> int:
        """What was left out since the last answer is not sent again, to whatever model."""
        return told(min(at_stake(path), self._sent()))


def _reader(path: Sequence[Message]) -> str:
    """The model that has read the path last."""
    return next((m.model for m in reversed(path) if m.usage is not None), "")


def stake_line(text_id: str, tokens: int, price: str) -> str:
    """The sentence for so many tokens, with a price where one is known; '' for none."""
    if not tokens:
        return ""
    line = tr(text_id, count=locale().toString(tokens))
    return tr("header.stake.priced", line=line, price=price) if price else line


def missed_price(desk: Desk, setup: Setup, tokens: int, *, model: str = "") -> str:
    """What so many tokens cost more when they are not in the cache; '' where nobody knows."""
    dialect = desk.endpoints.dialect(setup.endpoint_id)
    if dialect is None or not tokens:
        return ""
    asked = model or setup.model or desk.chat.default_model(setup)
    cost = desk.spending.price(asked, Usage(tokens, _ANSWER, tokens + _ANSWER, tokens), dialect)
    return yuan(cost.saved) if cost is not None and cost.saved > 0 else ""
