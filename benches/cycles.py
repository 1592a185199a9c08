"""The loops of quality control by cycle and by read, with arguments as the program gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benches.kernels import Loop
from biometal_stream.reports.kernels import cycles, reads
from biometal_stream.reports.quality.cycle_counts import bases_by_cycle, scores_by_cycle
from biometal_stream.reports.quality.cycles import edges_of
from biometal_stream.reports.quality.gc_model import FIRST_KEYS
from biometal_stream.reports.quality.read_counts import CUT, HIGHEST, reads_by_gc
from biometal_stream.simd.words import WIDTH
from biometal_stream.view import BatchView

if TYPE_CHECKING:
    import pyarrow as pa


def cycle_loops(batch: pa.RecordBatch) -> list[Loop]:
    """Counts bases and scores by cycle, and means and GC by read.

    Args:
        batch: Reads of one length, with qualities.
    """
    bases, scores = (BatchView(batch).text(name) for name in ("sequence", "quality"))
    length, number, size = int(bases.lengths.max()), batch.num_rows, int(bases.lengths.sum())
    edges = edges_of(length)
    numbers, sums = np.zeros((6, length), np.int64), np.zeros((4, length), np.int64)
    counts, by_base = np.zeros((length, 6), np.int64), np.zeros((length, 8), np.int64)
    tallies, wide = np.empty(6 * WIDTH, np.uint8), np.empty(4 * WIDTH, np.uint16)
    table = np.zeros(length * cycles.STRIDE + cycles.ROOM, np.uint16)
    cells = np.zeros((length, HIGHEST + 1), np.int64)
    found = np.zeros((cycles.VALUES, length), np.int64)
    means, keys = np.zeros(256, np.int64), np.zeros(int(FIRST_KEYS[length]) + length + 1, np.int64)
    values = np.frombuffer(b"#,:F", np.uint8)
    binned = values[np.digitize(scores.data, [b"&"[0], b"3"[0], b"?"[0]])]
    known = np.bincount(values, minlength=256) > 0
    for each in (binned, known):
        each.flags.writeable = False
    text = (scores.starts, scores.stops, scores.data)

    def count_bases() -> None:
        cycles.count_bases(
            bases.starts,
            bases.stops,
            bases.data,
            scores.starts,
            scores.data,
            edges,
            np.uint64(6),
            tallies,
            wide,
            numbers,
            sums,
            counts,
            by_base,
        )

    def count_four() -> None:
        cycles.count_values(*text[:2], binned, values, known, edges, tallies, found, cells)

    def count_any() -> None:
        cycles.count_scores(*text, edges, table, cells)

    def count_gc() -> None:
        reads.count_gc(bases.starts, bases.stops, bases.data, CUT, FIRST_KEYS, keys)

    return [
        Loop(
            "count bases by cycle, add up their scores",
            number,
            2 * size,
            count_bases,
            lambda: bases_by_cycle(bases, scores),
            "bases_by_cycle",
        ),
        Loop("count four scores by cycle", number, size, count_four),
        Loop(
            "count any scores by cycle",
            number,
            size,
            count_any,
            lambda: scores_by_cycle(scores, HIGHEST),
            "scores_by_cycle",
        ),
        Loop("count reads by mean score", number, size, lambda: reads.count_means(*text, means)),
        Loop(
            "count reads by GC", number, size, count_gc, lambda: reads_by_gc(bases), "reads_by_gc"
        ),
    ]
