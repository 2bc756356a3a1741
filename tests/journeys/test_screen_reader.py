"""The whole program under a real screen, session bus and accessibility bus, used by keys alone and read by pyatspi."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]

SESSION = """
exec 3>"$HOME/screen"
Xvfb -noreset -displayfd 3 -screen 0 1280x1000x24 >/dev/null 2>&1 &
screen=$!
trap 'kill $screen' EXIT
while [ ! -s "$HOME/screen" ]; do read -t 0.05 <> <(:) || true; done
export DISPLAY=:$(cat "$HOME/screen") QT_QPA_PLATFORM=xcb QT_LINUX_ACCESSIBILITY_ALWAYS_ON=1
openbox >&2 &
/usr/libexec/at-spi-bus-launcher --launch-immediately >/dev/null 2>&1 &
"$1" -m glmdesk --demo --profile "$HOME/profile" >&2 &
program=$!
timeout 150 /usr/bin/python3 tests/journeys/window_reader.py
code=$?
kill $program
wait $program
exit $code
"""

# What a person acts on, by its role in AT-SPI.
ACTED_ON = {
    "button",
    "push button",
    "toggle button",
    "check box",
    "radio button",
    "combo box",
    "entry",
    "text",
    "list",
    "list item",
    "menu item",
    "slider",
    "spin button",
    "page tab",
}


@pytest.mark.desktop
@pytest.mark.timeout(300)
def test_the_whole_window_is_named_reached_and_read_aloud(tmp_path: Path) -> None:
    for name in ("dbus-run-session", "xdotool", "xclip", "openbox"):
        assert shutil.which(name), f"apt-get install -y dbus at-spi2-core python3-pyatspi xvfb {name}"
    environment = {name: os.environ[name] for name in ("PATH", "VIRTUAL_ENV") if name in os.environ}
    (tmp_path / "run").mkdir(mode=0o700)
    environment |= {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path / "run"), "PYTHONIOENCODING": "utf-8"}
    environment |= {"LANG": "C.UTF-8"}
    (tmp_path / "profile").mkdir(mode=0o700)
    (tmp_path / "profile" / "settings.toml").write_text('language = "zh_CN"\nwelcomed = true\n', "utf-8")
    command = ["dbus-run-session", "--", "bash", "-c", SESSION, "window", sys.executable]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=280, check=False)
    assert ended.returncode == 0, ended.stderr.decode()[-4000:]
    heard: dict[str, Any] = json.loads(ended.stdout)

    for page, nodes in heard["pages"].items():
        assert len(nodes) > 20, page
        nameless = [role for role, name, states in nodes if role in ACTED_ON and "showing" in states and not name]
        assert nameless == [], page
    items = [name for role, name, _ in heard["pages"]["chat"] if role == "list item"]
    assert "我的问题：hello fish" in items
    assert any(name.startswith("回答：") for name in items)
    assert len([said for said in heard["said"] if said.startswith("回答已完成")]) == 1
    reached = {name for _, name in heard["tabs"]}
    assert "" not in reached, str(heard["tabs"])
    wanted = {"新对话", "设置", "回收站", "发送消息"} & {name for _, name, _ in heard["pages"]["start"]}
    assert wanted <= reached
    assert heard["selected"] == "fish"
    assert heard["painted"][0] in ("button", "push button")
    answer = next(name for role, name, _ in heard["pages"]["chat"] if role == "list item" and name.startswith("回答："))
    first = answer.removeprefix("回答：").split("\n")[0].lstrip("# ")
    assert heard["copied"].startswith(first)
