"""The licences of what is inside, from a package's list and from an environment."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from glmdesk.services import notices as module
from glmdesk.services.notices import notices


def test_a_checkout_lists_what_it_needs_the_program_first() -> None:
    found = {notice.name.lower(): notice for notice in notices()}
    assert next(iter(found)) == "glmdesk"
    assert {"pyside6_essentials", "httpx", "keyring", "h11"} <= set(found)
    assert "pytest" not in found
    assert "MIT License" in found["glmdesk"].text()
    assert found["pyside6_essentials"].licence.startswith("LGPL-3.0-only")


def test_a_package_has_its_own_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "notices"
    folder.mkdir()
    rows = [{"name": "Qt", "version": "6", "licence": "LGPL-3.0-only", "texts": ["a.txt", "b.txt"]}]
    (folder / "notices.json").write_text(json.dumps(rows), "utf-8")
    for name in ("a", "b"):
        (folder / f"{name}.txt").write_text(f"text {name}\n", "utf-8")
    monkeypatch.setattr(module, "resource_root", lambda: tmp_path)
    (notice,) = notices()
    assert (notice.name, notice.licence) == ("Qt", "LGPL-3.0-only")
    assert notice.text().startswith("text a\n")
    assert notice.text().endswith("\ntext b")
