"""`glmdesk ask`: one question through the same services as the window."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from glmdesk.compose import Composition, compose
from glmdesk.domain.conversation import Setup, ThinkingChoice
from glmdesk.domain.endpoint import DialectName, Endpoint
from glmdesk.domain.errors import ErrorInfo, UserError
from glmdesk.domain.message import Message, Status
from glmdesk.domain.messages import Catalogue
from glmdesk.domain.secret import Secret, key_problem
from glmdesk.domain.settings import Language
from glmdesk.services.chat import Draft
from glmdesk.services.transcript import Transcript
from glmdesk.store.files import find_profile

ANSWERED, USAGE, PROVIDER, STOPPED = 0, 2, 3, 130
_FRAME = 0.03  # seconds between two looks at the transcript
_CLI_ENDPOINT = "command-line"


class UsageError(Exception):
    """The command line asks for something that cannot be; its text is the sentence to print."""


def run(options: argparse.Namespace) -> int:
    """Returns the exit code: 0 answered, 2 wrong use, 3 provider or network error, 130 stopped."""
    try:
        return asyncio.run(_ask(options))
    except UsageError as error:
        print(error, file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        return STOPPED


def _text() -> Catalogue:
    return Catalogue.load(Language.SYSTEM)


async def _ask(options: argparse.Namespace) -> int:
    try:
        program = await compose(find_profile(None), in_memory=not options.save)
    except UserError as error:
        raise UsageError(sentence(error.info)) from error
    try:
        return await _Asker(program, options).run()
    except UserError as error:
        raise UsageError(sentence(error.info)) from error
    finally:
        await program.close()


@dataclass(slots=True)
class _Asker:
    program: Composition
    options: argparse.Namespace

    async def run(self) -> int:
        desk = self.program.desk
        setup, prompt = self._question()
        endpoint = self._endpoint()
        if endpoint is not None:
            desk.endpoints.add_for_session(endpoint, self._key())
            setup = replace(setup, endpoint_id=endpoint.id)
        conversation = await desk.history.create(setup)
        transcript = await desk.chat.open(conversation.id)
        self._stop_on_interrupt(conversation.id)
        await desk.chat.send(conversation.id, Draft(prompt))
        message = await self._print_while_running(transcript)
        return self._report(message)

    def _question(self) -> tuple[Setup, str]:
        thinking = {"on": ThinkingChoice.ON, "off": ThinkingChoice.OFF}.get(
            self.options.thinking, ThinkingChoice.TEMPLATE
        )
        setup, prompt = self._from_template() if self.options.template else (Setup(), self._prompt())
        return replace(setup, thinking=thinking, model=self.options.model or setup.model), prompt

    def _prompt(self) -> str:
        given = self.options.prompt
        text = sys.stdin.read() if given == "-" or (given is None and not sys.stdin.isatty()) else given
        if not text or not text.strip():
            raise UsageError(_text().text("cli.ask.no_prompt"))
        return text

    def _from_template(self) -> tuple[Setup, str]:
        template = self.program.desk.templates.get(self.options.template)
        if template is None:
            raise UsageError(_text().text("cli.ask.no_template", id=self.options.template))
        pairs = [pair.partition("=") for pair in self.options.var]
        values = template.defaults() | {name: value for name, _, value in pairs}
        missing = template.missing(values)
        if missing:
            names = ", ".join(variable.name for variable in missing)
            raise UsageError(_text().text("cli.ask.missing", names=names))
        prompt = template.fill(values)
        extra = self.options.prompt
        return template.setup(values), f"{prompt}\n\n{extra}" if extra else prompt

    def _endpoint(self) -> Endpoint | None:
        if not self.options.endpoint and not self.options.dialect and not self.options.key_env:
            return None
        default = self.program.desk.endpoints.default()
        url = self.options.endpoint or (default.base_url if default else "")
        if not url.startswith(("http://", "https://")):
            raise UsageError(_text().text("cli.ask.bad_url", url=url))
        chosen = self.options.dialect or (default.dialect if default and not self.options.endpoint else "bigmodel")
        return Endpoint(_CLI_ENDPOINT, url, DialectName(chosen), url.rstrip("/"), needs_key=False)

    def _key(self) -> Secret | None:
        name = self.options.key_env
        if not name:
            return None
        value = os.environ.get(name, "").strip()
        problem = key_problem(value)
        if problem is not None:
            raise UsageError(f"{name}: {_text().text(problem)}")
        return Secret(value)

    def _stop_on_interrupt(self, conversation_id: str) -> None:
        chat, tasks = self.program.desk.chat, self.program.tasks

        def stop() -> None:
            tasks.start("interrupt", chat.stop(conversation_id))

        with suppress(NotImplementedError):  # Windows has no loop signal handlers: KeyboardInterrupt ends the run
            asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop)

    async def _print_while_running(self, transcript: Transcript) -> Message:
        chat = self.program.desk.chat
        printed = ""
        while True:
            running = transcript.conversation_id in chat.busy()
            transcript.take_changes()
            message = transcript.rows[-1].message
            printed = self._print(message, printed)
            if not running:
                return message
            await asyncio.sleep(_FRAME)

    def _print(self, message: Message, printed: str) -> str:
        text = message.text.lstrip("\n")
        if self.options.json or message.status is Status.WITHDRAWN or not text.startswith(printed):
            return printed
        sys.stdout.write(text[len(printed) :])
        sys.stdout.flush()
        return text

    def _report(self, message: Message) -> int:
        if self.options.json:
            print(json.dumps(as_object(message), ensure_ascii=False, indent=2))
        elif message.text and not message.text.endswith("\n"):
            print()
        if message.status is Status.STOPPED:
            return STOPPED
        if message.error is not None:
            if not self.options.json:
                print(sentence(message.error.error), file=sys.stderr)
            return PROVIDER
        self._print_calls(message)
        return ANSWERED

    def _print_calls(self, message: Message) -> None:
        for call in () if self.options.json else message.tool_calls:
            print(f"{call.name}({call.arguments})")


def sentence(info: ErrorInfo) -> str:
    """What happened, what to do, and the server's own words."""
    catalogue = _text()
    arguments = dict(info.args)
    lines = [catalogue.text(info.what_id, **arguments), catalogue.text(info.fix_id, **arguments)]
    if info.detail:
        lines.append(info.detail)
    return "\n".join(lines)


def as_object(message: Message) -> dict[str, Any]:
    """The one object of `--json`."""
    usage, error = message.usage, message.error
    withdrawn = message.status is Status.WITHDRAWN
    return {
        "content": "" if withdrawn else message.text,
        "reasoning": "" if withdrawn else message.reasoning,
        "tool_calls": [{"id": c.call_id, "name": c.name, "arguments": c.arguments} for c in message.tool_calls],
        "finish_reason": message.finish_reason or None,
        "model": message.model,
        "request_id": message.request_id or None,
        "usage": None
        if usage is None
        else {
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "total_tokens": usage.total_tokens,
            "cached_tokens": usage.cached_tokens,
            "reasoning_tokens": usage.reasoning_tokens,
        },
        "error": None
        if error is None
        else {
            "code": error.error.code or error.error.kind,
            "message": sentence(error.error),
            "action": error.error.action.value if error.error.action else None,
        },
    }
