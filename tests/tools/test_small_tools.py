"""Time, calculator, Python, page text."""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glmdesk.domain.page_text import page_text
from glmdesk.domain.tools import BUILT_IN, ToolContext, ToolFault, ToolResult, ToolSpec
from glmdesk.services.tasks import TaskOwner
from glmdesk.tools.arguments import check_arguments, parse_arguments
from glmdesk.tools.calculator import calculate
from glmdesk.tools.clock import TimeTool
from glmdesk.tools.isolation import isolation
from glmdesk.tools.run_python import Limits, RunPythonTool
from tests.helpers.desktop import desktop_session


def call(tool: Any, **arguments: object) -> ToolResult:
    return asyncio.run(tool.call(arguments, ToolContext("c")))


def test_the_time_is_told_in_a_zone() -> None:
    tool = TimeTool(lambda: datetime(2026, 3, 1, 20, 30, tzinfo=UTC))
    assert call(tool, zone="Asia/Shanghai").text == "2026-03-02T04:30:00+08:00 Monday (Asia/Shanghai)"
    assert call(tool, zone="UTC").text == "2026-03-01T20:30:00+00:00 Sunday (UTC)"
    for zone in ("Mars/Base", "../../etc/passwd", "/etc/localtime"):
        with pytest.raises(ToolFault):
            call(tool, zone=zone)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("(3+4)*2**10", "7168"),
        ("2^10", "1024"),
        ("6 × 7 ÷ 2", "21"),
        ("0.1+0.2", "0.30000000000000004"),
        ("factorial(20)", "2432902008176640000"),
        ("sqrt(2)", "1.4142135623730951"),
        ("-7 // 2", "-4"),
        ("2**-1", "0.5"),
        ("max(1, 2, 3) + min(4, 5)", "7"),
        ("round(pi, 4)", "3.1416"),
        ("+".join(map(str, range(1, 301))), "45150"),
        ("100-20-3*2/2-(7-4)", "74"),
    ],
)
def test_the_calculator_is_exact(expression: str, value: str) -> None:
    assert calculate(expression) == value


@pytest.mark.parametrize(
    "expression",
    [
        "__import__('os').system('true')",
        "().__class__",
        "'a'*10",
        "[1]*9",
        "lambda: 1",
        "x",
        "True",
        "1 if 1 else 2",
        "9**9**9",
        "10**100000",
        "10**-40000",
        "2**(2**20)",
        "factorial(100000)",
        "factorial(3.5)",
        "1/0",
        "(-1)**0.5",
        "1e308*10",
        "log(0)",
        "round(1.5, 99999999)",
        "(" * 500 + "1" + ")" * 500,
        "1+" * 1500 + "1",
        "abs",
        "sqrt(x=1)",
        "1j",
        "",
        "1; 2",
        "\0",
    ],
)
def test_what_is_not_small_arithmetic_is_refused(expression: str) -> None:
    with pytest.raises(ToolFault):
        calculate(expression)


@given(st.text("0123456789+-*/%().e ^xpisqrtlog,", max_size=60))
def test_any_text_gives_a_value_or_a_refusal(expression: str) -> None:
    with suppress(ToolFault):
        assert len(calculate(expression)) < 5_000


def test_python_prints_and_fails_in_its_own_words() -> None:
    assert call(RunPythonTool(), code="print(6*7)\nprint('中文')").text == "42\n中文"
    failed = call(RunPythonTool(), code="print('a')\n1/0")
    assert failed.is_error
    assert "ZeroDivisionError" in failed.text
    assert call(RunPythonTool(), code="x = 1").text == "(no output)"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("while True: pass", "ended after"),
        ("import time; time.sleep(600)", "ended after"),
        ("while True: print('x' * 1000)", "too much output"),
        ("x = bytearray(4 * 1024**3)", "MemoryError"),
        ("open('big', 'wb').write(bytes(64 * 1024**2))", "exit code"),
    ],
)
def test_python_is_ended_at_its_limits(code: str, told: str) -> None:
    result = call(RunPythonTool(Limits(seconds=1.5, output=10_000)), code=code)
    assert result.is_error
    assert told in result.text
    assert len(result.text) < 20_000


def test_python_sees_no_secret_and_has_a_folder_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLM_API_KEY", "the-secret")
    seen = call(RunPythonTool(), code="import os; print(dict(os.environ)); print(os.getcwd())").text
    assert "the-secret" not in seen
    assert "glmdesk-python-" in seen.splitlines()[-1]


@pytest.fixture
def canary() -> Iterator[tuple[int, list[object]]]:
    """A listening port of this machine, and who has called."""
    calls: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        done = threading.Event()

        def accept() -> None:
            while not done.is_set():
                try:
                    calls.append(server.accept()[1])
                except TimeoutError:
                    continue

        thread = threading.Thread(target=accept)
        thread.start()
        yield server.getsockname()[1], calls
        done.set()
        thread.join()


def test_python_has_no_network_where_the_system_allows_that(canary: tuple[int, list[object]]) -> None:
    if not isolation():
        pytest.skip("this system gives no namespaces")
    port, calls = canary
    code = f"import socket; socket.create_connection(('127.0.0.1', {port}), 2)"
    assert "OSError" in call(RunPythonTool(), code=code).text or not calls
    assert calls == []


