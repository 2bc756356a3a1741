"""Builds the frozen program and its packages: `uv run --group packaging python packaging/build.py [--webengine]`."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from release import contents, elf, linux, macos, manifest, windows
from release.components import components
from release.environment import make_environment
from release.freeze import freeze
from release.icons import write_icons
from release.licences import LicenceError
from release.notices import write_notices
from release.places import LARGEST, ROOT, Flavour, Places
from release.signing import write_checksums

KINDS: dict[str, Callable[[Places, Path], list[Path]]] = {
    "deb": lambda places, icons: linux.make_packages(places, icons, ("deb",)),
    "rpm": lambda places, icons: linux.make_packages(places, icons, ("rpm",)),
    "tar": lambda places, icons: [linux.make_tarball(places, icons)],
    "appimage": lambda places, icons: [made] if (made := linux.make_appimage(places, icons)) else [],
    "nsis": windows.make_installer,
    "dmg": macos.make_image,
}
_USUAL = {"linux": ["deb", "rpm", "tar", "appimage"], "win32": ["nsis"], "darwin": ["dmg"]}


class BuildError(Exception):
    """What is wrong with a bundle, one line each."""


def main(arguments: list[str] | None = None) -> int:
    """Returns 0, or 1 with the reasons."""
    options = _parser().parse_args(arguments)
    flavour = Flavour.WEBENGINE if options.webengine else Flavour.LIGHT
    places, icons = Places(flavour, options.out.resolve()), options.out.resolve() / "icons"
    try:
        if not options.keep:
            _bundle(places, icons)
        check(places)
        return _pack(places, icons, [kind for kind in options.kinds.split(",") if kind])
    except (BuildError, LicenceError) as error:
        print(error, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"{Path(str(error.cmd[0])).name} failed ({error.returncode})", error.stderr or "", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--webengine", action="store_true", help="with WebEngine inside (previews in the window)")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "release", help="folder for everything")
    parser.add_argument("--kinds", default=",".join(_USUAL.get(sys.platform, [])), help=f"of {', '.join(KINDS)}")
    parser.add_argument("--keep", action="store_true", help="pack the bundle that is there")
    return parser


def _bundle(places: Places, icons: Path) -> None:
    _step("icons", lambda: write_icons(icons))
    _step("environment", lambda: make_environment(places))
    _step("PyInstaller", lambda: freeze(places, icons))
    _step("licences and list of contents", lambda: write_notices(places, components(places)))


def _step(name: str, work: Callable[[], object]) -> None:
    begin = time.monotonic()
    work()
    print(f"{name}: {time.monotonic() - begin:.0f} s", flush=True)


def check(places: Places) -> None:
    """Nothing forbidden, nothing missing, not too large. Raises BuildError."""
    names, webengine = manifest.file_list(places.bundle), places.flavour is Flavour.WEBENGINE
    problems = [f"must not be inside: {name}" for name in contents.forbidden(names)]
    problems += [f"nobody allowed: {name}" for name in contents.unexpected(names, webengine=webengine)]
    required = contents.REQUIRED + (contents.REQUIRED_ON_LINUX if sys.platform == "linux" else ())
    problems += [f"missing: {name}" for name in contents.lacking(places.internal, required)]
    if sys.platform == "linux":
        problems += [f"no package declares: {name}" for name in elf.undeclared(places.bundle)]
    size = manifest.size_of(places.bundle) / 1e6
    print(f"{places.flavour.value}: {size:.1f} MB unpacked in {len(names)} files")
    if size > LARGEST[places.flavour]:
        problems.append(f"{size:.1f} MB, at most {LARGEST[places.flavour]} are wanted")
    if problems:
        raise BuildError("\n".join(problems))
    (places.out / f"files-{places.flavour.value}.txt").write_text("\n".join(names) + "\n", "utf-8")


def _pack(places: Places, icons: Path, kinds: list[str]) -> int:
    for kind in kinds:
        for made in KINDS[kind](places, icons):
            print(f"{made.name}: {made.stat().st_size / 1e6:.1f} MB")
    if kinds:
        files = [path for path in places.packages.iterdir() if not path.name.startswith("SHA256SUMS")]
        write_checksums(files, places.packages)
    return 0


if __name__ == "__main__":
    sys.exit(main())
