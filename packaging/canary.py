"""A key is nowhere but in the keyring: `uv run python packaging/canary.py PROGRAM`.

A real gnome-keyring gets a key; the frozen program asks with it, opens its window, starts a tool server, is killed in
the middle of an answer and starts again. Then every file it has written, its output and the command lines and
environments of all its processes are searched for the key. Linux; needs dbus, gnome-keyring, xdotool, a display
(DISPLAY) and a window manager.
"""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from glmdesk.domain.endpoint import DialectName, Endpoint  # noqa: E402
from glmdesk.domain.servers import ServerConfig  # noqa: E402
from glmdesk.store.rows import RowFile  # noqa: E402
from tests.helpers.desktop import desktop_session  # noqa: E402
from tests.helpers.server import demo_server  # noqa: E402

KEY = "c0ffee7f3a9d21b4c0ffee7f3a9d21b4.Zq8CanaryW5Tail"
# As itself, in base64 at every offset, and in pieces that still open a door.
FORMS = [
    KEY.encode(),
    KEY.encode("utf-16-le"),
    KEY.split(".")[1].encode(),
    KEY[:12].encode(),
    KEY.encode().hex().encode(),
    *(base64.b64encode(b"x" * offset + KEY.encode())[4 + offset : -8] for offset in range(3)),
]
ENDPOINT = "canary"
# A tool server that writes down what it is given: its environment, and what the program asks of it.
SPY = """
import json, os, sys
with open(sys.argv[1], "a") as book:
    print(json.dumps(dict(os.environ)), file=book, flush=True)
    for line in sys.stdin:
        print(line, file=book, end="", flush=True)
        message = json.loads(line)
        if message.get("method") == "initialize":
            result = {"protocolVersion": message["params"]["protocolVersion"]}
            result |= {"capabilities": {"tools": {}}, "serverInfo": {"name": "spy", "version": "1"}}
        else:
            tool = {"name": "look", "description": "Looks.", "inputSchema": {"type": "object"}}
            result = {"tools": [tool]}
        if "id" in message:
            print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}), flush=True)
"""


