"""The benchmarks run and print every number; what the numbers are is not asserted here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.targets import TARGETS
from tests.helpers.stored import ROOT


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.timeout(300)
def test_every_target_is_printed_as_a_name_and_a_value(tmp_path: Path) -> None:
    command = ["-m", "tests.benchmarks", "all", "--rounds", "1", "--scale", "0.005", "--json", str(tmp_path / "values")]
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    printed = dict(line.split(": ") for line in done.stdout.split("\n\n")[1].splitlines())
    assert {target.name for target in TARGETS} <= set(printed)
    assert all(float(value) == float(value) for value in printed.values())
    values = json.loads((tmp_path / "values").read_text("utf-8"))["values"]
    assert {name: f"{value:.2f}" for name, value in values.items()} == printed
