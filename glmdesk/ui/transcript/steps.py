"""The rounds of an answer with tools, as the view shows them: thought, words and cards, round by round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from time import monotonic

from glmdesk.domain.blocks import ProseBlock
from glmdesk.domain.part import ServerToolPart, ToolCallPart
from glmdesk.domain.rounds import Round, rounds_of
from glmdesk.markup.render import link_allowed
from glmdesk.services.transcript import Row, StepState
from glmdesk.ui.i18n import tr
from glmdesk.ui.transcript.blocks.prose import ProsePiece
from glmdesk.ui.transcript.blocks.tool import ToolPiece, ToolState
from glmdesk.ui.transcript.context import Context

CardPiece = ToolPiece | ProsePiece


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


def sources_of(part: Round, known: Sequence[CardPiece]) -> list[CardPiece]:
    """What tools of the service have found, above the words."""
    made: list[CardPiece] = []
    for place, tool in enumerate(p for p in part.parts if isinstance(p, ServerToolPart)):
        block = _sources(tool)
        old = known[place] if place < len(known) else None
        made.append(old if isinstance(old, ProsePiece) and old.block == block else ProsePiece(block))
    return made


def _state(call: ToolCallPart, part: Round, row: Row) -> ToolState:
    result = part.results.get(call.call_id)
    if result is not None or not row.live:
        return ToolState(call, result)
    step = row.steps.get(call.call_id)
    if step is None:
        return ToolState(call, None, StepState.PREPARING.value)
    running = step.state is StepState.RUNNING
    return ToolState(call, None, step.state.value, int(monotonic() - step.since) if running else 0)


def _sources(tool: ServerToolPart) -> ProseBlock:
    """Links as a list; our own mark-up around escaped words."""
    title = tr("tool.web_search.found", count=len(tool.links)) if tool.links else tr("tool.server", name=tool.name)
    rows = [
        f'<li><a href="{escape(link.url)}">{escape(link.title)}</a></li>'
        if link_allowed(link.url)
        else f"<li>{escape(link.title)}</li>"
        for link in tool.links
    ]
    words = f"<p>{escape(tool.content)}</p>" if tool.content else ""
    source = "\n".join([title, *(f"- [{link.title}]({link.url})" for link in tool.links), tool.content]).strip()
    return ProseBlock(source, f"<p>{escape(title)}</p>{words}" + (f"<ol>{''.join(rows)}</ol>" if rows else ""))
