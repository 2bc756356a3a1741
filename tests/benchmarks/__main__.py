"""Benchmarks of the real window on Linux: `python -m tests.benchmarks stream|open|long|type|memory|all`.

The window runs on $DISPLAY where there is one, else off screen. Targets and what they mean: targets.py.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from tests.benchmarks import runs
from tests.benchmarks.targets import table


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tests.benchmarks", description=__doc__)
    parser.add_argument("what", choices=[*runs.RUNS, "all"])
    parser.add_argument("--rate", type=int, help="tokens per second of `stream`: one rate alone")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full size")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write values and raw numbers there too")
    return parser


def main() -> None:
    options = _parser().parse_args()
    size = runs.Size(options.rounds, options.scale, options.rate)
    values: dict[str, float] = {}
    raw: dict[str, object] = {}
    for name in runs.RUNS if options.what == "all" else [options.what]:
        found, raw[name] = runs.RUNS[name](size)
        values |= found
    if options.json:
        options.json.write_text(json.dumps({"values": values, "raw": raw}), "utf-8")
    print(*table(values), sep="\n")


if __name__ == "__main__":
    main()
