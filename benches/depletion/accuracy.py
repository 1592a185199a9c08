"""How often reads match an index that should, and others that should not.

The first 20 Mb of human chromosome 20 are indexed. Reads are simulated from there, from the next
10 Mb, which are not indexed, and from other organisms.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from benches.depletion import choices, real, theory
from benches.depletion.indexes import (
    DEFAULT,
    MIN_HITS,
    NO_DIFFERENCE,
    build,
    compare,
    look_up,
    matching,
)
from benches.depletion.sources import LONG, SHORT, Sources
from benches.depletion.tables import share, table
from benches.depletion.theory import needed
from biometal_stream.indexes.compact.rate import rate_of_reads

THRESHOLDS = ((2, 0.01), (3, 0.01), (3, 0.02), (2, 0.05))
"""Hits and shares for which matches by chance are computed."""

MOST_KMERS = 2_000

if TYPE_CHECKING:
    from benches.depletion.indexes import Both
    from benches.depletion.simulate import Kind


def sections(shared: Path, bases: int, seed: int) -> Iterator[str]:
    """Makes the tables, in Markdown, one after another.

    Args:
        shared: The folder with ``genomes/``, ``reads/`` and ``truth/``.
        bases: How many bases to simulate of each source and kind of reads.
        seed: The reads are the same for the same seed.
    """
    sources = Sources(shared, bases, seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        both = build(sources.indexed, DEFAULT, folder)
        yield _by_length(sources, both)
        yield _computed(sources, both)
        yield _compact(sources, both)
        yield choices.thresholds(sources, both)
        yield choices.subtracted(sources, both, folder)
        sources.forget()
        yield choices.schemes(sources, folder)
        yield from real.sections(shared, both, folder)


def _by_length(sources: Sources, both: Both) -> str:
    kinds = SHORT + LONG
    human = sources.all[0]
    rows = []
    for source in sources.all:
        found = [(kind, sources.reads(source, kind)) for kind in kinds]
        cells = [share(matching(look_up(reads, both.exact)), reads.units) for _, reads in found]
        rows.append([source.name, *cells])
    rows.append(["reads of each", *(f"{sources.reads(human, kind).units:,}" for kind in kinds)])
    errors = [f"{100 * sources.reads(human, kind).errors:.2f}" for kind in kinds]
    rows.append(["errors, % of bases", *errors])
    return "### Matches by length: k = 31, w = 15, 2 hits and 1 %\n\n" + table(
        ["reads of", *(kind.name for kind in kinds)], rows
    )


def _computed(sources: Sources, both: Both) -> str:
    scheme, rows = both.scheme, []
    for kind in (each for each in SHORT + LONG if not each.paired):
        reads = sources.reads(sources.all[0], kind)
        hits = look_up(reads, both.exact)
        given = kind.length, reads.errors, scheme.k, scheme.w, MIN_HITS
        rows.append(
            [
                kind.name,
                f"{theory.expected_minimizers(kind.length, scheme.k, scheme.w):,.1f}",
                f"{hits.totals.mean():,.1f}",
                f"{(1 - reads.errors) ** scheme.k:.3f}",
                f"{hits.hits.sum() / hits.totals.sum():.3f}",
                *(f"{100 * find(*given):.2f} %" for find in (theory.surely, theory.independently)),
                f"{100 * matching(hits, MIN_HITS, 0) / reads.units:.2f} %",
            ]
        )
    heads = ["reads", "minimizers, computed", "counted", "(1 - e)^k", "hits of minimizers"]
    heads += ["2 hits: at least", "if independent", "measured"]
    return "### Computed and measured: reads of the indexed sequence\n\n" + table(heads, rows)


def _compact(sources: Sources, both: Both) -> str:
    rate = both.compact.false_positive_rate
    rows, total = [], NO_DIFFERENCE
    for kind in SHORT + LONG:
        own = sum(
            (compare(sources.reads(source, kind), both) for source in sources.all), NO_DIFFERENCE
        )
        rows.append([kind.name, *_by_chance(kind, both), *own.cells()])
        total += own
    rows.append(["all", "", "", "", *total.cells()])
    heads = ["reads", *(f"{hits} hits, {fraction:.0%}" for hits, fraction in THRESHOLDS)]
    heads += ["reads compared", "differ", "expected", "other k-mers taken"]
    return (
        "### The compact index and the exact one\n\n"
        f"The compact index states a rate of {rate:.3g} a k-mer. The first columns follow from it:"
        " the share of reads without a k-mer of the index that match by chance. The others are"
        " measured, with reads of all sources, at 2 hits and 1 %. The worst of all lengths,"
        f" {_worst(both)}.\n\n" + table(heads, rows)
    )


def _by_chance(kind: Kind, both: Both) -> list[str]:
    scheme, rate = both.scheme, both.compact.false_positive_rate
    mates = 2 if kind.paired else 1
    kmers = round(mates * theory.expected_minimizers(kind.length, scheme.k, scheme.w))
    return [f"{rate_of_reads(rate, kmers, needed(kmers, *each)):.1e}" for each in THRESHOLDS]


def _worst(both: Both) -> str:
    """The thresholds, with the reads that most often match by chance."""
    rate, each = both.compact.false_positive_rate, []
    for hits, fraction in THRESHOLDS:
        worst, kmers = max(
            (rate_of_reads(rate, kmers, needed(kmers, hits, fraction)), kmers)
            for kmers in range(1, MOST_KMERS)
        )
        each.append(f"{hits} hits and {fraction:.0%}: {worst:.1e}, with {kmers} minimizers")
    return "; ".join(each)
