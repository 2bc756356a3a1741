"""`.deb`, `.rpm`, `.tar.xz` and AppImage."""

from __future__ import annotations

import gzip
import io
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from release.elf import elf_files, needed, system_libraries
from release.icons import SIZES, SVG
from release.places import APP_ID, NAME, PACKAGING, ROOT, Flavour, Places, source_date, version

MAINTAINER = "The GLM Desk authors <glmdesk@users.noreply.github.com>"
SUMMARY = "Desktop assistant for the GLM models"
DESCRIPTION = f"""{SUMMARY}
A native chat program for the GLM models: streaming answers, thinking under
control, templates, a searchable history, and keys in the system's keyring.
Python and Qt are inside."""
_LINUX = PACKAGING / "linux"
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def filled(file: Path) -> str:
    """A file of packaging/linux with the version and its date put in."""
    date = datetime.fromtimestamp(source_date(), UTC).strftime("%Y-%m-%d")
    return file.read_text("utf-8").replace("@VERSION@", version()).replace("@DATE@", date)


def stage(places: Places, icons: Path) -> Path:
    """`share` as it is installed below /usr; returns its folder."""
    share = places.out / f"share-{places.flavour.value}"
    shutil.rmtree(share, ignore_errors=True)
    _write(share / "applications" / f"{NAME}.desktop", (_LINUX / f"{NAME}.desktop").read_bytes())
    metainfo = f"{APP_ID}.metainfo.xml"
    _write(share / "metainfo" / metainfo, filled(_LINUX / metainfo).encode())
    _write(share / "man" / "man1" / f"{NAME}.1.gz", _gzip(filled(_LINUX / f"{NAME}.1").encode()))
    hicolor = share / "icons" / "hicolor"
    _write(hicolor / "scalable" / "apps" / f"{NAME}.svg", SVG.read_bytes())
    for size in SIZES:
        picture = (icons / f"{NAME}-{size}.png").read_bytes()
        _write(hicolor / f"{size}x{size}" / "apps" / f"{NAME}.png", picture)
    return share


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    path.chmod(0o644)


