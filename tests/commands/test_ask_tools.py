"""`glmdesk ask --tools`: the loop of the window on a command line, where nobody can be asked."""

from __future__ import annotations

import json
from pathlib import Path

from glmdesk.domain.tools import Grant, Scope
from glmdesk.tools.list_files import ListFilesTool
from tests.commands.terminal import Terminal

WRITE = '/tool write_file {"path": "a.txt", "content": "written"}\nwrite it'


def switched_on(terminal: Terminal, *names: str) -> None:
    """Tools that are on in new chats."""
    terminal.profile.mkdir(parents=True, exist_ok=True)
    (terminal.profile / "settings.toml").write_text(f"tools = {list(names)}\n", "utf-8")


def test_harmless_tools_run_and_their_results_are_answered(terminal: Terminal) -> None:
    order = '/tool calculate {"expression": "6*7"}\nhow much is it?'
    told = terminal.ask("--json", "--tools", order).object
    assert [call["name"] for call in told["tool_calls"]] == ["calculate"]
    assert told["finish_reason"] == "stop"
    assert "42" in told["content"]
    plain = terminal.ask("--tools", order)
    assert (plain.code, plain.err) == (0, "calculate: done\n")
    assert "calculate(" not in plain.out


def test_without_the_option_no_tool_is_offered_whatever_the_settings_say(terminal: Terminal) -> None:
    switched_on(terminal, "get_time")
    assert terminal.ask("--json", "What time is it?").object["tool_calls"] == []
    called = terminal.ask("--json", "--tools", "What time is it?").object["tool_calls"]
    assert [call["name"] for call in called] == ["get_time"]


def test_a_tool_that_is_not_named_is_refused_and_the_model_is_told(terminal: Terminal, tmp_path: Path) -> None:
    switched_on(terminal, "write_file")
    ran = terminal.ask("--tools", "--workspace", str(tmp_path), WRITE)
    assert ran.code == 0
    assert "--tool write_file" in ran.err
    assert "does not name this tool" in ran.out, "the demo server repeats what the tool answered"
    assert not (tmp_path / "a.txt").exists()


def test_a_named_tool_runs_in_the_named_folder_only(terminal: Terminal, tmp_path: Path) -> None:
    ran = terminal.ask("--tool", "write_file", "--workspace", str(tmp_path), WRITE)
    assert ran.code == 0
    assert (tmp_path / "a.txt").read_text() == "written"
    away = '/tool write_file {"path": "../b.txt", "content": "x"}\nwrite it'
    assert terminal.ask("--tool", "write_file", "--workspace", str(tmp_path), away).code == 0
    assert not (tmp_path.parent / "b.txt").exists()


def test_an_unknown_tool_and_a_folder_that_is_none_are_wrong_use(terminal: Terminal, tmp_path: Path) -> None:
    unknown = terminal.ask("--tool", "no_such", "hi")
    assert unknown.code == 2
    assert "calculate" in unknown.err
    missing = terminal.ask("--tools", "--workspace", str(tmp_path / "none"), "hi")
    assert missing.code == 2
    assert "none is not a folder" in missing.err


def test_json_tells_what_became_of_each_call(terminal: Terminal) -> None:
    order = '/tool calculate {"expression": "6*7"}\n/tool fetch_page {"url": "https://example.com"}\nhow much is it?'
    told = terminal.ask("--json", "--tools", order).object
    assert [list(call) for call in told["tool_calls"]] == [["id", "name", "arguments", "outcome", "result"]] * 2
    assert [call["outcome"] for call in told["tool_calls"]] == ["done", "failed"], "the page was not even offered"
    assert "42" in told["tool_calls"][0]["result"]


def test_the_words_of_each_round_are_a_paragraph(terminal: Terminal) -> None:
    ran = terminal.ask("--tools", '/tool calculate {"expression": "6*7"}\nhow much is it?')
    assert "I will call calculate first.\n\nThe tools returned:" in ran.out


def test_what_the_window_always_allows_runs_and_its_journal_stays_as_it_is(terminal: Terminal, tmp_path: Path) -> None:
    switched_on(terminal, "list_files")
    spec = ListFilesTool().spec
    row = {"id": "g", "at": 1.0, "origin": spec.origin, "tool": spec.name, "digest": spec.digest}
    assert {*row, "scope", "conversation_id", "revoked_at"} == {*Grant.__slots__}
    grants = terminal.profile / "grants.json"
    grants.write_text(json.dumps({"version": 1, "grants": [row | {"scope": Scope.ALWAYS.value}]}), "utf-8")
    before = grants.read_bytes()
    told = terminal.ask(
        "--json", "--tools", "--workspace", str(tmp_path), '/tool list_files {"path": "."}\nlist'
    ).object
    assert [call["outcome"] for call in told["tool_calls"]] == ["done"]
    assert grants.read_bytes() == before


def test_a_loop_for_ever_ends_with_exit_3_and_every_call_has_its_answer(terminal: Terminal) -> None:
    ran = terminal.ask("--json", "--tools", '/loop get_time {"zone": "UTC"}\nAgain')
    assert (ran.code, ran.object["error"]["code"]) == (3, "tool_limit")
    assert [call["outcome"] for call in ran.object["tool_calls"]] == ["done"] * 8
