"""Two builds on one machine have the same files: `uv run --group packaging python packaging/twice.py [--webengine]`."""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

import build
from release.manifest import differences, file_list
from release.places import ROOT, Flavour, Places


def main(arguments: list[str] | None = None) -> int:
    """Returns 0, or 1 with the files that only one build has."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--webengine", action="store_true")
    options = parser.parse_args(arguments)
    flags = ["--webengine"] if options.webengine else []
    flavour = Flavour.WEBENGINE if options.webengine else Flavour.LIGHT
    bundles: list[Path] = []
    for name in ("first", "second"):
        out = ROOT / "build" / "twice" / name
        if build.main([*flags, "--kinds", "", "--out", str(out)]):
            return 1
        bundles.append(Places(flavour, out).bundle)
    different = differences(*bundles)
    print(*different, sep="\n", end="\n" if different else "")
    print(f"{len(file_list(bundles[0]))} files, {len(different)} differences; contents differ in: {_changed(*bundles)}")
    return 1 if different else 0


def _changed(one: Path, other: Path) -> str:
    """Files with other bytes, for information: a program's archive carries times."""
    files = [path.relative_to(one) for path in sorted(one.rglob("*")) if path.is_file() and not path.is_symlink()]
    changed = [str(name) for name in files if (other / name).is_file() and _hash(one / name) != _hash(other / name)]
    return ", ".join(changed) or "none"


def _hash(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


if __name__ == "__main__":
    sys.exit(main())
