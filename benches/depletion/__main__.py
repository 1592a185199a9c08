"""Measures the removal of a host's reads: ``python -m benches.depletion PART`` in the clone.

``index`` makes random k-mers, as many as a human pangenome has minimizers, and prints the size of
each kind of index, how long it takes to make and to open, what a look-up takes, and how often other
k-mers are taken for its own. ``whole`` times whole runs, FASTQ.gz to FASTQ.gz, with and without
depletion, and those of deacon. ``accuracy`` prints which reads match an index of a part of human
chromosome 20, by k, w, thresholds and length. ``verdicts`` compares the verdict on each read with
deacon's.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benches.depletion import accuracy, verdicts, whole
from benches.depletion.lookups import compact, exact
from benches.depletion.synthetic import RandomSet
from benches.machine import REPOSITORY, describe
from benches.tools.base import Peers


def main(words: Sequence[str] | None = None) -> int:
    """Runs a part of the bench and prints the figures.

    Args:
        words: The options; by default those of the command line.
    """
    asked = _parser().parse_args(words)
    machine = describe()
    load = f"load {machine.load[0]:.1f}"
    sys.stdout.write(f"{machine.cpu}, {machine.system}, {machine.date}, {load}\n")
    asked.run(asked)
    return 0


def _index(asked: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        if asked.keys:
            _tell(compact(RandomSet(asked.keys), Path(folder), asked.batches).lines())
    if asked.exact_keys:
        _tell(exact(RandomSet(asked.exact_keys), asked.batches).lines())


def _whole(asked: argparse.Namespace) -> None:
    for section in whole.sections(asked):
        _tell(section.split("\n"))


def _accuracy(asked: argparse.Namespace) -> None:
    for section in accuracy.sections(asked.shared, asked.bases, asked.seed):
        _tell(section.rstrip("\n").split("\n"))


def _verdicts(asked: argparse.Namespace) -> None:
    python = Peers(asked.peers).python
    if python is None:
        sys.exit(f"{asked.peers}: not an environment with a Python")
    text = verdicts.report(asked.shared, asked.bases, asked.seed, python)
    _tell(text.rstrip("\n").split("\n"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benches.depletion", description=__doc__)
    parts = parser.add_subparsers(required=True, metavar="PART")
    _add_index(parts.add_parser("index", help="size, start and look-ups of a large index"))
    _add_whole(parts.add_parser("whole", help="runs with and without depletion"))
    _add_accuracy(parts.add_parser("accuracy", help="which reads match"))
    _add_verdicts(parts.add_parser("verdicts", help="our verdict on each read, and deacon's"))
    return parser


def _add_index(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=_index)
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


def _add_whole(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=_whole)
    add = parser.add_argument
    add("--reads", type=int, default=1_500_000, help="reads of the input (1,500,000)")
    add("--repeats", type=int, default=3, help="rounds (3)")
    add("--threads", type=int, default=2, help="threads of each program (2)")
    add("--peers", type=Path, help="an environment whose Python has deacon")
    add("--source", type=Path, help="a folder of .fastq.gz files")
    add("--data", type=Path, default=REPOSITORY / "benches" / "data", help="where input is kept")
    add("--index", type=Path, help="an index to use instead of those of the human sequence")
    _add_shared(parser)


def _add_accuracy(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=_accuracy)
    add = parser.add_argument
    _add_shared(parser)
    add("--bases", type=int, default=20_000_000, help="of each source and kind (20,000,000)")
    add("--seed", type=int, default=1, help="of the simulated reads (1)")


def _add_verdicts(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=_verdicts)
    add = parser.add_argument
    _add_shared(parser)
    add("--peers", type=Path, required=True, help="an environment whose Python has deacon")
    add("--bases", type=int, default=1_500_000, help="of each source and kind (1,500,000)")
    add("--seed", type=int, default=1, help="of the simulated reads (1)")


def _add_shared(parser: argparse.ArgumentParser) -> None:
    shared = REPOSITORY.parent / "shared" / "data"
    text = "the folder with genomes/, reads/ and truth/"
    parser.add_argument("--shared", type=Path, default=shared, help=text)


def _tell(lines: Sequence[str]) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in ("", *lines)))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
