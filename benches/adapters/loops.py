"""The compiled loops that find adapters, on reads of a simulated library."""

from __future__ import annotations

import biometal_stream as bs
from benches.adapters.sets import ReadSet
from benches.adapters.simulate import Simulated, random_genome, simulate
from benches.kernels import Loop
from biometal_stream.operators.adapters.finding import find
from biometal_stream.operators.adapters.kits import KITS
from biometal_stream.operators.adapters.sizes import parsed
from biometal_stream.view import BatchView

SIZES = "0:0.001,250:0.01,300+:0.2"
PAIRS = ReadSet("pairs", 250, 40)
SINGLE = ReadSet("single reads", 150, 60, paired=False)


def adapter_loops(reads: int) -> list[Loop]:
    """The kernels of `trim-adapters`, with arguments as the program gives them.

    Args:
        reads: The reads of a batch, an even number; both mates of a pair count.
    """
    genome = random_genome(1_000_000, 1)
    return [
        loop
        for about in (PAIRS, SINGLE)
        for loop in _loops(simulate(about, genome, reads // (1 + about.paired), 1), reads)
    ]


def _loops(simulated: Simulated, reads: int) -> list[Loop]:
    about, batch = simulated.about, simulated.batch()
    kit, sizes = KITS["truseq"], parsed(SIZES)
    trimmer = bs.TrimAdapters(kit=kit.name, insert_sizes=SIZES)
    view = BatchView(batch)
    candidates = find(view, [kit[1:3]], paired=about.paired)
    by_rules = bs.TrimAdapters(kit=kit.name, times=1)
    return [
        Loop(
            f"find inserts of {about.name}",
            reads,
            2 * reads * about.length,
            lambda: find(view, [kit[1:3]], paired=about.paired),
            lambda: trimmer.bounds(BatchView(batch)),
            "TrimAdapters",
        ),
        Loop(
            f"choose ends of {about.name}",
            reads,
            2 * candidates.places.nbytes,
            lambda: candidates.inserts(sizes),
        ),
        Loop(
            f"match adapters of {about.name}",
            reads,
            reads * about.length,
            lambda: by_rules.bounds(BatchView(batch)),
        ),
    ]
