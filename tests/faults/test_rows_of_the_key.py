"""Rows 63 and 64: the key is nowhere but in the keyring, and what happens when the keyring does not give it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

import canary
from glmdesk.domain.message import Status
from glmdesk.domain.messages import LANGUAGES, Catalogue
from glmdesk.domain.secret import Secret
from glmdesk.providers.limits import Limits
from glmdesk.store.secrets import KeyringStore
from glmdesk.ui.widgets.button import Button
from tests.faults.scene import Scene
from tests.helpers.systems import linux_only
from tests.journeys.driver import Person, drive
from tests.store.test_secrets import failing, posing, secret_service

QUESTION = "你好"


@linux_only("the keyring daemon, /proc")
def test_row_63_after_all_kinds_of_runs_the_key_is_in_no_file_output_command_line_or_environment() -> None:
    # without windows: journeys/test_first_day.py searches those, packaging/canary.py all of the frozen program
    assert canary.search([sys.executable, "-m", "glmdesk"], windows=False) == []


@pytest.fixture
def gate() -> Generator[threading.Event]:
    """What a keyring that hangs waits for."""
    opened = threading.Event()
    yield opened
    opened.set()
    for thread in threading.enumerate():
        if thread.name == "glmdesk-keyring":
            thread.join(5)


def _hanging(gate: threading.Event) -> Any:
    class Hanging:
        def get_password(self, service: str, username: str) -> None:
            gate.wait(30)

    return secret_service(Hanging)


def _locked(gate: threading.Event) -> Any:
    import keyring.errors

    return failing(keyring.errors.KeyringLocked)


_BACKENDS: dict[str, Callable[[threading.Event], Any]] = {
    "keyring_absent": lambda gate: posing("keyring.backends.fail", "Keyring"),
    "keyring_plaintext": lambda gate: posing("keyrings.alt.file", "PlaintextKeyring"),
    "keyring_locked": _locked,
    "keyring_denied": lambda gate: failing(OSError),
    "keyring_slow": _hanging,
}


@pytest.mark.parametrize("kind", list(_BACKENDS))
def test_row_64_a_keyring_that_gives_nothing_is_named_and_a_key_of_this_session_answers(
    profile: Path, url: str, gate: threading.Event, kind: str
) -> None:
    settings = profile / "settings.toml"
    endpoint = f'\n[[endpoints]]\nid = "mine"\nname = "Mine"\ndialect = "bigmodel"\nbase_url = "{url}"\n'
    settings.write_text(settings.read_text("utf-8") + 'default_endpoint = "mine"\n' + endpoint, "utf-8")

    async def body(person: Person) -> None:
        window, scene = person.window, Scene(person, "", Limits())
        composer = window.page.composer
        composer.editor.setPlainText(QUESTION)
        person.click(composer.send_button)
        await person.until(lambda: window.notices.texts, "it is told")
        what, fix = (Catalogue.load(LANGUAGES[0]).text(f"error.{kind}.{part}") for part in ("what", "fix"))
        (said,) = window.notices.texts
        assert said.startswith(what.partition("{")[0])
        assert said.endswith(fix)
        assert composer.text == QUESTION
        endpoint = window.desk.endpoints.default()
        assert endpoint is not None
        window.desk.endpoints.keep_key_in_memory(endpoint, Secret("test-id.test-secret"))
        assert (await scene.ask(QUESTION)).status is Status.COMPLETE
        person.click(next(button for button in window.notices.findChildren(Button)))
        assert window.navigation.page is not None

    drive(profile, body, secrets=KeyringStore(_BACKENDS[kind](gate), limit=0.2))
