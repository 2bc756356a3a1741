"""Templates, wrong use and profiles of `glmdesk ask`."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.commands.terminal import KEY, VARIABLE, Terminal


def test_a_template_with_its_variables_is_asked(terminal: Terminal) -> None:
    ran = terminal.ask("--save", "--template", "qa/medium", "--var", "own=Tell me more.", "One more line.")
    assert ran.code == 0, ran.err
    stored = json.loads(terminal.run("export", "--all").out)["conversations"][0]
    text = stored["messages"][0]["parts"][0]["text"]
    assert "Tell me more." in text
    assert text.endswith("One more line.")
    assert stored["setup"]["template_id"] == "qa/medium"
    assert stored["messages"][-1]["thinking"] is True


def test_a_file_variable_takes_the_words_of_the_file(terminal: Terminal, tmp_path: Path) -> None:
    document = tmp_path / "paper.txt"
    document.write_bytes("一篇关于潮汐的文章".encode("gb18030"))
    ran = terminal.ask("--save", "--template", "qa/document", "--var", f"document={document}", "--var", "question=q")
    assert ran.code == 0, ran.err
    assert "一篇关于潮汐的文章" in terminal.run("export", "--all").out


WRONG_USES = {
    "no question": (["--key-env", VARIABLE, "  "], "question"),
    "no template": (["--template", "qa/none"], "qa/none"),
    "missing variables": (["--template", "translation/glossary"], "text"),
    "unknown variable": (["--template", "qa/medium", "--var", "colour=red"], "colour"),
    "no equals sign": (["--template", "qa/medium", "--var", "own"], "own"),
    "no file": (["--template", "qa/document", "--var", "document=/no/such", "--var", "question=q"], "/no/such"),
    "key variable unset": (["--key-env", "NOT_SET_AT_ALL", "hi"], "NOT_SET_AT_ALL"),
    "key with a space": (["--key-env", "SPACED", "hi"], "SPACED"),
    "key with letters no header carries": (["--key-env", "CHINESE", "hi"], "CHINESE"),
    "address": (["--endpoint", "ftp://x/", "hi"], "ftp://x/"),
    "dialect": (["--dialect", "klingon", "hi"], "klingon"),
    "thinking": (["--thinking", "maybe", "hi"], "maybe"),
}


@pytest.mark.parametrize("name", WRONG_USES)
def test_wrong_use_is_exit_2_and_names_what_is_wrong(terminal: Terminal, name: str) -> None:
    arguments, named = WRONG_USES[name]
    terminal.changes = {"SPACED": f"{KEY} x", "CHINESE": "密钥"}
    ran = terminal.run("ask", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert named in ran.err


def test_the_default_endpoint_without_a_key_is_exit_2_with_a_sentence(terminal: Terminal) -> None:
    ran = terminal.run("ask", "hello")
    assert (ran.code, ran.out) == (2, "")
    assert re.match(r"[A-Z].*\.\n", ran.err)


def test_every_wrong_use_is_told_in_the_users_language(terminal: Terminal) -> None:
    terminal.changes = {"LANG": "zh_CN.UTF-8", "LC_ALL": "zh_CN.UTF-8"}
    ran = terminal.run("ask", "--template", "qa/medium", "--var", "own")
    assert "等号" in ran.err


@pytest.mark.parametrize("place", ["missing", "in the way"])
def test_without_save_no_profile_is_needed_and_none_is_made(terminal: Terminal, tmp_path: Path, place: str) -> None:
    if place == "in the way":
        (tmp_path / "file").write_text("")
        terminal.profile = tmp_path / "file" / "profile"
    before = sorted(tmp_path.rglob("*"))
    ran = terminal.ask("hello")
    assert (ran.code, ran.err) == (0, "")
    assert sorted(tmp_path.rglob("*")) == before


def test_with_save_a_profile_that_cannot_be_made_is_exit_2_with_a_sentence(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    terminal.profile = tmp_path / "file" / "profile"
    ran = terminal.ask("--save", "hello")
    assert (ran.code, ran.out) == (2, "")
    assert str(terminal.profile) in ran.err


def test_saved_conversations_are_exported_and_hold_no_key(terminal: Terminal) -> None:
    said = [terminal.ask("--save", text).out for text in ("hello", "再见")]
    stored = json.loads(terminal.run("export", "--all", "--format", "json").out)
    talks = sorted(stored["conversations"], key=lambda talk: talk["created_at"])
    assert [talk["title"] for talk in talks] == ["hello", "再见"]
    for talk, out in zip(talks, said, strict=True):
        question, answer = talk["messages"]
        assert (question["role"], answer["role"], answer["status"]) == ("user", "assistant", "complete")
        assert next(p["text"] for p in answer["parts"] if p["type"] == "text").strip() == out.strip()
    for path in terminal.profile.rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes()
