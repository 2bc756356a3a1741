"""Where a profile keeps its files."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from glmdesk.store.faults import from_os, store_error

HOME_VARIABLE = "GLMDESK_HOME"


@dataclass(frozen=True, slots=True)
class Profile:
    """A folder with everything of one user of the program, except keys. Nothing is made before it is needed."""

    root: Path

    @property
    def database(self) -> Path:
        return self.root / "glmdesk.db"

    @property
    def settings(self) -> Path:
        return self.root / "settings.toml"

    @property
    def grants(self) -> Path:
        return self.root / "grants.json"

    @property
    def servers(self) -> Path:
        return self.root / "servers.json"

    @property
    def agents(self) -> Path:
        return self.root / "agents.json"

    @property
    def scales(self) -> Path:
        return self.root / "token_scales.json"

    @property
    def user_tools(self) -> Path:
        return self.root / "functions.json"

    @property
    def lab(self) -> Path:
        return self.root / "lab.json"

    @property
    def structured(self) -> Path:
        return self.root / "structured.json"

    @property
    def templates(self) -> Path:
        return self.root / "templates"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def backups(self) -> Path:
        return self.root / "backups"

    @property
    def damaged(self) -> Path:
        """Where files go that were replaced: damaged ones, and what a restored backup took the place of."""
        return self.root / "damaged"

    def prepare(self) -> None:
        """Make the folder, for this user alone. Raises StoreError when it cannot be made or written to."""
        try:
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise from_os(error, self.root) from error
        if not os.access(self.root, os.W_OK | os.X_OK):
            raise store_error("store_readonly", self.root)


def find_profile(override: str | None = None) -> Profile:
    """The profile of this run: `override` (`--profile`), else $GLMDESK_HOME, else the system's place for data.

    Raises StoreError when the system names no home folder.
    """
    chosen = override or os.environ.get(HOME_VARIABLE, "")
    root = Path(chosen).expanduser() if chosen else _system_folder()
    return Profile(root.absolute())


def _system_folder() -> Path:
    from platformdirs import user_data_path

    try:
        root = user_data_path("glmdesk", appauthor=False)
    except (OSError, RuntimeError) as error:
        raise store_error("store_readonly", None, detail=str(error)) from error
    if not root.is_absolute():  # no HOME and no entry for the user: "~" stays as it is
        raise store_error("store_readonly", root)
    return root