_KEYRING = """
import os, socket
for path in {paths}:
    try:
        bus = socket.socket(socket.AF_UNIX)
        bus.connect(path)
        print("reached", path)
    except OSError as error:
        print(type(error).__name__)
print(sorted(name for name in os.listdir("/proc") if name.isdigit()))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="namespaces of Linux")
def test_python_reaches_neither_the_keyring_nor_other_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isolation(), "this system gives no namespaces"
    with desktop_session() as environment:
        for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"):
            monkeypatch.setenv(name, environment[name])
        address = environment["DBUS_SESSION_BUS_ADDRESS"]
        path = address.partition("path=")[2].partition(",")[0]
        assert path.startswith("/")
        with socket.socket(socket.AF_UNIX) as bus:
            bus.connect(path)  # it is there for this process
        seen = call(RunPythonTool(), code=_KEYRING.format(paths=[path])).text
    assert seen.splitlines() == ["ConnectionRefusedError", "['1']"]


@pytest.mark.skipif(sys.platform != "linux", reason="namespaces of Linux")
def test_what_is_hidden_from_python_stays_hidden(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    runtime = tmp_path / "runtime"
    runtime.mkdir()
    (runtime / "bus").write_text("x")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    code = f"import ctypes, os\npath = {str(runtime)!r}\nprint(ctypes.CDLL(None).umount2(path.encode(), 0))\n"
    code += "print(os.listdir(path))"
    assert call(RunPythonTool(), code=code).text == "-1\n[]"


@pytest.mark.skipif(sys.platform != "linux", reason="namespaces of Linux")
def test_python_sees_nothing_of_the_program_and_writes_itself_no_permission(tmp_path: Any) -> None:
    profile = tmp_path / "profile of a user"
    profile.mkdir()
    (profile / "grants.json").write_text("[]")
    code = f"import os\npath = {str(profile)!r}\nprint(os.listdir(path))\nopen(path + '/grants.json', 'w').write('x')"
    context = ToolContext(hidden=(profile,))
    assert asyncio.run(RunPythonTool().call({"code": code}, context)).text == "[]"
    assert (profile / "grants.json").read_text() == "[]"


def test_python_may_not_start_processes_without_end() -> None:
    code = "import os, resource; print(resource.getrlimit(resource.RLIMIT_NPROC)[0] if os.getpid() == 1 else 64)"
    assert call(RunPythonTool(), code=code).text == "64"


def test_what_the_code_has_started_ends_with_it(tmp_path: Any) -> None:
    mark = tmp_path / "alive"
    later = f"import time; time.sleep(3); open({str(mark)!r}, 'w')"
    command = f"[sys.executable, '-c', {later!r}]"
    code = f"import subprocess, sys\nsubprocess.Popen({command}, start_new_session=True)"
    call(RunPythonTool(), code=code)
    if isolation():
        threading.Event().wait(3.5)
        assert not mark.exists()


def test_a_cancelled_run_is_killed() -> None:
    async def body() -> None:
        tasks = TaskOwner(lambda error: None)
        tool = RunPythonTool()
        task = tasks.start("run", tool.call({"code": "import time; time.sleep(600)"}, ToolContext("c")))
        await asyncio.sleep(0.3)
        await tasks.close()
        assert task.cancelled()

    asyncio.run(body())


def test_a_page_becomes_its_words() -> None:
    html = """<html><head><title>T &amp; U</title><style>x{}</style></head><body><script>evil()</script>
    <h2>Head</h2><p>One <b>two</b>&nbsp;three</p><p>Four <a href="/five">five</a></p>
    <svg><text>no</text></svg></body>"""
    assert page_text(html, base="https://a.b/c") == "T & U\n\n## Head\nOne two three\nFour five <https://a.b/five>"
    assert page_text("<" * 5000, base="") is not None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", {}),
        ("null", {}),
        ('{"a": 1}', {"a": 1}),
        ('```json\n{"a": 1}\n```', {"a": 1}),
        ('{"a": [1, 2,], }', {"a": [1, 2]}),
        ('{"a": "x\ny"}', {"a": "x\ny"}),
        ('"{\\"a\\": 1}"', {"a": 1}),
        ('{"a": 1} and more', {"a": 1}),
    ],
)
def test_arguments_are_read_with_tolerance(text: str, value: object) -> None:
    assert parse_arguments(text) == value


@pytest.mark.parametrize("text", ["{", "[1]", "3", "true", '"x"', '{"a": ', "[" * 100_000, "{'a': 1}"])
def test_what_is_no_object_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ToolFault):
        parse_arguments(text)


def spec(schema: dict[str, Any], origin: str = "server") -> ToolSpec:
    return ToolSpec("t", "d", schema, origin=origin)


def test_a_schema_never_fetches_and_never_runs_a_servers_patterns(canary: tuple[int, list[object]]) -> None:
    port, calls = canary
    with pytest.raises(ToolFault):
        check_arguments(spec({"$ref": f"http://127.0.0.1:{port}/s.json"}), {"a": 1})
    assert calls == []
    bomb = {"properties": {"a": {"pattern": "^(a+)+$"}}, "patternProperties": {"(a+)+$": {}}}
    check_arguments(spec(bomb), {"a": "a" * 60 + "!", "pattern": 1})
    named = {"properties": {"pattern": {"type": "string"}}}
    with pytest.raises(ToolFault):
        check_arguments(spec(named), {"pattern": 1})
    with pytest.raises(ToolFault):
        check_arguments(spec({"properties": {"a": {"pattern": "^x"}}}, BUILT_IN), {"a": "y"})


def test_an_invalid_schema_is_said_and_nothing_runs() -> None:
    with pytest.raises(ToolFault, match="invalid"):
        check_arguments(spec({"type": "nonsense"}), {})
