"""Walks a program as a screen reader does. For the system's Python, which has pyatspi; prints JSON."""

import json
import sys
import time
from typing import Any

import pyatspi  # pyright: ignore[reportMissingImports]
from gi.repository import GLib  # pyright: ignore[reportMissingImports]


def walk(node: Any, lines: list) -> list:
    lines.append([node.getRoleName(), node.name])
    for i in range(node.childCount):
        child = node.getChildAtIndex(i)
        if child is not None:
            walk(child, lines)
    return lines


def buttons(node: Any, found: dict[str, Any]) -> dict[str, Any]:
    """What the buttons inside the messages say of themselves, by their names."""
    for i in range(node.childCount):
        child = node.getChildAtIndex(i)
        if child is not None and node.getRoleName() == "list item":
            place = child.queryComponent().getExtents(pyatspi.DESKTOP_COORDS)
            acts = child.queryAction()
            found[child.name] = {
                "parent": child.parent.name,
                "size": [place.width, place.height],
                "actions": [acts.getName(n) for n in range(acts.nActions)],
            }
        elif child is not None:
            buttons(child, found)
    return found


def main() -> None:
    seen, said, walks, known = [], [], 0, {}
    pyatspi.Registry.registerEventListener(lambda event: said.append(str(event.any_data)), "object:announcement")
    loop = GLib.MainContext.default()
    end = time.monotonic() + float(sys.argv[1])
    while time.monotonic() < end:
        for _ in range(20):
            loop.iteration(False)
        for program in pyatspi.Registry.getDesktop(0):
            try:
                seen = walk(program, [])
                walks += 1
                known |= buttons(program, {})
            except (AttributeError, LookupError, NotImplementedError, RuntimeError, GLib.Error):
                pass  # gone while it was looked at
        time.sleep(0.02)
    print(json.dumps({"seen": seen, "said": said, "walks": walks, "buttons": known}))


main()