class Watch(threading.Thread):
    """Looks at the command lines and environments of a process and its children, again and again."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self.seen: set[int] = set()
        self.found: list[str] = []
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.02):
            for pid in (self._pid, *_children(self._pid)):
                self._look(pid)

    def _look(self, pid: int) -> None:
        for name in ("cmdline", "environ"):
            try:
                data = Path(f"/proc/{pid}/{name}").read_bytes()
            except OSError:
                continue
            self.seen.add(pid)
            if holds_key(data):
                self.found.append(f"{name} of process {pid}")


def _children(pid: int) -> Iterator[int]:
    try:
        direct = [
            int(word) for path in Path(f"/proc/{pid}/task").glob("*/children") for word in path.read_text().split()
        ]
    except OSError:
        return
    for child in direct:
        yield child
        yield from _children(child)


def holds_key(data: bytes) -> bool:
    """Whether any form of the key is in there."""
    return any(form in data for form in FORMS)


def main() -> int:
    """Returns 0, or 1 with the places where the key was."""
    found = search([str(Path(sys.argv[1]).resolve())])
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


def search(program: list[str], *, windows: bool = True) -> list[str]:
    """The places where the key was after every kind of run of a program; `windows` False leaves out what needs X."""
    with desktop_session() as session, demo_server() as url:
        home = Path(session["HOME"])
        environment = session | {"DISPLAY": os.environ.get("DISPLAY", ""), "LANG": "zh_CN.UTF-8"}
        environment["GLMDESK_TRACE"] = str(home / "trace.jsonl")
        _prepare(home, url, environment)
        found, processes = _use(program, home, environment, windows=windows)
        found += _spied(home) if windows else []
        files = [path for path in home.rglob("*") if path.is_file() and "keyrings" not in path.parts]
        found += [str(path.relative_to(home)) for path in files if holds_key(path.read_bytes())]
    print(f"searched {len(files)} files and {processes} processes for {len(FORMS)} forms of the key: {len(found)} hits")
    return found


def _prepare(home: Path, url: str, environment: dict[str, str]) -> None:
    """The key goes into the keyring by standard input; the settings name the endpoint."""
    store = "import sys, keyring; keyring.set_password('glmdesk', sys.argv[1], sys.stdin.read())"
    account = Endpoint(ENDPOINT, "Canary", DialectName.BIGMODEL, url).secret_name
    command = [sys.executable, "-c", store, account]
    subprocess.run(command, input=KEY, text=True, env=environment, check=True)
    profile = home / "share" / "glmdesk"
    profile.mkdir(parents=True)
    (profile / "settings.toml").write_text(
        f'welcomed = true\ndefault_endpoint = "{ENDPOINT}"\n\n[[endpoints]]\nid = "{ENDPOINT}"\nname = "Canary"\n'
        f'dialect = "bigmodel"\nbase_url = "{url}"\n',
        "utf-8",
    )
    _add_spy(profile, home)


def _add_spy(profile: Path, home: Path) -> None:
    """A tool server the user has agreed to."""
    python = shutil.which("python3", path="/usr/bin:/bin") or sys.executable
    spy = ServerConfig("spy", "Spy", command=python, args=("-c", SPY, str(home / "spy.jsonl")), folder=str(home))
    agreed = replace(spy, trusted=spy.fingerprint(python))
    asyncio.run(RowFile(profile / "servers.json", ServerConfig).save([agreed]))


def _spied(home: Path) -> list[str]:
    """What is wrong with what the tool server was given."""
    book = home / "spy.jsonl"
    text = book.read_text("utf-8") if book.exists() else ""
    problems = [] if '"tools/list"' in text else ["the tool server was not used: the search has proved nothing"]
    return problems + (["a tool server got the bundle's libraries"] if "_internal" in text else [])


def _runs(home: Path, *, windows: bool) -> Iterator[tuple[list[str], float | None]]:
    """Arguments, and the seconds after which a window is killed."""
    yield ["ask", "--save", "木星有多少颗卫星？"], None
    yield ["ask", "--json", "[fault:1302] once"], None
    yield ["ask", "/error 1000"], None
    if windows:
        yield ["--smoke", str(home / "smoke.png")], None
        yield ["--profile", str(home / "share" / "glmdesk"), "--smoke", str(home / "own.png")], None
        yield ["glmdesk://chat?q=hello"], 2.0  # the window with the key, killed in the middle of an answer
        yield ["glmdesk://chat?q=again"], 4.0
    yield ["doctor"], None
    yield ["export", "--all"], None


def _use(program: list[str], home: Path, environment: dict[str, str], *, windows: bool) -> tuple[list[str], int]:
    """Every kind of run; returns what was found and how many processes were looked at."""
    found: list[str] = []
    seen = 0
    asked = b'"hello"' if windows else "木星".encode()
    for arguments, seconds in _runs(home, windows=windows):
        code, output, watch = _run([*program, *arguments], environment, seconds)
        print(f"glmdesk {' '.join(arguments)[:50]}: exit code {code}, {len(output)} bytes of output")
        found += watch.found
        seen += len(watch.seen)
        if holds_key(output):
            found.append(f"output of {arguments}")
        if arguments[0] == "export" and asked not in output:
            found.append("nothing was asked: the search has proved nothing")
    code, output, _ = _run([*program, "key", "print", ENDPOINT], environment, None)
    if KEY.encode() not in output:
        found.append(f"`key print` did not read the keyring ({code}): the search has proved nothing")
    return found, seen


def _send(environment: dict[str, str]) -> None:
    """Enter, in the window: what the address put into the composer is asked."""
    window = ["xdotool", "search", "--sync", "--onlyvisible", "--name", "GLM Desk"]
    time.sleep(1.5)  # the words come after the window
    subprocess.run([*window, "windowactivate", "--sync", "key", "Return"], env=environment, check=True, timeout=30)


def _run(command: list[str], environment: dict[str, str], seconds: float | None) -> tuple[int, bytes, Watch]:
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    watch = Watch(process.pid)
    watch.start()
    if seconds is not None:
        _send(environment)
        time.sleep(seconds)
        process.kill()
    output = process.communicate(timeout=120)[0]
    watch.over.set()
    watch.join()
    return process.returncode, output, watch


if __name__ == "__main__":
    sys.exit(main())
