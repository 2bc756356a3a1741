"""The list of contents (CycloneDX) and the licence texts, inside the bundle where "About" finds them."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import shutil
import subprocess
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from release.components import Component
from release.places import Places, source_date

LIST = "notices.json"
SBOM = "sbom.cdx.json"


def write_notices(places: Places, parts: list[Component]) -> None:
    """Fill `resources/notices` of the bundle. A text that several parts share is stored once."""
    folder = places.internal / "resources" / "notices"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    rows: list[dict[str, Any]] = []
    for part in parts:
        files = [_store(folder, text) for text in part.texts]
        rows.append({"name": part.name, "version": part.version, "licence": part.licence, "texts": files})
    _write_json(folder / LIST, rows)
    _write_json(folder / SBOM, _sbom(places, parts))
    _validate((folder / SBOM).read_text("utf-8"))


def _store(folder: Path, text: str) -> str:
    name = hashlib.sha256(text.encode()).hexdigest()[:12] + ".txt"
    (folder / name).write_text(text, "utf-8")
    return name


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _sbom(places: Places, parts: list[Component]) -> dict[str, Any]:
    """CycloneDX 1.6: the distributions as the tool finds them, without those left out, and the libraries."""
    command = ["cyclonedx-py", "environment", "--sv", "1.6", "--output-reproducible", str(places.python)]
    tool = Path(sys.executable).parent / command[0]
    first = str(tool) if tool.exists() else command[0]
    done = subprocess.run([first, *command[1:]], capture_output=True, text=True, check=True, env=os.environ)
    document: dict[str, Any] = json.loads(done.stdout)
    inside = {(part.name, part.version): part for part in parts if part.kind == "distribution"}
    kept = [c for c in document.get("components", []) if (c["name"], c.get("version", "")) in inside]
    for component in kept:
        licence = inside[component["name"], component["version"]].licence
        component["licenses"] = [{"expression": licence}]
    own = [_plain(part) for part in parts if part.kind == "library"]
    references = {component["bom-ref"] for component in [*kept, *own]}
    program = _plain(parts[0]) | {"type": "application"}
    stamp = datetime.fromtimestamp(source_date(), UTC)
    document["serialNumber"] = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, repr(sorted(references)))}"
    document["metadata"] = document.get("metadata", {}) | {"component": program, "timestamp": stamp.isoformat()}
    document["components"] = [*kept, *own]
    document["dependencies"] = [
        _within(d, references) for d in document.get("dependencies", []) if d["ref"] in references
    ]
    return document


def _validate(document: str) -> None:
    """Against the standard's own schema. Raises ValueError."""
    # By name: the tool is in the group `packaging`, which the type checker's environment lacks.
    validator = importlib.import_module("cyclonedx.validation.json").JsonStrictValidator
    version = importlib.import_module("cyclonedx.schema").SchemaVersion.V1_6
    problem = validator(version).validate_str(document)
    if problem is not None:
        raise ValueError(f"the list of contents is not valid CycloneDX: {problem}")


def _plain(part: Component) -> dict[str, Any]:
    reference = f"{part.name}=={part.version}"
    return {
        "type": "library",
        "bom-ref": reference,
        "name": part.name,
        "version": part.version,
        "licenses": [{"expression": part.licence}],
    }


def _within(dependency: dict[str, Any], references: set[str]) -> dict[str, Any]:
    if "dependsOn" not in dependency:
        return dependency
    return dependency | {"dependsOn": [r for r in dependency["dependsOn"] if r in references]}
