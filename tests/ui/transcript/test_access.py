"""What a screen reader finds: through Qt here, and through AT-SPI on a screen and a bus of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QAccessible

from tests.ui.transcript.conftest import MakeView
from tests.ui.transcript.talk import long_talk, reply, talk, user

HERE = Path(__file__).parent
SECONDS = 120 if os.environ.get("GLMDESK_NIGHTLY") else 6

SESSION = """
exec 3>"$HOME/screen"
Xvfb -noreset -displayfd 3 -screen 0 1024x768x24 >/dev/null 2>&1 &
screen=$!
while [ ! -s "$HOME/screen" ]; do read -t 0.05 <> <(:) || true; done
export DISPLAY=:$(cat "$HOME/screen") QT_QPA_PLATFORM=xcb QT_LINUX_ACCESSIBILITY_ALWAYS_ON=1
/usr/libexec/at-spi-bus-launcher --launch-immediately >/dev/null 2>&1 &
bus=$!
"$1" -m tests.ui.transcript.spoken_talk "$3" >&2 &
program=$!
/usr/bin/python3 tests/ui/transcript/screen_reader.py "$2"
wait $program
code=$?
kill $bus $screen
exit $code
"""


def test_messages_are_children_with_their_text(make_view: MakeView) -> None:
    view = make_view(talk(user("u", "什么是**鱼**"), reply("a", "一种动物")))
    access = QAccessible.queryAccessibleInterface(view)
    names = [access.child(i).text(QAccessible.Text.Name) for i in range(2)]

    assert names == ["我的问题：什么是**鱼**", "回答：一种动物"]
    assert access.childCount() > 2  # the scroll bar and the buttons stay
    assert access.indexOfChild(access.child(1)) == 1
    assert access.child(1).rect().height() > 0
    assert access.child(0).parent().indexOfChild(access.child(0)) == 0


def test_a_message_that_is_scrolled_away_says_so(make_view: MakeView) -> None:
    view = make_view(long_talk(40))
    access = QAccessible.queryAccessibleInterface(view)

    def offscreen() -> list[bool]:
        return [bool(access.child(i).state().offscreen) for i in (0, 39)]  # pyright: ignore[reportAttributeAccessIssue]

    assert offscreen() == [True, False]
    view.scroll_to(0)
    assert offscreen() == [False, True]
    assert access.child(0).state().readOnly  # pyright: ignore[reportAttributeAccessIssue]


def test_messages_of_another_conversation_are_gone(make_view: MakeView) -> None:
    view = make_view(long_talk(40))
    access = QAccessible.queryAccessibleInterface(view)
    old = [access.child(i) for i in range(40)]
    view.show_transcript(talk(user("v", "鸟")))

    assert access.child(0).text(QAccessible.Text.Name) == "我的问题：鸟"
    assert all(message.gone for message in old)  # type: ignore[attr-defined]


@pytest.mark.desktop
@pytest.mark.timeout(300)
def test_a_screen_reader_walks_the_messages_and_hears_each_end_once(tmp_path: Path) -> None:
    assert shutil.which("dbus-run-session"), "apt-get install -y dbus at-spi2-core python3-pyatspi xvfb"
    environment = {name: os.environ[name] for name in ("PATH", "LANG", "VIRTUAL_ENV") if name in os.environ}
    (tmp_path / "run").mkdir(mode=0o700)
    environment |= {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path / "run"), "PYTHONIOENCODING": "utf-8"}
    command = ["dbus-run-session", "--", "bash", "-c", SESSION, "access"]
    command += [sys.executable, str(SECONDS), str(SECONDS + 4)]
    root = HERE.parents[2]
    ended = subprocess.run(command, cwd=root, env=environment, capture_output=True, timeout=SECONDS + 60, check=False)
    assert ended.returncode == 0, ended.stderr.decode()
    assert "ended" in ended.stderr.decode()
    heard = json.loads(ended.stdout)

    messages = [name for role, name in heard["seen"] if role == "list item"]
    assert messages[:3] == ["我的问题：第一个问题", "回答：**第一个**回答", "我的问题：第二个问题"]
    assert messages[3].startswith("回答：")
    assert heard["walks"] > SECONDS
    assert heard["said"], "no finished answer was announced"
    assert all(said.startswith("回答已完成：一句话。") for said in heard["said"])
    assert len(heard["said"]) <= SECONDS / 1.2 + 1
