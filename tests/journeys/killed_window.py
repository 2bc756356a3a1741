"""A window that is going to be killed: `python -m tests.journeys.killed_window PROFILE URL QUESTION`.

Prints the length of the answer as the window shows it and its status, again and again.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from glmdesk.domain.conversation import ThinkingChoice
from glmdesk.domain.endpoint import DialectName, Endpoint
from glmdesk.domain.secret import Secret
from tests.journeys.driver import Person, drive

FOLDER, URL, QUESTION = sys.argv[1:4]


async def ask(person: Person) -> None:
    """Send the question with the button and report what comes."""
    window = person.window
    window.desk.endpoints.add_for_session(Endpoint("test", "Test", DialectName.BIGMODEL, URL), Secret("a.b"))
    window.desk.endpoints.use_for_session("test")
    window.new_chat()
    window.chat.choose_thinking(ThinkingChoice.OFF)
    window.page.composer.editor.setPlainText(QUESTION)
    person.click(window.page.composer.send_button)
    await person.until(lambda: window.page.transcript.stack.items, "the question is shown")
    while True:
        answer = person.answer()
        print(len(answer.text), answer.status.value, flush=True)
        await asyncio.sleep(0.02)


if __name__ == "__main__":
    drive(Path(FOLDER), ask)
