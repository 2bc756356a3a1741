"""Which distributions and libraries are inside a bundle, found from the files that went in."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

from release.licences import LicenceError, is_allowed, library_licence, licence_of, table
from release.places import PACKAGING, ROOT, Places, version


@dataclass(frozen=True, slots=True)
class Component:
    """One bundled part; `texts` are whole licence texts, `kind` is `distribution`, `library` or `program`."""

    name: str
    version: str
    licence: str
    texts: tuple[str, ...]
    kind: str = "distribution"


def components(places: Places) -> list[Component]:
    """Every part of the bundle, the program first. Raises LicenceError naming all that may not be inside."""
    found = [_program(), *_distributions(places), *_libraries(places)]
    problems = [f"{c.name}: {c.licence} is not allowed" for c in found if not is_allowed(c.licence, table().allowed)]
    problems += [f"{c.name}: no licence text" for c in found if not any(text.strip() for text in c.texts)]
    if problems:
        raise LicenceError("\n".join(problems))
    return found


def _program() -> Component:
    return Component("GLM Desk", version(), "MIT", ((ROOT / "LICENSE").read_text("utf-8"),), "program")


def _sources(places: Places) -> list[Path]:
    entries: list[list[str]] = json.loads(places.contents.read_text("utf-8"))
    return [Path(source) for _, source, kind in entries if source and kind != "SYMLINK"]


def _site_packages(places: Places) -> Path:
    return next(places.venv.rglob("site-packages")).resolve()


def _distributions(places: Places) -> Iterator[Component]:
    site = _site_packages(places)
    owners = {
        Path(str(file.locate())).resolve(): dist
        for dist in distributions(path=[str(site)])
        for file in dist.files or ()
    }
    used = {_normal(dist.name): dist for source in _sources(places) if (dist := owners.get(source.resolve()))}
    # The loader and the start scripts are PyInstaller's, whatever else is inside.
    loader = {_normal(d.name): d for d in distributions(path=[str(site)]) if _normal(d.name) == "pyinstaller"}
    for name, dist in sorted((used | loader).items()):
        yield Component(dist.name, dist.version, licence_of(name, dist.metadata, table()), tuple(_texts(name, dist)))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _texts(name: str, dist: Distribution) -> Iterator[str]:
    """The distribution's own files, then those a person added."""
    wanted = re.compile(r"(^|/)(licen[cs]es?|copying|notice)\b[^/]*$|/(licenses|BUILD_LICENSES)/[^/]+$", re.IGNORECASE)
    for file in sorted(dist.files or (), key=str):
        path = Path(str(file.locate()))
        if wanted.search(str(file)) and path.suffix not in {".py", ".pyc", ".pyi"} and path.is_file():
            yield path.read_text("utf-8", errors="replace")
    reading = table().distributions.get(name)
    for text in reading.texts if reading else ():
        yield (PACKAGING / "licences" / text).read_text("utf-8")


def _libraries(places: Places) -> Iterator[Component]:
    """Python and the libraries of the building system; on Windows and macOS Python's own licence covers its parts."""
    names: dict[str, tuple[str, Path]] = {}
    inside = _site_packages(places)
    for source in _sources(places):
        path = source.resolve()
        if path.is_relative_to(inside) or path.is_relative_to(ROOT) or not re.search(r"\.(so|dylib|dll)\b", path.name):
            continue
        if not path.is_relative_to(Path(sys.base_prefix).resolve()):
            name, licence = library_licence(source.name, table())
            names.setdefault(name, (licence, source))
    yield Component("Python", sys.version.split()[0], "PSF-2.0", (_python_licence(),), "library")
    for name, (licence, source) in sorted(names.items()):
        yield Component(name, _package_version(source), licence, (_package_copyright(source),), "library")


def _python_licence() -> str:
    base = Path(sys.base_prefix)
    folders = (base, base / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}")
    for path in (folder / name for folder in folders for name in ("LICENSE.txt", "LICENSE")):
        if path.is_file():
            return path.read_text("utf-8")
    return (PACKAGING / "licences" / "Python.txt").read_text("utf-8")


def _package_of(library: Path) -> str:
    """The Debian package of a library, '' on other systems."""
    for path in (library, Path("/usr") / str(library).lstrip("/"), library.resolve()):
        command = ["dpkg-query", "-S", str(path)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            return ""
        if done.returncode == 0:
            return done.stdout.split(":")[0]
    return ""


def _package_version(library: Path) -> str:
    package = _package_of(library)
    command = ["dpkg-query", "-W", "-f", "${Version}", package]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout if package else ""


def _package_copyright(library: Path) -> str:
    file = Path("/usr/share/doc") / _package_of(library) / "copyright"
    return file.read_text("utf-8", errors="replace") if file.is_file() else _python_licence()
