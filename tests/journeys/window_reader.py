"""Uses the window by keys alone and reads it as a screen reader does. For the system's Python, which has pyatspi.

Prints JSON: what was seen on each page, the focus after each Tab, what was announced, what a double click selected.
"""

import json
import subprocess
import sys
import time
from typing import Any

import pyatspi  # pyright: ignore[reportMissingImports]
from gi.repository import GLib  # pyright: ignore[reportMissingImports]

LIMIT = 40.0  # seconds until something that must happen has happened
said: list[str] = []


def run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, timeout=20).stdout


def key(*names: str) -> None:
    run("xdotool", "key", "--delay", "30", *names)


def turn() -> None:
    """Let events come in."""
    end = time.monotonic() + 0.1
    while time.monotonic() < end:
        GLib.MainContext.default().iteration(False)
        time.sleep(0.005)


def until(condition: Any, what: str) -> Any:
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        turn()
        try:
            found = condition()
        except (LookupError, RuntimeError, GLib.Error):
            continue  # gone while it was looked at
        if found:
            return found
    shown = [line for line in map(describe, walk(program())) if "showing" in line[2]]
    active = run("xdotool", "getactivewindow", "getwindowname").strip()
    raise SystemExit(f"never happened: {what}; active {active!r}; said {said}; focus {focused()}; shown {shown}")


def program() -> Any:
    return next((p for p in pyatspi.Registry.getDesktop(0) if p is not None and p.childCount), None)


def walk(node: Any) -> list[Any]:
    found = [node]
    for i in range(node.childCount):
        child = node.getChildAtIndex(i)
        if child is not None:
            found += walk(child)
    return found


def describe(node: Any) -> list[Any]:
    states = node.getState()
    names = [
        n for n, s in (("showing", pyatspi.STATE_SHOWING), ("focusable", pyatspi.STATE_FOCUSABLE)) if states.contains(s)
    ]
    return [node.getRoleName(), node.name, names]


def seen() -> list[Any]:
    """Everything, once it can be read to its end."""
    return until(lambda: [describe(node) for node in walk(program())], "the window is read")


def focused() -> list[Any] | None:
    """What a screen reader reads: widgets without a name around the focused one say that they have it, too."""
    program().clearCache()  # the library keeps states; one that changed between asking and listening stays wrong
    found = [node for node in walk(program()) if node.getState().contains(pyatspi.STATE_FOCUSED)]
    found = [node for node in found if node.name] or found
    return [found[-1].getRoleName(), found[-1].name] if found else None


def activate() -> None:
    """The window manager may have come after the window, or not at all: then the focus is given without it."""
    for word in ("windowactivate", "windowfocus"):
        run("xdotool", "search", "--name", "^GLM Desk$", word)


def tabs(times: int) -> list[Any]:
    found = []
    for _ in range(times):
        key("Tab")
        turn()
        found.append(until(lambda: focused() or ["", ""], "a focus"))
    return found


def message(start: str) -> Any:
    """A message by how its name begins, with a place on the screen."""
    for node in walk(program()):
        if node.getRoleName() == "list item" and node.name.startswith(start):
            extents = node.queryComponent().getExtents(pyatspi.DESKTOP_COORDS)
            return (extents.x, extents.y, extents.width, extents.height)
    return None


def painted(name: str) -> Any:
    """A button painted in the last answer."""
    answers = [n for n in walk(program()) if n.getRoleName() == "list item" and n.name.startswith("回答：")]
    return next((n for n in walk(answers[-1])[1:] if n.name == name), None) if answers else None


def press(node: Any) -> bool:
    """What a screen reader does with a button; False while there is none."""
    if node is None:
        return False
    acts = node.queryAction()
    names = [acts.getName(i) for i in range(acts.nActions)]
    return acts.doAction(names.index("Press"))


def tabbed_to_painted() -> Any:
    """Tab until the focus is on a button of a message, as the tree tells it."""
    key("Tab")
    turn()
    last = focused()
    inside = [n for n in walk(program()) if n.parent is not None and n.parent.getRoleName() == "list item"]
    return last if last and any([n.getRoleName(), n.name] == last for n in inside) else None


def main() -> None:
    pyatspi.Registry.registerEventListener(lambda event: said.append(str(event.any_data)), "object:announcement")
    pyatspi.Registry.registerEventListener(lambda event: None, "object:state-changed:focused")  # keeps states fresh
    until(lambda: program() and (activate() or focused()), "the window is there")
    pages: dict[str, Any] = {"start": seen()}
    tabbed = tabs(40)
    key("shift+Escape")
    run("xdotool", "type", "--delay", "30", "hello fish")
    until(
        lambda: (
            focused()
            and any(n.name == "发送" and n.getState().contains(pyatspi.STATE_ENABLED) for n in walk(program()))
        ),
        "it can be sent",
    )
    key("Return")
    until(lambda: [s for s in said if s.startswith("回答已完成")], "the answer is announced")
    pages["chat"] = seen()
    on = until(tabbed_to_painted, "Tab comes to a painted button")
    until(lambda: press(painted("复制")), "a painted button is pressed")
    copied = until(lambda: run("xclip", "-o", "-selection", "clipboard"), "the answer is copied")
    until(lambda: message("我的问题：hello fish"), "the question is a message")
    key("ctrl+g")
    key("Return")
    until(lambda: message("我的问题：hello fish")[1] > 0, "it is in view")
    x, y, width, _ = message("我的问题：hello fish")
    run("xdotool", "mousemove", str(x + width - 40), str(y + 24), "click", "--repeat", "2", "--delay", "60", "1")
    selected = until(lambda: run("xclip", "-o", "-selection", "primary"), "a word is selected")
    for name, keys in (
        ("palette", "ctrl+k"),
        ("find", "ctrl+f"),
        ("settings", "ctrl+comma"),
        ("templates", "ctrl+shift+t"),
    ):
        key(keys)
        time.sleep(0.5)
        turn()
        pages[name] = seen()
        if name == "palette":
            key("Down")
            until(lambda: [s for s in said if s.startswith("搜索对话")], "the choice is said")
        if name in ("palette", "find"):
            key("Escape")
    heard = {"pages": pages, "tabs": tabbed, "said": said, "selected": selected, "painted": on, "copied": copied}
    print(json.dumps(heard))


try:
    main()
finally:
    run("xdotool", "key", "alt+F4")
    sys.stdout.flush()
