"""Proves a `.deb` on a bare Debian: `sudo python packaging/bare_root.py PACKAGE.deb ROOT PICTURE.png`.

ROOT is made by debootstrap where it is not there yet (Debian 12, no Python). The package is installed with its
dependencies, asks one question in Chinese and one in English under an X server outside (PICTURE.png, PICTURE-en.png),
is removed, and must leave nothing but the user's data.
Needs root, debootstrap, Xvfb and a Debian mirror.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from smoke import SmokeError, check_picture

_USER = "someone"
_OURS = ("etc", "opt", "usr", "var/cache", "var/lib")  # where a package may leave something
_DISPLAY = ":97"


def main(arguments: list[str] | None = None) -> int:
    """Returns 0, or 1 with a reason."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", type=Path)
    parser.add_argument("root", type=Path)
    parser.add_argument("picture", type=Path)
    parser.add_argument("--display", default=_DISPLAY, help="a free display number for the X server")
    options = parser.parse_args(arguments)
    try:
        _prove(options.package, options.root.resolve(), options.picture, options.display)
    except SmokeError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _prove(package: Path, root: Path, picture: Path, display: str) -> None:
    _prepare(root)
    name = _field(package, "Package")
    _install_dependencies(root, package)
    before = _files(root)
    _inside(root, ["dpkg", "--install", "/package.deb"], network=False)
    print(f"installed without network: {len(_files(root) - before)} files")
    with _x_server(display, root):
        for language, place in (("zh_CN.UTF-8", picture), ("en_GB.UTF-8", picture.with_stem(f"{picture.stem}-en"))):
            _smoke(root, display, language)
            shutil.copy(root / "home" / _USER / "smoke.png", place)
            print(f"{place.name}: {check_picture(place)}")
    _inside(root, ["dpkg", "--purge", name], network=False)
    _nothing_left(root, before)


def _prepare(root: Path) -> None:
    if not (root / "etc" / "debian_version").exists():
        subprocess.run(["debootstrap", "--variant=minbase", "bookworm", str(root)], check=True)
    if any((root / "usr/bin").glob("python3*")):
        raise SmokeError(f"{root} has a Python: the proof is worth nothing there")
    if not (root / "home" / _USER).exists():
        _inside(root, ["useradd", "--create-home", _USER])


def _field(package: Path, name: str) -> str:
    done = subprocess.run(["dpkg-deb", "--field", str(package), name], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _install_dependencies(root: Path, package: Path) -> None:
    """Everything but the package itself, so that its own installation can be watched."""
    shutil.copy(package, root / "package.deb")
    shutil.copy("/etc/resolv.conf", root / "etc" / "resolv.conf")
    _inside(root, ["apt-get", "update", "-qq"])
    # What watches over desktop files and icons on a desktop, so that its lists are checked too.
    wanted = f"{_field(package, 'Depends')}, desktop-file-utils, hicolor-icon-theme"
    _inside(root, ["apt-get", "satisfy", "-y", "-qq", "--no-install-recommends", wanted])
    if any((root / "usr/bin").glob("python3*")):
        raise SmokeError("a dependency brought a Python")


def _inside(root: Path, command: list[str], *, network: bool = True, user: str = "") -> None:
    """Run a command in the root; without network it has not even a loopback device from outside."""
    first = [] if network else ["unshare", "--net"]
    as_user = ["--userspec", f"{user}:{user}"] if user else []
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LANG": "C.UTF-8"}
    proxies = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
    full = [*first, "chroot", *as_user, str(root), *command]
    done = subprocess.run(full, env=environment | proxies, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SmokeError(f"{' '.join(command)}: {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


@contextmanager
def _x_server(display: str, root: Path) -> Generator[None]:
    """An X server outside whose socket is also inside the root."""
    command = ["Xvfb", display, "-noreset", "-screen", "0", "1440x900x24", "-nolisten", "tcp", "-ac"]
    socket = Path("/", "tmp", ".X11-unix", f"X{display[1:]}")  # where X puts it, whatever TMPDIR says
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
        try:
            deadline = time.monotonic() + 20
            while not socket.exists():
                if time.monotonic() > deadline:
                    raise SmokeError("the X server did not start")
                time.sleep(0.05)
            inside = root / "tmp" / ".X11-unix"
            inside.mkdir(exist_ok=True)
            subprocess.run(["mount", "--bind", str(socket.parent), str(inside)], check=True)
            try:
                yield
            finally:
                subprocess.run(["umount", str(inside)], check=True)
        finally:
            server.terminate()


def _smoke(root: Path, display: str, language: str) -> None:
    """As a user with a home, by the name on the PATH; `/proc` and the devices are what any system has."""
    mounts = (["-t", "proc", "proc", str(root / "proc")], ["--bind", "/dev", str(root / "dev")])
    for mount in mounts:
        subprocess.run(["mount", *mount], check=True)
    home = f"/home/{_USER}"
    variables = ["-C", home, f"HOME={home}", f"DISPLAY={display}", f"LANG={language}"]
    program = ["glmdesk", "--profile", f"{home}/data", "--smoke", f"{home}/smoke.png"]
    try:
        begin = time.monotonic()
        _inside(root, ["env", *variables, *program], user=_USER)
        print(f"glmdesk --smoke ({language}): {time.monotonic() - begin:.1f} s")
    finally:
        for name in ("dev", "proc"):
            subprocess.run(["umount", str(root / name)], check=True)


def _files(root: Path) -> set[str]:
    """Names of files in the system's folders; dpkg's and apt's own books change with every package."""
    books = ("var/lib/dpkg", "var/lib/apt", "var/cache/apt", "var/cache/debconf", "var/cache/ldconfig")
    found = {str(path.relative_to(root)) for top in _OURS for path in (root / top).rglob("*")}
    return {name for name in found if not name.startswith(books)}


def _nothing_left(root: Path, before: set[str]) -> None:
    left = sorted(_files(root) - before - {"usr/share/applications/mimeinfo.cache"})
    if left:
        raise SmokeError("left behind: " + ", ".join(left))
    cache = root / "usr/share/applications/mimeinfo.cache"
    if cache.exists() and "glmdesk" in cache.read_text("utf-8"):
        raise SmokeError("the scheme is still in the list of programs")
    if not (root / "home" / _USER / "data" / "glmdesk.db").exists():
        raise SmokeError("the user's conversations are gone")
    print("removed; the user's data is still there, nothing else is")


if __name__ == "__main__":
    sys.exit(main())
