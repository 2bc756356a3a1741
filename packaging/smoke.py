"""Tries a program as a user would get it: `python packaging/smoke.py PROGRAM [ARGUMENTS …] [--picture PNG]`.

It must name its version, check the machine, answer as each of its helper processes, ask one question of its demo server
and save a picture of the window.
Uses the standard library only: it also runs where the project is not installed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Mapping
from pathlib import Path

from samples import write_samples

LIMIT_SECONDS = 90
# A blank or half-painted window has a handful of colours and compresses to a few hundred bytes.
SMALLEST_PICTURE = (800, 600)
LEAST_VARIETY = 20_000  # bytes of picture data

_META = "https://json-schema.org/draft/2020-12/schema"
# A helper process by its name, a question, and what its answer must hold.
WORKERS = (
    ("formulas", {"tex": r"\frac{1}{2}+\text{汉}", "display": True}, "<svg"),
    ("schema", {"schema": {"$ref": _META}, "value": {"type": 7}}, '"keyword": "enum"'),
)


class SmokeError(Exception):
    """What the program did not do."""


def main(arguments: list[str] | None = None) -> int:
    """Returns 0, or 1 with a reason."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", nargs="+")
    parser.add_argument("--picture", type=Path, help="where the picture is kept")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            _try(options.program, options.picture or Path(folder) / "smoke.png")
    except (SmokeError, subprocess.TimeoutExpired) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _try(program: list[str], picture: Path) -> None:
    print(_run([*program, "--version"]).strip())
    doctor = _run([*program, "doctor"], codes=(0, 1))  # 1: something is missing, e.g. a keyring
    print(doctor.strip())
    for name, question, wanted in WORKERS:
        _ask_worker([*program, "--worker", name], question, wanted)
    _read_documents([*program, "--worker", "documents"])
    begin = time.monotonic()
    _run([*program, "--smoke", str(picture)])
    print(f"answered and painted in {time.monotonic() - begin:.1f} s: {check_picture(picture)}")


def _ask_worker(command: list[str], question: Mapping[str, object], wanted: str) -> None:
    answer = _run(command, question=json.dumps(question) + "\n")
    if wanted not in answer:
        raise SmokeError(f"{' '.join(command)}: {answer[:200]}")
    print(f"{command[-1]}: answers")


def _read_documents(command: list[str]) -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for path in write_samples(Path(folder)):
            question = json.dumps({"path": str(path)}) + "\n"
            if "documents" not in json.loads(_run(command, question=question)).get("text", ""):
                raise SmokeError(f"{' '.join(command)} has not read {path.name}")
            print(f"documents: {path.suffix} is read")


def _run(command: list[str], codes: tuple[int, ...] = (0,), *, question: str = "") -> str:
    environment = os.environ | {"PYTHONUTF8": "1"}
    done = subprocess.run(
        command, input=question.encode(), capture_output=True, env=environment, timeout=LIMIT_SECONDS, check=False
    )
    out, err = (stream.decode("utf-8", "replace") for stream in (done.stdout, done.stderr))
    if done.returncode not in codes:
        raise SmokeError(f"{' '.join(command)}: exit code {done.returncode}\n{out}{err}")
    return out


def check_picture(path: Path) -> str:
    """`1280 x 860`, when the PNG file is a painted window. Raises SmokeError."""
    data = path.read_bytes()
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        raise SmokeError(f"{path} is no PNG file")
    width, height = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    packed = _picture_data(data)
    if (width, height) < SMALLEST_PICTURE or len(packed) < LEAST_VARIETY:
        raise SmokeError(f"{path}: {width} x {height}, {len(packed)} bytes of picture: nothing was painted")
    zlib.decompress(packed)
    return f"{width} x {height}"


def _picture_data(data: bytes) -> bytes:
    """The IDAT chunks: each is length, name, data and checksum."""
    packed, place = b"", 8
    while place < len(data):
        length = int.from_bytes(data[place : place + 4], "big")
        if data[place + 4 : place + 8] == b"IDAT":
            packed += data[place + 8 : place + 8 + length]
        place += length + 12
    return packed


if __name__ == "__main__":
    sys.exit(main())
