"""Prints the error of cuts of adapters, of biometal_stream and of other programs.

``python -m benches.adapters`` simulates the reads of each set, has each program that is installed
trim them, and prints the root mean square error of the cuts, in bases. Sets of single reads also
have the Bayes limit, which no program can beat but by chance.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

import biometal_stream as bs
from benches.adapters.limit import bayes_limit
from benches.adapters.peers import PEERS
from benches.adapters.sets import SETS
from benches.adapters.simulate import Simulated, random_genome, read_genome, simulate
from biometal_stream.columns import string_column

if TYPE_CHECKING:
    from collections.abc import Sequence


def error(reads: Simulated, error_rate: float | None = None) -> float:
    """The root mean square error of our cuts, in bases; by rules if there is an error rate."""
    told, batch = reads.about.told, reads.batch()
    trimmer = bs.TrimAdapters(
        adapter=reads.adapters[:1] if told else (),
        mate_adapter=reads.adapters[1:] if told and reads.about.paired else (),
        error_rate=error_rate,
    )
    if trimmer.look is not None:
        trimmer = cast("bs.TrimAdapters", trimmer.learn([batch.slice(0, 20_000)]))
    ends = string_column(trimmer(batch).column("sequence"), "sequence").lengths
    wrong = ends.reshape(len(reads.inserts), -1) - reads.ends[:, None]
    return float(np.sqrt(np.mean(wrong**2)))


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the table, in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benches.adapters")
    parser.add_argument("--reads", type=int, default=20_000, help="reads, or pairs, of each set")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--genome", type=Path, help="FASTA, gzip; by default a random genome")
    parser.add_argument("--only", default="", help="sets with this text in their names")
    given = parser.parse_args(arguments)
    genome = (
        random_genome(2_000_000, given.seed)
        if given.genome is None
        else read_genome(given.genome, 30_000_000)
    )
    peers = [peer for peer in PEERS if peer.program]
    names = [f"{peer.name} {peer.version()}" for peer in peers]
    print("| set |", " | ".join(["biometal_stream", "by rules", *names, "Bayes limit"]), "|")
    print("|---|" + "--:|" * (len(names) + 3))
    for number, each in enumerate(SETS):
        if given.only in each.name:
            reads = simulate(each, genome, given.reads, given.seed * 1000 + number)
            limit = None if each.paired else bayes_limit(reads)
            found = [error(reads), error(reads, 0.1), *(peer.error(reads) for peer in peers), limit]
            print(f"| {each.name} |", " | ".join(map(_shown, found)), "|")
            sys.stdout.flush()


def _shown(number: float | None) -> str:
    return "" if number is None else f"{number:.3f}"


if __name__ == "__main__":
    main()
