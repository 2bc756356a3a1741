"""What is known about an answer: the short line below it, and all of it in lines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from glmdesk.domain.budget import estimate_tokens
from glmdesk.domain.message import Message
from glmdesk.domain.prices import Cost
from glmdesk.ui.i18n import tr

Fact = tuple[str, str]
_Add = Callable[[str, str], None]


def meta_words(message: Message) -> list[str]:
    """Model, thinking, time to the first token, speed, tokens, cost: the short line."""
    words = [message.model] if message.model else []
    if message.thinking is not None:
        words.append(thinking_word(message.thinking))
    words += pace_words(message)
    usage = message.usage
    if usage is None:
        return words + _estimated(message)
    key = "transcript.meta.cached" if usage.cached_tokens else "transcript.meta.tokens"
    counts = {"input": usage.prompt_tokens, "cached": usage.cached_tokens, "output": usage.completion_tokens}
    words.append(tr(key, **{name: f"{value:,}" for name, value in counts.items()}))
    return words + ([cost_words(message.cost)] if message.cost is not None else [])


def pace_words(message: Message) -> list[str]:
    """Time to the first token, and tokens per second."""
    words: list[str] = []
    if message.timing.first_token is not None:
        words.append(tr("transcript.meta.first", seconds=f"{message.timing.first_token:.1f}"))
    if (speed := tokens_per_second(message)) is not None:
        words.append(tr("transcript.meta.speed", speed=speed))
    return words


def _estimated(message: Message) -> list[str]:
    """A stopped answer: the server never said how many tokens it was."""
    if message.timing.first_token is None:
        return []
    tokens = estimate_tokens(message.text) + estimate_tokens(message.reasoning)
    return [tr("transcript.meta.about", output=f"{tokens:,}")] if tokens else []


def thinking_word(thinking: bool) -> str:
    return tr("transcript.meta.thinking" if thinking else "transcript.meta.not_thinking")


def tokens_per_second(message: Message) -> int | None:
    """Of the whole answer with its thought, from the first token on."""
    first, total = message.timing.first_token, message.timing.total
    if message.usage is None or first is None or total is None or total - first <= 0.05:
        return None
    return round(message.usage.completion_tokens / (total - first))


def yuan(amount: float) -> str:
    """An amount as short as it can be read: ¥0.0042, ¥0.014, ¥1.50."""
    if 0 < amount < 0.0001:
        return "<¥0.0001"
    digits = 2 if amount >= 0.1 else 3 if amount >= 0.01 else 4
    whole, _, part = f"{amount:.{digits}f}".partition(".")
    return f"¥{whole}.{part.rstrip('0').ljust(2, '0')}"


def cost_words(cost: Cost) -> str:
    """The cost, and what the cache saved when that is worth a word."""
    if cost.yuan == 0 and cost.saved == 0:
        return tr("transcript.meta.free")
    if cost.saved < 0.0005:
        return yuan(cost.yuan)
    return tr("transcript.meta.saved", cost=yuan(cost.yuan), saved=yuan(cost.saved))


def details(message: Message) -> list[Fact]:
    """Everything that is known, as (name, value)."""
    facts: list[Fact] = []

    def add(name: str, value: str) -> None:
        facts.append((tr(f"transcript.details.{name}"), value))

    if message.model:
        add("model", message.model)
    if message.thinking is not None:
        add("thinking", thinking_word(message.thinking))
    if message.created_at:
        add("asked", datetime.fromtimestamp(message.created_at).strftime("%Y-%m-%d %H:%M:%S"))
    _add_times(message, add)
    _add_tokens(message, add)
    if message.request_id:
        add("request", message.request_id)
    return facts


def _add_times(message: Message, add: _Add) -> None:
    seconds = {"first": message.timing.first_token, "total": message.timing.total}
    for name, value in seconds.items():
        if value is not None:
            add(name, tr("transcript.details.seconds", seconds=f"{value:.1f}"))
    if (speed := tokens_per_second(message)) is not None:
        add("speed", tr("transcript.meta.speed", speed=speed))


def _add_tokens(message: Message, add: _Add) -> None:
    usage = message.usage
    if usage is None:
        add("tokens", tr("transcript.details.not_told"))
        return
    counts = {"prompt": usage.prompt_tokens, "cached": usage.cached_tokens, "completion": usage.completion_tokens}
    for name, count in counts.items():
        add(name, f"{count:,}")
    reasoning = usage.reasoning_tokens
    add("reasoning", tr("transcript.details.not_told") if reasoning is None else f"{reasoning:,}")
    add("cost", tr("transcript.details.unpriced") if message.cost is None else cost_words(message.cost))


def details_text(message: Message) -> str:
    """The same in lines, for a tooltip and for a screen reader."""
    return "\n".join(tr("transcript.details.line", name=name, value=value) for name, value in details(message))
