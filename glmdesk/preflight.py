"""Looks for the display and the system libraries before Qt does: Qt aborts where this gives two readable lines."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from glmdesk.domain.messages import Catalogue
from glmdesk.domain.settings import Language


class Problem(NamedTuple):
    """Two text ids, what is wrong and what to do, and their arguments."""

    what: str
    fix: str
    arguments: Mapping[str, str]


# Library -> Debian package. The names that Qt's own libraries and its xcb plugin ask the loader for (Qt 6.11).
EVERYWHERE = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
}
ON_X11 = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
ON_WAYLAND = {"libwayland-client.so.0": "libwayland-client0", "libwayland-cursor.so.0": "libwayland-cursor0"}


def check_display() -> tuple[str, str] | None:
    """Two lines in the system's language, what is wrong and what to do; None when Qt can start."""
    problem = find_problem(os.environ) if sys.platform == "linux" else None
    if problem is None:
        return None
    text = Catalogue.load(Language.SYSTEM).text
    return text(problem.what, **problem.arguments), text(problem.fix, **problem.arguments)


def find_problem(environment: Mapping[str, str]) -> Problem | None:
    """What keeps Qt from starting with this environment on Linux: missing libraries first, then the display."""
    return library_problem(environment) or display_problem(environment)


def library_problem(environment: Mapping[str, str]) -> Problem | None:
    """Which system libraries the loader cannot find, with the packages that bring them."""
    lost = missing(_needed(environment))
    if not lost:
        return None
    arguments = {"libraries": ", ".join(lost), "packages": " ".join(lost.values())}
    return Problem("doctor.libraries.missing", "doctor.libraries.fix", arguments)


def missing(libraries: Mapping[str, str]) -> dict[str, str]:
    """The libraries, with their packages, that cannot be loaded."""
    return {name: package for name, package in libraries.items() if not _loads(name)}


def display_problem(environment: Mapping[str, str]) -> Problem | None:
    """Why no window can open: no display is named, or none of those named answers."""
    kinds = _kinds(environment)
    if not kinds:
        return None  # Qt was told to draw without a display
    named = [(kind, environment[_VARIABLES[kind]]) for kind in kinds if environment.get(_VARIABLES[kind])]
    if not named:
        return Problem("doctor.display.none", "doctor.display.none_fix", {})
    if any(_answers(kind, name, environment) for kind, name in named):
        return None
    names = ", ".join(f"{_VARIABLES[kind]}={name}" for kind, name in named)
    return Problem("doctor.display.dead", "doctor.display.dead_fix", {"display": names})


_VARIABLES = {"wayland": "WAYLAND_DISPLAY", "xcb": "DISPLAY"}


def _kinds(environment: Mapping[str, str]) -> list[str]:
    """The display kinds Qt will try; QT_QPA_PLATFORM may name one or several, as `wayland;xcb:options`."""
    chosen = environment.get("QT_QPA_PLATFORM", "")
    if not chosen:
        return list(_VARIABLES)
    names = [name.partition(":")[0].partition("-")[0] for name in chosen.split(";")]
    return [] if any(name not in _VARIABLES for name in names) else names


def _needed(environment: Mapping[str, str]) -> dict[str, str]:
    """A Wayland desktop does without the X libraries, and the other way round."""
    kinds = _kinds(environment)
    if "wayland" in kinds and _answers("wayland", environment.get("WAYLAND_DISPLAY", ""), environment):
        return EVERYWHERE | ON_WAYLAND
    return EVERYWHERE | ON_X11 if kinds else dict(EVERYWHERE)


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _answers(kind: str, name: str, environment: Mapping[str, str]) -> bool:
    return bool(name) and (_wayland_answers(name, environment) if kind == "wayland" else _x_answers(name))


def _wayland_answers(name: str, environment: Mapping[str, str]) -> bool:
    """The socket is named by a path, absolute or below XDG_RUNTIME_DIR."""
    path = Path(environment.get("XDG_RUNTIME_DIR", "/"), name)
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path))
    except OSError:
        return False
    return True


def _x_answers(name: str) -> bool:
    """Connect as Qt will, through libxcb: it knows every form of a display's name and the access file."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return False
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(name.encode(), None)
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not failed
