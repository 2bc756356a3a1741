"""Makes the README's pictures: `uv run python -m scripts.screenshots`.

Each is the real program: a new profile with a language and a theme, one question to the embedded demo server
(`glmdesk --smoke`), drawn without a screen.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
LANGUAGES = ("zh_CN", "en")
THEMES = ("light", "dark")
SCALE = "2"  # device pixels per pixel: sharp on every screen


def main() -> int:
    """Write `docs/screenshots/<language>-<theme>.png`; 0 when all of them could be made."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    return max(_picture(language, theme) for language, theme in product(LANGUAGES, THEMES))


def _picture(language: str, theme: str) -> int:
    target = FOLDER / f"{language}-{theme}.png"
    with tempfile.TemporaryDirectory() as profile:
        settings = f'language = "{language}"\ntheme = "{theme}"\nwelcomed = true\n'
        Path(profile, "settings.toml").write_text(settings, "utf-8")
        command = [sys.executable, "-m", "glmdesk", "--profile", profile, "--smoke", str(target)]
        environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": SCALE}
        code = subprocess.run(command, env=environment, timeout=120).returncode
    print(target.name if code == 0 else f"{target.name}: failed with {code}")
    return code


if __name__ == "__main__":
    sys.exit(main())
