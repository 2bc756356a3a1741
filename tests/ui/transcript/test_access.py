"""What a screen reader finds: through Qt here, and through AT-SPI on a screen and a bus of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QAccessible, QAccessibleInterface, QGuiApplication
from pytestqt.qtbot import QtBot

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


def names(node: QAccessibleInterface) -> list[str]:
    return [node.child(i).text(QAccessible.Text.Name) for i in range(node.childCount())]


def test_painted_buttons_are_children_of_their_message(make_view: MakeView) -> None:
    view = make_view(talk(user("u"), reply("a", "```python\nx = 1\n```")))
    message = QAccessible.queryAccessibleInterface(view).child(1)
    found = names(message)
    assert {"复制代码", "重新生成"} <= set(found)
    for i in range(len(found)):
        button = message.child(i)
        assert button.role() is QAccessible.Role.Button
        assert button.isValid()
        assert button.parent() is message
        assert message.indexOfChild(button) == i
        assert message.rect().adjusted(-20, 0, 20, 0).contains(button.rect())
        assert button.state().focusable  # pyright: ignore[reportAttributeAccessIssue]
        assert not button.state().focused  # pyright: ignore[reportAttributeAccessIssue]
    copy = message.child(found.index("复制代码"))
    assert message.childAt(copy.rect().center().x(), copy.rect().center().y()) is copy


def test_a_button_is_pressed_through_its_action(make_view: MakeView, qtbot: QtBot) -> None:
    view = make_view(talk(user("u"), reply("a", "```python\nx = 1\n```")))
    message = QAccessible.queryAccessibleInterface(view).child(1)
    copy = message.child(names(message).index("复制代码"))
    acts = copy.actionInterface()
    acts.doAction(acts.pressAction())
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text() == "x = 1")


def test_the_focus_is_on_the_button_that_tab_is_on(make_view: MakeView, qtbot: QtBot) -> None:
    view = make_view(talk(user("u"), reply("a", "```python\nx = 1\n```")))
    view.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    whole = QAccessible.queryAccessibleInterface(view)
    message = whole.child(1)
    save = message.child(names(message).index("另存为文件"))
    while not save.state().focused:  # pyright: ignore[reportAttributeAccessIssue]
        assert view._keys.move_focus(1)
    assert whole.focusChild() is save
    assert message.focusChild() is save
    assert not whole.state().focused  # pyright: ignore[reportAttributeAccessIssue]
    assert view._keys.move_focus(1)
    assert not save.state().focused  # pyright: ignore[reportAttributeAccessIssue]
    assert whole.focusChild().state().focused  # pyright: ignore[reportAttributeAccessIssue]


def test_buttons_go_with_what_they_belong_to(make_view: MakeView, qtbot: QtBot) -> None:
    view = make_view(talk(user("u"), reply("a", "```python\nx = 1\n```")))
    message = QAccessible.queryAccessibleInterface(view).child(1)
    kept = [message.child(i) for i in range(message.childCount())]
    copy, again = (kept[names(message).index(name)] for name in ("复制代码", "重新生成"))
    assert view._transcript is not None
    view._transcript.update(reply("a", "anders"), live=False)
    view._frame()
    assert not copy.isValid()
    assert copy.text(QAccessible.Text.Name) == ""
    assert copy.rect() == QRect()
    assert copy.state().invalid  # pyright: ignore[reportAttributeAccessIssue]
    assert "复制代码" not in names(message)
    assert message.indexOfChild(copy) == -1
    assert again.isValid()
    view.show_transcript(talk(user("v", "鸟")))
    assert all(button.gone for button in kept)  # type: ignore[attr-defined]


def test_a_message_far_away_has_no_buttons_until_it_is_near(make_view: MakeView) -> None:
    view = make_view(long_talk(200))
    first = QAccessible.queryAccessibleInterface(view).child(1)
    assert first.childCount() == 0
    view.scroll_to(0)
    assert first.childCount() > 3


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
    assert messages[0] == "我的问题：第一个问题"
    assert messages[1].startswith("回答：**第一个**回答")
    assert messages[2] == "我的问题：第二个问题"
    assert messages[3].startswith("回答：")
    assert heard["walks"] > 0
    copy = heard["buttons"]["复制代码"]
    assert copy["parent"].startswith("回答：**第一个**回答")
    assert copy["actions"] == ["Press"]
    assert min(copy["size"]) >= 28
    assert {"重新生成", "编辑"} <= set(heard["buttons"])
    assert heard["said"], "no finished answer was announced"
    assert all(said.startswith("回答已完成：一句话。") for said in heard["said"])
    assert len(heard["said"]) <= SECONDS / 1.2 + 1
