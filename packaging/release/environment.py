"""The environment that is frozen: the locked distributions, hashes checked, and nothing else."""

from __future__ import annotations

import re
import subprocess
import sys

from release.places import PACKAGING, ROOT, Flavour, Places

# WebEngine's wheel; the light flavour has none of it.
_ONLY_WEBENGINE = frozenset({"pyside6-addons"})


def locked(flavour: Flavour) -> str:
    """The lock of a flavour: `requirements.lock` without the distributions of the other one."""
    entries = re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text("utf-8"))
    left_out = frozenset[str]() if flavour is Flavour.WEBENGINE else _ONLY_WEBENGINE
    return "\n".join(entry for entry in entries if entry.partition("==")[0] not in left_out).rstrip() + "\n"


def make_environment(places: Places) -> None:
    """Create the environment anew. Raises CalledProcessError, e.g. for a wrong hash."""
    places.out.mkdir(parents=True, exist_ok=True)
    lock = places.out / f"{places.flavour.value}.lock"
    lock.write_text(locked(places.flavour), "utf-8")
    subprocess.run(["uv", "venv", "--quiet", "--clear", "--python", sys.executable, str(places.venv)], check=True)
    install = ["uv", "pip", "install", "--quiet", "--python", str(places.python), "--require-hashes"]
    for file in (lock, PACKAGING / "freeze.lock"):
        # No source distributions: they run code and build differently on every machine.
        subprocess.run([*install, "--only-binary", ":all:", "--no-deps", "-r", str(file)], check=True)
