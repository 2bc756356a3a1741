"""What the READMEs promise is there: the two commands first, options that exist, files that exist."""

from __future__ import annotations

import re
import tomllib
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path

import pytest

from glmdesk import __version__, cli

ROOT = Path(__file__).resolve().parents[2]
READMES = ("README.md", "README.zh-CN.md")
TWO_COMMANDS = ["pip install uv && uv run glmdesk --demo", "uv run pytest"]


def _text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def _options(parser: ArgumentParser) -> Iterator[str]:
    for action in parser._actions:
        yield from action.option_strings
        for command in action.choices.values() if isinstance(action.choices, dict) else ():
            yield from _options(command)


@pytest.mark.parametrize("name", READMES)
def test_the_two_commands_come_first(name: str) -> None:
    blocks = re.findall(r"^```\n(.*?)\n```$", _text(name), re.MULTILINE | re.DOTALL)
    assert blocks[:2] == TWO_COMMANDS


@pytest.mark.parametrize("name", READMES)
def test_every_option_the_readme_names_exists(name: str) -> None:
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", _text(name)))
    assert named - set(_options(cli._parser())) == set()


@pytest.mark.parametrize("name", READMES)
def test_the_readme_names_every_option(name: str) -> None:
    hidden = {"--help", "--version", "--worker", "--open", "-h"}  # an address needs no --open
    assert {option for option in _options(cli._parser()) if option not in hidden and option not in _text(name)} == set()


@pytest.mark.parametrize("name", [*READMES, "CONTRIBUTING.md"])
def test_every_file_linked_exists(name: str) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", _text(name))
    assert [link for link in links if not (ROOT / link).is_file()] == []


def test_both_readmes_link_the_same_things() -> None:
    first, second = ({*re.findall(r"\]\(([^)]+\.png)\)", _text(name))} for name in READMES)
    assert first == second


def test_the_version_is_the_same_everywhere() -> None:
    assert tomllib.loads(_text("pyproject.toml"))["project"]["version"] == __version__
    assert __version__ in _text("CHANGELOG.md")
