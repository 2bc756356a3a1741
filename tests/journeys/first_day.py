"""A user's first day, in a process of its own: `python -m tests.journeys.first_day PHASE PROFILE`."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import replace
from pathlib import Path

from glmdesk.domain.message import Role, Status
from glmdesk.domain.template import Family
from glmdesk.ui.scenarios.form import TemplateForm
from glmdesk.ui.scenarios.templates_page import TemplatesPage
from glmdesk.ui.welcome.page import WelcomePage
from tests.journeys.driver import Person, drive

FOLDER = Path(sys.argv[2])


async def morning(person: Person) -> None:
    """Welcome, key into the keyring, a template's form, a thinking answer, Stop."""
    window = person.window
    page = window.navigation.page
    assert isinstance(page, WelcomePage)
    endpoint = replace(window.desk.endpoints.list()[0], base_url=os.environ["JOURNEY_URL"])
    await window.desk.endpoints.save(endpoint)

    person.type(page.key_form.field, "invalid-key")
    person.click(page.key_form.button)
    await person.until(lambda: "密钥" in page.key_form.message.text(), "the wrong key is named")
    assert page.key_form.field.text(), "the text must stay"
    page.key_form.field.clear()
    person.type(page.key_form.field, sys.stdin.readline().strip())
    person.click(page.key_form.button)
    await person.until(lambda: window.navigation.page is None, "the chat opens")
    assert await window.desk.endpoints.has_key(endpoint)

    person.click(window.page.start.families[Family.QA])
    templates = window.navigation.page
    assert isinstance(templates, TemplatesPage)
    templates.open_form(os.environ["JOURNEY_TEMPLATE"])
    form = templates.stack.currentWidget()
    assert isinstance(form, TemplateForm)
    await asyncio.sleep(0.02)  # the form is laid out
    person.click(form.start_button)
    await person.until(lambda: window.page.transcript.stack.items, "the question is shown")
    await person.until(lambda: person.answer().reasoning, "thinking comes in")
    await person.until(lambda: len(person.answer().text) > 40, "the answer comes in")
    person.click(window.page.composer.stop_button)
    await person.until(lambda: person.answer().status is Status.STOPPED, "the answer has stopped")
    window.page.transcript.action.emit("continue", person.answer().id)
    await person.until(lambda: person.answer().status is Status.STREAMING, "the answer goes on")
    await person.until(lambda: person.answer().status is Status.COMPLETE, "the answer is complete")
    assert person.answer().reasoning
    person.type(window.page.composer.editor, "half a thought")
    print("ANSWER", len(person.answer().text), flush=True)


async def evening(person: Person) -> None:
    """After a restart everything is there, and nothing is asked again."""
    window = person.window
    assert window.navigation.page is None
    await person.until(lambda: len(window.page.transcript.stack.items) >= 2, "the conversation opens")
    rows = [item.row.message for item in window.page.transcript.stack.items]
    assert rows[-1].role is Role.ASSISTANT
    assert rows[-1].status is Status.COMPLETE
    assert window.page.composer.text == "half a thought"
    endpoint = window.desk.endpoints.default()
    assert endpoint is not None
    assert await window.desk.endpoints.has_key(endpoint)
    print("ANSWER", len(rows[-1].text), flush=True)


if __name__ == "__main__":
    drive(FOLDER, {"morning": morning, "evening": evening}[sys.argv[1]])
