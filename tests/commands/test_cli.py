"""The command line itself, and the commands beside `ask`."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import pytest

from glmdesk import __version__
from glmdesk.domain.endpoint import DialectName, Endpoint
from tests.commands.terminal import KEY, Terminal
from tests.helpers.desktop import desktop_session
from tests.helpers.stored import child

STORE_KEY = """
import asyncio, sys
from glmdesk.domain.secret import Secret
from glmdesk.store.secrets import KeyringStore
asyncio.run(KeyringStore().set(sys.argv[1], Secret(input())))
"""
SETTINGS = """
default_endpoint = "mine"
[[endpoints]]
id = "mine"
name = "My GLM"
dialect = "bigmodel"
base_url = "{url}"
"""


def test_the_version_is_told(terminal: Terminal) -> None:
    ran = terminal.run("--version")
    assert (ran.code, ran.out) == (0, f"GLM Desk {__version__}\n")


@pytest.mark.parametrize(("language", "word"), [("zh_CN.UTF-8", "问题"), ("en_US.UTF-8", "question")])
def test_help_speaks_the_systems_language_and_has_a_line_for_every_option(
    terminal: Terminal, language: str, word: str
) -> None:
    terminal.changes = {"LANG": language, "LC_ALL": language}
    ran = terminal.run("ask", "--help")
    assert ran.code == 0
    assert word in ran.out
    assert "cli." not in ran.out, "an id without a text"


ENGLISH = re.compile(
    r"usage:|positional|options|show th|and exit|error:|argument|unrecognized|required|invalid|choose|could match"
)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("ask", "--help"),
        ("export", "--help"),
        ("key", "--help"),
        ("ask", "--nope"),
        ("nonsense",),
        ("export",),
        ("ask", "--thinking", "maybe", "x"),
        ("ask", "--model"),
        ("ask", "--t", "x"),
        ("ask", "--json=1", "x"),
    ],
)
def test_no_word_of_the_help_or_of_a_wrong_use_is_english_in_chinese(
    terminal: Terminal, arguments: tuple[str, ...]
) -> None:
    terminal.changes = {"LANG": "zh_CN.UTF-8", "LC_ALL": "zh_CN.UTF-8"}
    ran = terminal.run(*arguments)
    assert ran.code == (0 if "--help" in arguments else 2)
    said = ran.out + ran.err
    assert said.startswith("用法：")
    assert ENGLISH.findall(said) == []


def test_wrong_use_is_told_in_english_too(terminal: Terminal) -> None:
    terminal.changes = {"LANG": "en_US.UTF-8", "LC_ALL": "en_US.UTF-8"}
    assert "there are no such arguments: --nope" in terminal.run("ask", "--nope").err


def test_a_profile_can_be_named_on_the_command_line(terminal: Terminal, tmp_path: Path) -> None:
    ran = terminal.run("--profile", str(tmp_path / "other"), "export", "--all")
    assert ran.code == 0
    assert json.loads(ran.out)["conversations"] == []
    assert (tmp_path / "other" / "glmdesk.db").exists()
    assert not terminal.profile.exists()


@pytest.mark.parametrize(
    "arguments", [("export",), ("export", "--all", "--format", "odt"), ("nonsense",), ("key", "show", "bigmodel")]
)
def test_what_does_not_exist_is_exit_2(terminal: Terminal, arguments: tuple[str, ...]) -> None:
    ran = terminal.run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err


def test_a_damaged_database_is_no_empty_export(terminal: Terminal) -> None:
    terminal.profile.mkdir()
    (terminal.profile / "glmdesk.db").write_bytes(b"not a database at all" * 100)
    ran = terminal.run("export", "--all")
    assert (ran.code, ran.out) == (3, "")
    assert len(ran.err.splitlines()) >= 2


def test_the_doctor_answers_without_a_window(terminal: Terminal) -> None:
    ran = terminal.run("doctor")
    assert ran.code in (0, 1)
    assert len(ran.out.splitlines()) > 3
    assert not terminal.profile.exists(), "looking changes nothing"


def test_a_key_of_an_endpoint_that_is_not_there_is_exit_2(terminal: Terminal) -> None:
    ran = terminal.run("key", "print", "nowhere")
    assert (ran.code, ran.out) == (2, "")
    assert "nowhere" in ran.err
    assert "bigmodel" in ran.err, "which there are"


def test_without_a_keyring_a_key_is_exit_3_with_a_sentence(terminal: Terminal) -> None:
    ran = terminal.run("key", "print", "bigmodel")
    assert (ran.code, ran.out) == (3, "")
    assert len(ran.err.splitlines()) >= 2


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a keyring")
def test_without_a_keyring_a_question_is_told_how_to_give_the_key(terminal: Terminal) -> None:
    ran = terminal.run("ask", "hi")
    assert (ran.code, ran.out) == (2, "")
    assert "--key-env" in ran.err
    assert "keyring.backends" not in ran.err


def test_a_picture_without_a_folder_is_refused_before_the_window_opens(terminal: Terminal, tmp_path: Path) -> None:
    ran = terminal.run("--smoke", str(tmp_path / "none" / "shot.png"))
    assert (ran.code, ran.out) == (2, "")
    assert "none" in ran.err
    assert not terminal.profile.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="the keyring daemon of Linux")
def test_a_key_in_the_real_keyring_is_used_by_ask_and_printed_on_the_users_word(terminal: Terminal) -> None:
    terminal.profile.mkdir()
    (terminal.profile / "settings.toml").write_text(SETTINGS.format(url=terminal.url), "utf-8")
    with desktop_session() as session:
        terminal.changes = session
        code, out, err = _print_key(terminal)
        assert (code, out) == (3, "")
        assert "My GLM" in err, "no key yet"
        _store_key(Endpoint("mine", "My GLM", DialectName.BIGMODEL, terminal.url), session)
        told = terminal.run("ask", "--save", "hello")
        assert _print_key(terminal) == (0, KEY + "\n", "")
    assert (told.code, told.err) == (0, "")
    for path in terminal.profile.rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes()


def _print_key(terminal: Terminal) -> tuple[int, str, str]:
    """Past `finish`, which would fail on the key."""
    with terminal.start("key", "print", "mine") as process:
        out, err = process.communicate(timeout=60)
    return process.returncode, out.decode(), err.decode()


def _store_key(endpoint: Endpoint, session: dict[str, str]) -> None:
    with child(STORE_KEY, endpoint.secret_name, environment=os.environ | session) as process:
        _, err = process.communicate(KEY + "\n", timeout=60)
    assert process.returncode == 0, err
