"""Tools on a command line: `--tools` lets the harmless ones run, `--tool NAME` is the user's word for one."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from glmdesk.commands.usage import UsageError
from glmdesk.domain.conversation import Setup
from glmdesk.domain.message import Message
from glmdesk.domain.part import Outcome, ToolCallPart, ToolResultPart
from glmdesk.domain.rounds import rounds_of
from glmdesk.domain.tools import ApprovalRequest, Decision, Scope
from glmdesk.services.approvals import ApprovalService
from glmdesk.services.tools import ToolService

Text = Callable[..., str]
HARMLESS = ("get_time", "calculate")
"""What changes nothing and reads nothing of the user's."""


class CommandTools:
    """Which tools one `ask` offers, and what it decides about their calls: nobody is there to be asked."""

    def __init__(self, options: argparse.Namespace, text: Text) -> None:
        self._on = bool(options.tools or options.tool)
        self._named = tuple(dict.fromkeys(options.tool))
        self._workspace = options.workspace
        self._text = text
        self._told: set[str] = set()

    def setup(self, setup: Setup, tools: ToolService) -> Setup:
        """The setup with the tools of the command line, with none without them.

        Raises UsageError for a name that is no tool and a folder that is none.
        """
        if not self._on:
            return replace(setup, tools=())
        known = [spec.name for spec in tools.specs()]
        for name in self._named:
            if name not in known:
                raise UsageError(self._text("cli.ask.no_tool", name=name, names=", ".join(known)))
        switched_on = tools.enabled(setup)
        offered = (*(name for name in known if name in switched_on), *HARMLESS, *self._named)
        return replace(setup, tools=tuple(dict.fromkeys(offered)), workspace=self._folder() or setup.workspace)

    def _folder(self) -> str:
        if not self._workspace:
            return ""
        folder = Path(self._workspace).resolve()
        if not folder.is_dir():
            raise UsageError(self._text("cli.ask.no_folder", path=self._workspace))
        return str(folder)

    async def decide(self, conversation_id: str, approvals: ApprovalService) -> None:
        """Answer every call that waits. What was not named is refused, and the model is told why."""
        for request in approvals.pending(conversation_id):
            await approvals.decide(request.id, self._decision(request))

    def _decision(self, request: ApprovalRequest) -> Decision:
        name = request.spec.name
        if name in self._named or name in HARMLESS:
            return Decision(Scope.ONCE)
        if name not in self._told:
            self._told.add(name)
            print(self._text("cli.ask.refused", name=name), file=sys.stderr)
        return Decision(Scope.DENY, "It was asked on a command line that does not name this tool.")

    def report(self, message: Message) -> None:
        """The calls that the model wants, where none are run; else how each of them ended, on standard error."""
        if not self._on:
            for call in message.tool_calls:
                print(f"{call.name}({call.arguments})")
            return
        names = {call.call_id: call.name for call in message.tool_calls}
        for result in message.of(ToolResultPart):
            key = "quick" if result.outcome is Outcome.DONE else result.outcome.value
            print(f"{names.get(result.call_id, '?')}: {self._text(f'tool.state.{key}')}", file=sys.stderr)


def whole_text(message: Message) -> str:
    """The words of all rounds, each a paragraph of its own."""
    rounds = rounds_of(message.parts)
    if len(rounds) == 1:
        return message.text
    return "\n\n".join(words for part in rounds if (words := part.text.strip("\n")))


def call_rows(message: Message) -> list[dict[str, str]]:
    """The calls for `--json`; `outcome` and `result` are there where one was answered with `--tools`."""
    results = {part.call_id: part for part in message.of(ToolResultPart) if part.outcome is not Outcome.LIMIT}
    return [_row(call, results.get(call.call_id)) for call in message.tool_calls]


def _row(call: ToolCallPart, result: ToolResultPart | None) -> dict[str, str]:
    row = {"id": call.call_id, "name": call.name, "arguments": call.arguments}
    return row if result is None else {**row, "outcome": result.outcome.value, "result": result.content}
