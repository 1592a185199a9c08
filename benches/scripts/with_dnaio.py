"""dnaio: a loop over its reads. What to do comes as JSON in the first argument."""

from __future__ import annotations

import json
import sys
from typing import Any

import dnaio


def main(asked: dict[str, Any]) -> None:
    """Counts, adds up the bases, or writes the reads, or pairs with two good mates."""
    if asked["output"] == "a loop in Python":
        add_up(*asked["inputs"])
    elif not asked["targets"]:
        with dnaio.open(*asked["inputs"]) as reads:
            sys.stdout.write(f"{sum(1 for _ in reads)}\n")
    else:
        keep(asked)


def add_up(path: str) -> None:
    """Prints the number of bases, and in the last line that of reads."""
    count = bases = 0
    with dnaio.open(path) as reads:
        for read in reads:
            count += 1
            bases += len(read.sequence)
    sys.stdout.write(f"{bases}\n{count}\n")


def keep(asked: dict[str, Any]) -> None:
    """Writes the reads, or pairs with two good mates."""
    inputs, targets = asked["inputs"], asked["targets"]
    shortest, most, level = asked["min_length"], asked["max_n"], asked["level"]
    with (
        dnaio.open(*inputs) as reads,
        dnaio.open(*targets, mode="w", compression_level=level) as out,
    ):
        if len(inputs) > 1:
            for one, two in reads:
                if (
                    len(one) >= shortest
                    and len(two) >= shortest
                    and one.sequence.count("N") <= most
                    and two.sequence.count("N") <= most
                ):
                    out.write(one, two)
            return
        for read in reads:
            if len(read) >= shortest and read.sequence.count("N") <= most:
                out.write(read)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
