"""The rounds of an answer with tools, as the view shows them: thought, words and cards, round by round."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from html import escape
from time import monotonic
from typing import Any

from glmdesk.domain.blocks import ProseBlock
from glmdesk.domain.part import Outcome, ServerToolPart, ToolCallPart, ToolResultPart
from glmdesk.domain.rounds import Round, rounds_of
from glmdesk.domain.tools import Link
from glmdesk.markup.links import host_of, link_allowed, visible_direction
from glmdesk.services.transcript import Row, StepState
from glmdesk.ui.i18n import tr
from glmdesk.ui.transcript.blocks.prose import ProsePiece
from glmdesk.ui.transcript.blocks.tool import ToolPiece, ToolState
from glmdesk.ui.transcript.context import Context

CardPiece = ToolPiece | ProsePiece
_SEARCH = "web_search"


def round_row(row: Row, part: Round, *, several: bool) -> Row:
    """The row as if this round were all of it; the server's count of tokens is that of all rounds."""
    if part.parts and not several:
        return row
    usage = None if several else row.message.usage
    return replace(row, message=replace(row.message, parts=tuple(part.parts), usage=usage))


def row_rounds(row: Row) -> list[Round]:
    """The rounds of an answer."""
    return rounds_of(row.message.parts)


def cards_of(part: Round, row: Row, known: Sequence[CardPiece], context: Context) -> list[CardPiece]:
    """The cards below the words of a round; those that were there before are kept."""
    tools = {piece.state.call.call_id: piece for piece in known if isinstance(piece, ToolPiece)}
    made: list[CardPiece] = []
    for call in part.calls:
        state = _state(call, part, row)
        piece = tools.get(call.call_id)
        if piece is None:
            piece = ToolPiece(state, opened=False)
        else:
            piece.set_state(context, state)
        made.append(piece)
    return made


def sources_of(part: Round, known: Sequence[CardPiece], context: Context) -> list[CardPiece]:
    """What tools of the service have found or done, above the words."""
    made: list[CardPiece] = []
    for place, tool in enumerate(p for p in part.parts if isinstance(p, ServerToolPart)):
        old = known[place] if place < len(known) else None
        made.append(_found(tool, old) if tool.tool == _SEARCH else _ran(tool, place, old, context))
    return made


def _found(tool: ServerToolPart, old: CardPiece | None) -> ProsePiece:
    block = _sources(tool)
    return old if isinstance(old, ProsePiece) and old.block == block else ProsePiece(block)


def _ran(tool: ServerToolPart, place: int, old: CardPiece | None, context: Context) -> ToolPiece:
    state = _served(tool, place)
    if isinstance(old, ToolPiece):
        old.set_state(context, state)
        return old
    return ToolPiece(state, opened=False)


def _served(tool: ServerToolPart, place: int) -> ToolState:
    """A call that the service has made and answered itself, as a card."""
    report: dict[str, Any] = {}
    with suppress(ValueError, RecursionError):
        report = json.loads(tool.content)
    failed = bool(report.get("error"))
    told = next(
        (report[key] for key in ("error", "output", "tools") if report.get(key)), "" if report else tool.content
    )
    words = told if isinstance(told, str) else json.dumps(told, ensure_ascii=False, indent=2)
    arguments = report.get("arguments", "")
    call = ToolCallPart(
        f"served:{place}",
        tr("tool.server", name=tool.name or tool.tool),
        arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False),
    )
    outcome = Outcome.FAILED if failed else Outcome.DONE
    return ToolState(call, ToolResultPart(call.call_id, words, failed, outcome))


def _state(call: ToolCallPart, part: Round, row: Row) -> ToolState:
    result = part.results.get(call.call_id)
    if result is not None or not row.live:
        return ToolState(call, result)
    step = row.steps.get(call.call_id)
    if step is None:
        return ToolState(call, None, StepState.PREPARING.value)
    running = step.state is StepState.RUNNING
    return ToolState(call, None, step.state.value, int(monotonic() - step.since) if running else 0)


def _source(link: Link) -> str:
    """A result with its site, so that it is seen where a click leads."""
    title = escape(visible_direction(link.title))
    if not link_allowed(link.url):
        return f"<li>{title}</li>"
    return f'<li><a href="{escape(link.url)}">{title}</a> · {escape(host_of(link.url))}</li>'


def _sources(tool: ServerToolPart) -> ProseBlock:
    """Links as a list; our own mark-up around escaped words."""
    title = tr("tool.web_search.found", count=len(tool.links))
    rows = [_source(link) for link in tool.links]
    source = "\n".join([title, *(f"- [{link.title}]({link.url})" for link in tool.links)])
    return ProseBlock(source, f"<p>{escape(title)}</p>" + (f"<ol>{''.join(rows)}</ol>" if rows else ""))
