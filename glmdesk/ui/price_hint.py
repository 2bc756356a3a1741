"""What a question will cost, as a range, before it is sent."""

from __future__ import annotations

from glmdesk.domain.budget import estimate_tokens
from glmdesk.domain.conversation import Setup
from glmdesk.domain.endpoint import DialectName
from glmdesk.services.desk import Desk
from glmdesk.services.tasks import TaskOwner
from glmdesk.ui.composer.composer import Composer
from glmdesk.ui.i18n import tr
from glmdesk.ui.transcript.facts import yuan


class PriceHint:
    """Belongs to one composer; `show` is called when anything that decides the price may have changed."""

    def __init__(self, desk: Desk, composer: Composer, *, tasks: TaskOwner) -> None:
        self._desk = desk
        self._composer = composer
        self._tasks = tasks
        self._setup = Setup()
        self._before = 0
        self._asked: tuple[str, bool] | None = None
        self._answer = (0, 0)  # output tokens, from to
        composer.set_price(self._words)

    def show(self, setup: Setup, history: int, *, renew: bool) -> None:
        """`history` tokens are sent before the composer's words; `renew`: there may be a new answer to learn from."""
        self._setup = setup
        self._before = history or estimate_tokens(self._given())
        asked = self._model, setup.thinking.resolve(setup.template_thinking)
        if renew or asked != self._asked:
            self._asked = asked
            self._tasks.start("chat:price", self._learn(*asked))

    @property
    def _model(self) -> str:
        return self._setup.model or self._desk.chat.default_model(self._setup)

    def _given(self) -> str:
        """What a new chat begins with."""
        system = self._setup.system or self._desk.settings.value.system_prompt
        return "\n".join([system, *(turn.text for turn in self._setup.turns)])

    async def _learn(self, model: str, thinking: bool) -> None:
        self._answer = await self._desk.spending.likely_answers(model, thinking=thinking)
        self._composer.refresh_hint()

    def _words(self, typed: int) -> tuple[str, str]:
        """(the range, its explanation) for a question of so many tokens; '' where money is no question."""
        if not self._answer[1]:
            return "", ""
        sent = self._before + typed, self._before
        return price_words(self._desk, self._setup, self._model, sent=sent, answer=self._answer)


def price_words(
    desk: Desk, setup: Setup, model: str, *, sent: tuple[int, int], answer: tuple[int, int]
) -> tuple[str, str]:
    """(the range, its explanation) for `sent` tokens, of which so many may be cached, and so many of the `answer`, from
    to; '' where money is no question."""
    dialect = desk.endpoints.dialect(setup.endpoint_id)
    if dialect is None:
        return "", ""
    expected = desk.spending.expect(model, dialect, sent=sent, answer=answer)
    if expected is None:
        priced = dialect is DialectName.BIGMODEL
        return (tr("transcript.details.unpriced"), "") if priced else ("", "")
    low, high = expected
    if not high:
        return tr("transcript.meta.free"), ""
    least, most = yuan(low), yuan(high)
    shown = most if least == most else f"{least}–{most.removeprefix('¥')}"
    counts = {"input": sent[0], "cached": sent[1], "low": answer[0], "high": answer[1]}
    why = tr("composer.hint.cost_why", **{name: f"{count:,}" for name, count in counts.items()})
    return tr("composer.hint.cost", cost=shown), why
