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


def main() -> None:
    seen, said, walks = [], [], 0
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
            except (LookupError, RuntimeError, GLib.Error):
                pass  # gone while it was looked at
        time.sleep(0.02)
    print(json.dumps({"seen": seen, "said": said, "walks": walks}))


main()
