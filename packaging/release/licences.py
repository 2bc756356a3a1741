"""The gate: every bundled part has a licence of the allow-list, by its own statement or by a person's reading."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageMetadata

from release.places import PACKAGING


class LicenceError(Exception):
    """A part whose licence is unknown or not allowed; the text names it and says what to do."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a person found for one distribution; `texts` are files of packaging/licences/."""

    expression: str
    read: str
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """`licences.toml`."""

    allowed: frozenset[str]
    words: Mapping[str, str]
    distributions: Mapping[str, Reading]
    libraries: Mapping[str, tuple[str, str]]


@cache
def table() -> Table:
    """The table of the repository."""
    data = tomllib.loads((PACKAGING / "licences.toml").read_text("utf-8"))
    readings = {
        name: Reading(r["expression"], r["read"], tuple(r.get("texts", ())))
        for name, r in data["distributions"].items()
    }
    libraries = {start: (entry["name"], entry["expression"]) for start, entry in data["libraries"].items()}
    return Table(frozenset(data["allowed"]), data["words"], readings, libraries)


def licence_of(name: str, metadata: PackageMetadata, known: Table) -> str:
    """The SPDX expression of a distribution: a person's reading, else its own. Raises LicenceError when unknown."""
    if reading := known.distributions.get(name):
        return reading.expression
    if expressions := _values(metadata, "License-Expression"):
        return expressions[0]
    for words in (*_values(metadata, "License"), *_classifiers(metadata)):
        meaning = known.words.get(words, words)
        if _is_expression(meaning, known):
            return meaning
    raise LicenceError(f"{name}: its metadata names no licence that is known; read it and add it to licences.toml")


def _classifiers(metadata: PackageMetadata) -> list[str]:
    lines = _values(metadata, "Classifier")
    return [line.rpartition("::")[2].strip() for line in lines if line.startswith("License ::")]


def _values(metadata: PackageMetadata, name: str) -> list[str]:
    return metadata.get_all(name) or []


def _is_expression(words: str, known: Table) -> bool:
    names = [word for word in re.split(r"\s+|[()]", words) if word not in ("", "OR", "AND", "WITH")]
    return bool(names) and all(name in known.allowed or re.search(r"GPL-\d", name) for name in names)


def library_licence(file_name: str, known: Table) -> tuple[str, str]:
    """Name and SPDX expression of a library of the building system. Raises LicenceError for one that nobody read."""
    for start, found in known.libraries.items():
        if file_name.startswith(start):
            return found
    raise LicenceError(f"{file_name}: a library of this system, not in licences.toml")


def is_allowed(expression: str, allowed: frozenset[str]) -> bool:
    """Whether an SPDX expression can be met within the allow-list. Raises LicenceError for a malformed one."""
    tokens = re.findall(r"[()]|[^\s()]+", expression)
    result, rest = _either(tokens, allowed)
    if rest:
        raise LicenceError(f"not an SPDX expression: {expression}")
    return result


def _either(tokens: list[str], allowed: frozenset[str]) -> tuple[bool, list[str]]:
    result, rest = _both(tokens, allowed)
    while rest[:1] == ["OR"]:
        other, rest = _both(rest[1:], allowed)
        result = result or other
    return result, rest


def _both(tokens: list[str], allowed: frozenset[str]) -> tuple[bool, list[str]]:
    result, rest = _one(tokens, allowed)
    while rest[:1] == ["AND"]:
        other, rest = _one(rest[1:], allowed)
        result = result and other
    return result, rest


def _one(tokens: list[str], allowed: frozenset[str]) -> tuple[bool, list[str]]:
    match tokens:
        case ["(", *inner]:
            result, rest = _either(inner, allowed)
            if rest[:1] != [")"]:
                raise LicenceError("an open bracket in an SPDX expression")
            return result, rest[1:]
        case [name, "WITH", exception, *rest]:
            return f"{name} WITH {exception}" in allowed, rest
        case [name, *rest] if name not in (")", "OR", "AND"):
            return name in allowed, rest
        case _:
            raise LicenceError("an SPDX expression ends too early")
