"""The licence gate."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import pytest

from release.licences import LicenceError, Table, is_allowed, library_licence, licence_of, table

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = frozenset({"MIT", "Apache-2.0", "LGPL-3.0-only"})


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("(GPL-2.0-only OR Apache-2.0) AND MIT", True),
        ("AGPL-3.0-only OR (MIT AND GPL-3.0-only)", False),
        ("Apache-2.0 WITH LLVM-exception", False),
    ],
)
def test_an_expression_is_met_or_not(expression: str, allowed: bool) -> None:
    assert is_allowed(expression, ALLOWED) is allowed


@pytest.mark.parametrize("expression", ["", "MIT AND", "(MIT", "MIT MIT", "OR MIT"])
def test_a_malformed_expression_is_refused(expression: str) -> None:
    with pytest.raises(LicenceError):
        is_allowed(expression, ALLOWED)


def _metadata(folder: Path, lines: str) -> metadata.PackageMetadata:
    (folder / "x-1.dist-info").mkdir()
    (folder / "x-1.dist-info" / "METADATA").write_text(f"Metadata-Version: 2.4\nName: x\nVersion: 1\n{lines}", "utf-8")
    return metadata.Distribution.at(folder / "x-1.dist-info").metadata


@pytest.mark.parametrize(
    ("lines", "licence"),
    [
        ("License-Expression: GPL-3.0-only\n", "GPL-3.0-only"),
        ("License: MIT License\n", "MIT"),
        ("License: see the file\nClassifier: License :: OSI Approved :: MIT License\n", "MIT"),
        ("License: GPL-3.0\n", "GPL-3.0"),
    ],
)
def test_a_distributions_own_statement_is_read(tmp_path: Path, lines: str, licence: str) -> None:
    assert licence_of("x", _metadata(tmp_path, lines), table()) == licence


def test_a_distribution_without_a_known_licence_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(LicenceError, match=r"x: .*licences\.toml"):
        licence_of("x", _metadata(tmp_path, "License: do what you like\n"), table())


def test_an_unknown_library_of_the_system_stops_the_build() -> None:
    assert library_licence("libssl.so.3", table()) == ("OpenSSL", "Apache-2.0")
    with pytest.raises(LicenceError, match="libreadline"):
        library_licence("libreadline.so.8", table())


def _shipped() -> list[str]:
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    return [match[1] for line in lines if (match := re.match(r"([a-z0-9-]+)==", line))]


@pytest.mark.parametrize("name", _shipped())
def test_everything_in_the_lock_has_an_allowed_licence(name: str) -> None:
    try:
        found = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        pytest.skip("not of this system")
    known: Table = table()
    assert is_allowed(licence_of(name, found.metadata, known), known.allowed)


def test_every_reading_is_about_something_and_its_texts_are_there() -> None:
    for name, reading in table().distributions.items():
        assert is_allowed(reading.expression, table().allowed), name
        assert reading.read
        for text in reading.texts:
            assert (ROOT / "packaging" / "licences" / text).is_file()


def test_no_copyleft_of_the_strong_kind_is_on_the_list() -> None:
    assert [name for name in table().allowed if re.match(r"A?GPL", name)] == []
