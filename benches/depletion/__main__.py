"""Prints what indexes cost: ``python -m benches.depletion`` in the folder of the clone.

It makes random k-mers, as many as a human pangenome has minimizers, and prints the size of each
kind of index, how long it takes to make and to open, what a look-up takes, and how often other
k-mers are taken for its own.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benches.depletion.lookups import compact, exact
from benches.depletion.synthetic import RandomSet
from benches.machine import describe


def main(words: Sequence[str] | None = None) -> int:
    """Runs the bench and prints the figures.

    Args:
        words: The options; by default those of the command line.
    """
    asked = _parser().parse_args(words)
    machine = describe()
    load = f"load {machine.load[0]:.1f}"
    sys.stdout.write(f"{machine.cpu}, {machine.system}, {machine.date}, {load}\n")
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        if asked.keys:
            _tell(compact(RandomSet(asked.keys), Path(folder), asked.batches).lines())
    if asked.exact_keys:
        _tell(exact(RandomSet(asked.exact_keys), asked.batches).lines())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benches.depletion", description=__doc__)
    add = parser.add_argument
    add("--keys", type=int, default=410_000_000, help="k-mers of the compact index (410,000,000)")
    add(
        *("--exact-keys",),
        type=int,
        default=100_000_000,
        help="k-mers of the exact index, 10.7 bytes each (100,000,000)",
    )
    add("--batches", type=int, default=40, help="batches of 100,000 look-ups (40)")
    add("--folder", type=Path, help="where the index is written for the time of the bench")
    return parser


def _tell(lines: Sequence[str]) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in ("", *lines)))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
