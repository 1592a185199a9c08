"""dnaio: a loop over its reads. What to do comes as JSON in the first argument."""

from __future__ import annotations

import json
import sys
from typing import Any

import dnaio


def main(asked: dict[str, Any]) -> None:
    """Counts, or writes the reads, or pairs with two good mates."""
    inputs, targets = asked["inputs"], asked["targets"]
    if not targets:
        with dnaio.open(*inputs) as reads:
            sys.stdout.write(f"{sum(1 for _ in reads)}\n")
        return
    shortest, most = asked["min_length"], asked["max_n"]
    if len(inputs) > 1:
        with dnaio.open(*inputs) as pairs, dnaio.open(*targets, mode="w") as out:
            for one, two in pairs:
                if (
                    len(one) >= shortest
                    and len(two) >= shortest
                    and one.sequence.count("N") <= most
                    and two.sequence.count("N") <= most
                ):
                    out.write(one, two)
        return
    with dnaio.open(*inputs) as reads, dnaio.open(*targets, mode="w") as out:
        for read in reads:
            if len(read) >= shortest and read.sequence.count("N") <= most:
                out.write(read)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
