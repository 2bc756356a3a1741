"""Money: what each request costs, what was spent, and the monthly budget that warns and stops."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from glmdesk.domain.changes import Changes
from glmdesk.domain.endpoint import DialectName, Endpoint
from glmdesk.domain.errors import Action, ErrorInfo, StoreError, UserError
from glmdesk.domain.exchange import Exchange, Recorder
from glmdesk.domain.prices import Cost, CostRange, cost_of, cost_range
from glmdesk.domain.secret import Secret
from glmdesk.domain.spending import Entry, Period, Purpose, Report, month_of
from glmdesk.domain.threads import in_thread
from glmdesk.domain.usage import Timing, Usage
from glmdesk.services.demo import DEMO_ID
from glmdesk.services.models import ModelService
from glmdesk.services.news import News
from glmdesk.services.settings import SettingsService
from glmdesk.store.atomic import export_file
from glmdesk.store.ledger import Ledger

log = logging.getLogger("glmdesk")
WARN_AT = 0.8  # share of the budget
_BILLING = timezone(timedelta(hours=8))  # the provider's days
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Budget:
    """Yuan of this calendar month; `limit` None: there is no budget."""

    month: str
    spent: float
    limit: float | None
    stops: bool

    @property
    def share(self) -> float:
        return self.spent / self.limit if self.limit else 0.0

    @property
    def reached(self) -> bool:
        return self.limit is not None and self.spent >= self.limit


@dataclass(frozen=True, slots=True)
class Bill:
    """Who pays for a request: the answer it belongs to and where that stands."""

    endpoint: Endpoint
    message_id: str = ""
    conversation_id: str = ""
    template_id: str = ""
    purpose: Purpose = Purpose.ANSWER


class SpendingService:
    """Every request passes `allow` before it is sent and `enter` after it.

    `keep_texts` False enters what a request cost, and neither its words nor its conversation.
    """

    def __init__(
        self,
        ledger: Ledger,
        *,
        models: ModelService,
        settings: SettingsService,
        news: News,
        keep_texts: bool = True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._ledger = ledger
        self._keep_texts = keep_texts
        self._models = models
        self._settings = settings
        self._news = news
        self._clock = clock
        self._free_passes = 0
        self._passed: set[str] = set()  # answers that go on over the budget
        self._warning: Budget | None = None

    # Prices

    def price(self, model: str, usage: Usage | None, dialect: DialectName) -> Cost | None:
        """What a request cost; None = unpriced, or the service named no usage."""
        if usage is None:
            return None
        return cost_of(usage, self._models.price_tiers(model, dialect), day=self._billing_day())

    def _billing_day(self) -> str:
        return datetime.fromtimestamp(self._clock(), _BILLING).date().isoformat()

    # Requests

    async def allow(self, bill: Bill) -> None:
        """Raises UserError `budget_reached` when the month's budget is used up and is set to stop."""
        if bill.endpoint.id == DEMO_ID or bill.message_id in self._passed:
            return
        budget = await self.budget()
        if not (budget.reached and budget.stops):
            return
        if self._free_passes and bill.message_id:
            self._free_passes -= 1
            self._passed.add(bill.message_id)
            return
        args = {"limit": f"{budget.limit:.2f}", "spent": f"{budget.spent:.2f}"}
        raise UserError(ErrorInfo("budget_reached", args, action=Action.SEND_ANYWAY))

    def allow_next(self) -> None:
        """The next answer may be asked for although the budget is used up; all of its rounds may."""
        self._free_passes = 1

    async def enter(self, bill: Bill, model: str, *, usage: Usage | None, record: Recorder, key: Secret | None) -> None:
        """Put a request that has ended into the books. A full disk is logged: it must not end the answer."""
        exchange = record.exchange(key.reveal() if key else "")
        if exchange is None:
            return  # nothing was sent
        cost = self.price(model, usage, bill.endpoint.dialect)
        entry = Entry(
            exchange.at,
            bill.endpoint.id,
            model,
            bill.purpose,
            bill.message_id,
            bill.conversation_id if self._keep_texts else "",
            bill.template_id,
            usage,
            cost,
            _timing(exchange),
        )
        kept = exchange if bill.purpose is Purpose.ANSWER and self._keep_texts else None
        room = self._settings.value.inspector_megabytes * _MEGABYTE
        try:
            await self._ledger.add(entry, kept, keep_bytes=room)
        except StoreError as error:
            log.warning("a request could not be entered: %s", error)
        else:
            await self._look_at_budget()
            self._news.announce(Changes(spending=True))

    # Budget

    async def budget(self) -> Budget:
        """How this month stands, by this computer's calendar."""
        value = self._settings.value
        month = month_of(self.today())
        spent = await self._ledger.spent(month) if value.monthly_budget is not None else 0.0
        return Budget(month.first.isoformat()[:7], spent, value.monthly_budget, value.budget_stop)

    async def set_budget(self, limit: float | None) -> None:
        """Yuan a month, None for no budget; a warning comes again."""
        await self._settings.change(monthly_budget=limit, budget_warned="")
        await self._look_at_budget()

    async def _look_at_budget(self) -> None:
        budget = await self.budget()
        if budget.share < WARN_AT or self._settings.value.budget_warned == budget.month:
            return
        self._warning = budget
        with suppress(StoreError):
            await self._settings.change(budget_warned=budget.month)
        self._news.announce(Changes(spending=True))

    def take_warning(self) -> Budget | None:
        """A warning that was not shown yet; it comes once a month."""
        warning, self._warning = self._warning, None
        return warning

    # Looking

    def today(self) -> date:
        """By this computer's time zone."""
        return datetime.fromtimestamp(self._clock()).date()

    async def report(self, period: Period) -> Report:
        """What the usage page shows."""
        return await self._ledger.report(period)

    async def all_time(self) -> Period:
        """From the first request to today."""
        first = await self._ledger.first_day()
        today = self.today()
        return Period(min(date.fromisoformat(first), today) if first else today, today)

    async def export_csv(self, report: Report, path: Path) -> None:
        """Write a report as a table. Raises StoreError."""
        from glmdesk.exporters.usage_csv import usage_csv

        await in_thread(lambda: export_file(path, usage_csv(report).encode()), name="glmdesk-usage")

    async def likely_answers(self, model: str, *, thinking: bool) -> tuple[int, int]:
        """Between how many output tokens an answer will have: a tenth of this model's are shorter, a tenth longer."""
        sizes = await self._ledger.answer_sizes(model)
        if len(sizes) < 10:
            return (300, 4000) if thinking else (100, 1500)
        return sizes[len(sizes) // 10], sizes[len(sizes) * 9 // 10]

    def expect(self, model: str, dialect: DialectName, *, sent: tuple[int, int], answer: tuple[int, int]) -> CostRange:
        """Between what a question will cost: `sent` tokens of which so many may be cached, `answer` from to."""
        tiers = self._models.price_tiers(model, dialect)
        return cost_range(*sent, answer=answer, tiers=tiers, day=self._billing_day())


def _timing(exchange: Exchange) -> Timing:
    """Of the last try, from when it was sent."""
    last = exchange.attempts[-1]
    first = None if last.first_token is None else round(last.first_token - last.sent, 4)
    return Timing(first, None if last.ended is None else round(last.ended - last.sent, 4))
