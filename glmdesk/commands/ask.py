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

from glmdesk.commands.tools import CommandTools, call_rows, whole_text
from glmdesk.commands.usage import UsageError
from glmdesk.commands.variables import template_values
from glmdesk.compose import Composition, compose
from glmdesk.domain.conversation import Setup, ThinkingChoice
from glmdesk.domain.endpoint import DEFAULT_URLS, DialectName, Endpoint
from glmdesk.domain.errors import ErrorInfo, UserError
from glmdesk.domain.message import Message, Status
from glmdesk.domain.messages import Catalogue
from glmdesk.domain.secret import Secret, key_problem
from glmdesk.domain.settings import BUILT_IN_ENDPOINTS, Language
from glmdesk.services.chat import Draft
from glmdesk.services.demo import DEMO_ID
from glmdesk.services.templates import describe
from glmdesk.services.titles import provisional_title
from glmdesk.services.transcript import Transcript
from glmdesk.store.files import find_profile

ANSWERED, USAGE, PROVIDER, STOPPED = 0, 2, 3, 130
_FRAME = 0.03  # seconds between two looks at the transcript
_CLI_ENDPOINT = "command-line"


def run(options: argparse.Namespace) -> int:
    """Returns the exit code: 0 answered, 2 wrong use, 3 provider or network error, 130 stopped."""
    try:
        given = _given(options)  # before the loop: Ctrl+C must end a read of standard input
        return asyncio.run(_ask(options, given))
    except UsageError as error:
        print(error, file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        return STOPPED


def _text() -> Catalogue:
    return Catalogue.load(Language.SYSTEM)


def _given(options: argparse.Namespace) -> str:
    """The question of the command line or of standard input; '' where the template alone is the question."""
    piped = options.prompt is None and not options.template and not sys.stdin.isatty()
    text = sys.stdin.read() if options.prompt == "-" or piped else (options.prompt or "")
    if not text.strip() and not options.template:
        raise UsageError(_text().text("cli.ask.no_prompt"))
    return text


async def _ask(options: argparse.Namespace, given: str) -> int:
    try:
        program = await compose(find_profile(None), in_memory=not options.save, beside=True)
    except UserError as error:
        raise UsageError(sentence(error.info)) from error
    try:
        return await _Asker(program, options, given, CommandTools(options, _text().text)).run()
    except UserError as error:
        raise UsageError(sentence(error.info)) from error
    finally:
        await program.close()


@dataclass(slots=True)
class _Asker:
    program: Composition
    options: argparse.Namespace
    given: str
    tools: CommandTools

    async def run(self) -> int:
        desk = self.program.desk
        setup, prompt = self._question()
        setup = replace(self.tools.setup(setup, desk.tools), endpoint_id=self._endpoint_id())
        conversation = await desk.history.create(setup)
        # A title of its own, so that no second request is made for one.
        await desk.history.rename(conversation.id, provisional_title(prompt))
        transcript = await desk.chat.open(conversation.id)
        await desk.chat.send(conversation.id, Draft(prompt))
        self._stop_on_signals(conversation.id)  # until here, a signal ends the command before it has asked
        message = await self._print_while_running(transcript)
        return self._report(message)

    def _question(self) -> tuple[Setup, str]:
        thinking = {"on": ThinkingChoice.ON, "off": ThinkingChoice.OFF}.get(
            self.options.thinking, ThinkingChoice.TEMPLATE
        )
        setup, prompt = self._from_template() if self.options.template else (Setup(), self.given)
        return replace(setup, thinking=thinking, model=self.options.model or setup.model), prompt

    def _no_template(self) -> list[str]:
        """That there is none, and which of the user's files could not be read."""
        text = _text().text
        bad = self.program.desk.templates.problems
        told = [f"{info.args.get('file', '')}: {describe(info, text)}" for info in bad]
        return [text("cli.ask.no_template", id=self.options.template), *told]

    def _from_template(self) -> tuple[Setup, str]:
        template = self.program.desk.templates.get(self.options.template)
        if template is None:
            raise UsageError("\n".join(self._no_template()))
        values = template_values(template, self.options.var, _text().text)
        prompt = template.fill(values)
        return template.setup(values), f"{prompt}\n\n{self.given}" if self.given.strip() else prompt

    def _endpoint_id(self) -> str:
        """'' is the default of the settings. Raises UsageError where the demo and another server are named."""
        if self.options.demo:
            if self.options.endpoint or self.options.dialect or self.options.key_env:
                raise UsageError(_text().text("cli.ask.demo_alone"))
            return DEMO_ID
        url, dialect, endpoints = self.options.endpoint, self.options.dialect, self.program.desk.endpoints
        if not url and not self.options.key_env:
            stored = next((e for e in endpoints.list() if e.dialect.value == dialect), None)
            if stored is not None or not dialect:
                return stored.id if stored else ""
        endpoint = self._own_endpoint()
        endpoints.add_for_session(endpoint, self._key())
        return endpoint.id

    def _own_endpoint(self) -> Endpoint:
        """From the command line; what it leaves out is the dialect's usual address, or the default endpoint."""
        default = self.program.desk.endpoints.default() or BUILT_IN_ENDPOINTS[0]
        dialect = DialectName(self.options.dialect) if self.options.dialect else None
        if self.options.endpoint:
            url, dialect = self.options.endpoint, dialect or DialectName.BIGMODEL
        elif dialect is None or dialect is default.dialect:
            url, dialect = default.base_url, default.dialect
        else:
            url = DEFAULT_URLS[dialect]
        if not url.startswith(("http://", "https://")):
            raise UsageError(_text().text("cli.ask.bad_url", url=url))
        return Endpoint(_CLI_ENDPOINT, url, dialect, url.rstrip("/"), needs_key=False)

    def _key(self) -> Secret | None:
        name = self.options.key_env
        if not name:
            return None
        value = os.environ.get(name, "").strip()
        if not value:
            raise UsageError(_text().text("cli.ask.no_key_env", name=name))
        problem = key_problem(value)
        if problem is not None:
            raise UsageError(f"{name}: {_text().text(problem)}")
        return Secret(value)

    def _stop_on_signals(self, conversation_id: str) -> None:
        chat, tasks = self.program.desk.chat, self.program.tasks

        def stop() -> None:
            tasks.start("interrupt", chat.stop(conversation_id))

        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError):  # Windows has none for a loop: KeyboardInterrupt ends the run
                asyncio.get_running_loop().add_signal_handler(number, stop)

    async def _print_while_running(self, transcript: Transcript) -> Message:
        desk, printed = self.program.desk, ""
        while True:
            running = transcript.conversation_id in desk.chat.busy()
            await self.tools.decide(transcript.conversation_id, desk.approvals)
            transcript.take_changes()
            message = transcript.rows[-1].message
            printed = self._print(message, printed)
            if not running:
                return message
            await asyncio.sleep(_FRAME)

    def _print(self, message: Message, printed: str) -> str:
        text = whole_text(message).lstrip("\n")
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
        if not self.options.json:
            self.tools.report(message)
        return ANSWERED


def sentence(info: ErrorInfo) -> str:
    """What happened, what to do on a command line, and the server's own words."""
    text = _text()
    what, fix = text.error(info)
    here = f"cli.fix.{info.kind}"  # the window can ask for a key, a command cannot
    lines = [what, text.text(here) if here in text.ids else fix]
    if info.detail and here not in text.ids:
        lines.append(info.detail)
    return "\n".join(lines)


def as_object(message: Message) -> dict[str, Any]:
    """The one object of `--json`."""
    usage, error = message.usage, message.error
    withdrawn = message.status is Status.WITHDRAWN
    return {
        "content": "" if withdrawn else whole_text(message),
        "reasoning": "" if withdrawn else message.reasoning,
        "tool_calls": call_rows(message),
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
