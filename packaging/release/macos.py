"""The application and the disk image for macOS."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from release.places import Places, version
from release.signing import notarize_macos, sign_macos


def make_image(places: Places, icons: Path) -> list[Path]:
    """A `.dmg` with the application and a link to the folder for it. Raises CalledProcessError."""
    app = places.bundle.parent / "GLM Desk.app"
    _take_notices(places, app)
    sign_macos(app)
    folder = places.work / "image"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(app, folder / app.name, symlinks=True)
    (folder / "Applications").symlink_to("/Applications")
    shutil.copy(icons / "glmdesk.icns", folder / ".VolumeIcon.icns")
    places.packages.mkdir(parents=True, exist_ok=True)
    made = places.packages / places.file_name(".dmg")
    made.unlink(missing_ok=True)
    name = f"GLM Desk {version()}"
    command = ["hdiutil", "create", "-volname", name, "-srcfolder", str(folder), "-format", "UDZO", str(made)]
    subprocess.run(command, check=True)
    notarize_macos(made)
    return [made]


def _take_notices(places: Places, app: Path) -> None:
    """The application was put together before the notices were written; its data folder is `Resources`."""
    notices = places.internal / "resources" / "notices"
    shutil.copytree(notices, app / "Contents" / "Resources" / "resources" / "notices", dirs_exist_ok=True)