def _gzip(data: bytes) -> bytes:
    """Without a name and with the time of the release, so that two builds are alike."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=buffer, mtime=0) as file:
        file.write(data)
    return buffer.getvalue()


def package_name(flavour: Flavour) -> str:
    return NAME if flavour is Flavour.LIGHT else f"{NAME}-{flavour.value}"


def make_packages(places: Places, icons: Path, kinds: tuple[str, ...] = ("deb", "rpm")) -> list[Path]:
    """The packages that nfpm makes. Raises CalledProcessError."""
    share = stage(places, icons)
    _debian_documents(places, share)
    recipe = places.work / "nfpm.yaml"
    recipe.write_text(json.dumps(_recipe(places, share), indent=1), "utf-8")  # JSON is YAML
    places.packages.mkdir(parents=True, exist_ok=True)
    made = [
        places.packages / f"{package_name(places.flavour)}-{version()}-{platform.machine()}.{kind}" for kind in kinds
    ]
    for file in made:
        command = [_tool("nfpm"), "package", "--config", str(recipe), "--packager", file.suffix[1:]]
        environment = os.environ | {"SOURCE_DATE_EPOCH": str(source_date())}
        subprocess.run([*command, "--target", str(file)], env=environment, check=True, stdout=sys.stderr)
    return made


def _tool(name: str) -> str:
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else name


def _debian_documents(places: Places, share: Path) -> None:
    """Copyright and changelog in the places that Debian's policy asks for, and the overrides of its checker."""
    name = package_name(places.flavour)
    documents = share / "doc" / name
    date = datetime.fromtimestamp(source_date(), UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
    change = f"{name} ({version()}) unstable; urgency=medium\n\n  * See CHANGELOG.md.\n\n -- {MAINTAINER}  {date}\n"
    _write(documents / "changelog.gz", _gzip(change.encode()))
    _write(documents / "copyright", _copyright(places).encode())
    overrides = filled(_LINUX / "lintian-overrides").replace("@NAME@", name)
    _write(share / "lintian" / "overrides" / name, overrides.encode())


def _copyright(places: Places) -> str:
    rows = json.loads((places.internal / "resources" / "notices" / "notices.json").read_text("utf-8"))
    listed = "\n".join(f" {row['name']} {row['version']}: {row['licence']}" for row in rows[1:])
    own = "\n".join(f" {line}" if line else " ." for line in (ROOT / "LICENSE").read_text("utf-8").splitlines())
    return (
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
        "Upstream-Name: GLM Desk\nComment:\n Inside /usr/lib/glmdesk/_internal; the whole texts are in its folder\n"
        f" resources/notices. LGPL-3: /usr/share/common-licenses/LGPL-3.\n .\n{listed}\n\n"
        f"Files: *\nCopyright: 2026 The GLM Desk authors\nLicense: MIT\n{own}\n"
    )


def _recipe(places: Places, share: Path) -> dict[str, Any]:
    name = package_name(places.flavour)
    others = [package_name(flavour) for flavour in Flavour if flavour is not places.flavour]
    tree = [{"src": str(places.bundle), "dst": f"/usr/lib/{NAME}", "type": "tree"}]
    link = [{"src": f"../lib/{NAME}/{NAME}", "dst": f"/usr/bin/{NAME}", "type": "symlink"}]
    return {
        "name": name,
        "arch": _ARCHITECTURES.get(platform.machine(), platform.machine()),
        "platform": "linux",
        "version": version(),
        "section": "utils",
        "priority": "optional",
        "maintainer": MAINTAINER,
        "vendor": "The GLM Desk authors",
        "description": DESCRIPTION,
        "license": "MIT",
        "mtime": datetime.fromtimestamp(source_date(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "umask": 0o022,
        "contents": tree + link + [_file(path, share) for path in sorted(share.rglob("*")) if path.is_file()],
        "conflicts": others,
        "replaces": others,
        "overrides": {
            "deb": {"depends": debian_depends(places.bundle), "recommends": ["gnome-keyring | kwalletmanager"]},
            "rpm": {"depends": rpm_requires(places.bundle)},
        },
        "deb": {"compression": "xz"},
        "rpm": {
            "compression": "zstd",
            "summary": SUMMARY,
            "group": "Applications/Productivity",
            "buildhost": NAME,  # not the name of somebody's machine
        },
    }


def _file(path: Path, share: Path) -> dict[str, Any]:
    entry: dict[str, Any] = {"src": str(path), "dst": f"/usr/share/{path.relative_to(share)}"}
    return entry | ({"packager": "deb"} if path.parts[len(share.parts)] in ("doc", "lintian") else {})


def debian_depends(bundle: Path) -> list[str]:
    """The Debian packages of the libraries that the bundle needs, and a Chinese font."""
    known = system_libraries()
    packages = {known[name] for name in needed(bundle)} - {"libc6"}
    return [f"libc6 (>= {glibc_floor(bundle)})", *sorted(packages | preloaded()), _fonts("debian")]


def preloaded() -> set[str]:
    """Packages of what Qt and Python open by name at run time."""
    return {"libegl1", "libgl1", "xkb-data"}


def rpm_requires(bundle: Path) -> list[str]:
    """Libraries by their own names, which every distribution with RPM knows, and a Chinese font."""
    libraries = [f"{name}()(64bit)" for name in sorted(needed(bundle)) if not name.startswith("ld-linux")]
    return [*libraries, _fonts("rpm")]


def _fonts(kind: str) -> str:
    import tomllib

    return tomllib.loads((_LINUX / "libraries.toml").read_text("utf-8"))["fonts"][kind]


def glibc_floor(bundle: Path) -> str:
    """The oldest C library that has every symbol the bundle asks for, e.g. `2.34`."""
    command = ["readelf", "-VW", *map(str, elf_files(bundle))]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    asked = {tuple(map(int, found.split("."))) for found in re.findall(r"GLIBC_(\d+\.\d+)", out)}
    return ".".join(map(str, max(asked)))


def make_tarball(places: Places, icons: Path) -> Path:
    """The bundle with its desktop files: unpack anywhere, start `glmdesk`."""
    share = stage(places, icons)
    places.packages.mkdir(parents=True, exist_ok=True)
    made = places.packages / places.file_name(".tar.xz")
    top = made.name.removesuffix(".tar.xz")
    with tarfile.open(made, "w:xz") as archive:
        for folder, inside in ((places.bundle, top), (share, f"{top}/share")):
            for path in sorted(folder.rglob("*")):
                archive.add(path, f"{inside}/{path.relative_to(folder)}", recursive=False, filter=_as_released)
    return made


def _as_released(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    entry.mtime = source_date()
    return entry


def make_appimage(places: Places, icons: Path) -> Path | None:
    """An AppImage; None, with a sentence, where the tool or the runtime is not to be had."""
    tool, runtime = shutil.which("appimagetool"), os.environ.get("GLMDESK_APPIMAGE_RUNTIME", "")
    if tool is None or not Path(runtime).is_file():
        print(
            "AppImage: left out. It needs `appimagetool` on the PATH and GLMDESK_APPIMAGE_RUNTIME=FILE, the runtime"
            " (runtime-x86_64 of the project AppImage/type2-runtime) that is put in front of the file system.",
            file=sys.stderr,
        )
        return None
    folder = app_dir(places, icons)
    made = places.packages / places.file_name(".AppImage")
    environment = os.environ | {"ARCH": platform.machine(), "SOURCE_DATE_EPOCH": str(source_date())}
    subprocess.run([tool, "--runtime-file", runtime, str(folder), str(made)], env=environment, check=True)
    return made


def app_dir(places: Places, icons: Path) -> Path:
    """The folder that becomes an AppImage."""
    folder = places.work / "AppDir"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(places.bundle, folder / "usr" / "lib" / NAME, symlinks=True)
    shutil.copytree(stage(places, icons), folder / "usr" / "share")
    (folder / "AppRun").symlink_to(f"usr/lib/{NAME}/{NAME}")
    shutil.copy(_LINUX / f"{NAME}.desktop", folder)
    shutil.copy(icons / f"{NAME}-256.png", folder / f"{NAME}.png")
    return folder
