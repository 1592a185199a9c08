"""What k, w, thresholds and the subtraction of another organism change."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import biometal_stream as bs
from benches.depletion import theory
from benches.depletion.indexes import MIN_FRACTION, MIN_HITS, build, look_up, matching
from benches.depletion.simulate import Kind
from benches.depletion.sources import INDEXED, LONG, MEGABASE, Source, Sources
from benches.depletion.tables import share, table
from biometal_stream.indexes.opening import open_index
from biometal_stream.indexes.scheme import Scheme

if TYPE_CHECKING:
    from benches.depletion.indexes import Both
    from biometal_stream.indexes.index import Index

SCHEMES = tuple(
    Scheme(k, w)
    for k, w in ((21, 11), (21, 15), (25, 11), (25, 15), (31, 5), (31, 11), (31, 15), (31, 21))
)
HITS, FRACTIONS = (1, 2, 3), (0.0, 0.01, 0.02, 0.05, 0.1)

HUMAN = 3.1e9
"""The bases of a human genome."""


def thresholds(sources: Sources, both: Both) -> str:
    """A row for each pair of thresholds."""
    kinds = (Kind(75), Kind(150), Kind(150, paired=True), LONG[1], LONG[3])
    chosen = _named(sources, "another person", "mouse", "bacteria and archaea")
    found = [
        (kind, source, look_up(sources.reads(source, kind), both.exact))
        for source in chosen
        for kind in kinds
    ]
    rows = []
    for hits, fraction in product(HITS, FRACTIONS):
        cells = [
            share(matching(each, hits, fraction), len(each.hits))
            for _, source, each in found
            if source is not chosen[2]
        ]
        bacteria = [each for _, source, each in found if source is chosen[2]]
        matches = sum(matching(each, hits, fraction) for each in bacteria)
        reads = sum(len(each.hits) for each in bacteria)
        rows.append([str(hits), f"{fraction:g}", *cells, share(matches, reads)])
    heads = [f"{_short(source)} {kind.name}" for source in chosen[:2] for kind in kinds]
    return "### Thresholds: k = 31, w = 15\n\n" + table(
        ["min-hits", "min-fraction", *heads, "bacteria, all"], rows
    )


def schemes(sources: Sources, folder: Path) -> str:
    """A row for each k and w."""
    kinds = (Kind(75), Kind(150), LONG[1])
    chosen = _named(
        sources, "another person", "human, not indexed", "mouse", "bacteria and archaea", "viruses"
    )
    rows = []
    for scheme in SCHEMES:
        both = build(sources.indexed, scheme, folder)
        cells = [_matches(sources, each, kind, both.exact) for each in chosen for kind in kinds]
        kmers = both.exact.count
        whole = kmers / (INDEXED[1] - INDEXED[0]) * HUMAN
        size = whole * both.compact.nbytes / kmers
        sizes = [f"{kmers / MEGABASE:.2f}", f"{both.compact.nbytes / MEGABASE:.1f}"]
        whole_sizes = [f"{size / 1e9:.2f}", f"{theory.by_chance(whole, scheme.k):.0e}"]
        rows.append([str(scheme.k), str(scheme.w), *sizes, *whole_sizes, *cells])
    heads = ["k", "w", "k-mers, millions", "compact, MB", "GB for 3.1 Gb", "k-mer by chance"]
    heads += [f"{_short(source)} {kind.name}" for source in chosen for kind in kinds]
    return (
        f"### k and w: {MIN_HITS} hits and {100 * MIN_FRACTION:g} %\n\n"
        "The sizes for 3.1 Gb are those of the indexed part times 155: an upper bound, since a"
        " genome has repeats. The probability that a k-mer by chance is one of them is 2 · k-mers /"
        " 4^k.\n\n" + table(heads, rows)
    )


def subtracted(sources: Sources, both: Both, folder: Path) -> str:
    """What is left if the k-mers of another organism are subtracted from the index."""
    exact, fasta = folder / f"{both.stem}.idx", folder / "subtracted.fa"
    kinds = (Kind(75), Kind(150), LONG[1])
    people = _named(sources, "another person")
    rows, counts = [], []
    for other in _named(sources, "mouse", "fly, worm, plant, malaria"):
        other.genome.write(fasta)
        left = folder / "left.idx"
        bs.subtract_indexes(exact, fasta, left)
        indexes = (both.exact, open_index(left))
        counts.append(f"{both.exact.count - indexes[1].count:,}")
        for source in (other, *people):
            cells = [_matches(sources, source, kind, each) for kind in kinds for each in indexes]
            rows.append([other.name, source.name, *cells])
    heads = ["subtracted", "reads of"]
    heads += [f"{kind.name}{when}" for kind in kinds for when in (", before", ", after")]
    return (
        "### Another organism subtracted: 2 hits and 1 %\n\n"
        "The minimizers of the sequences that reads are from are subtracted from the index:"
        f" {' and '.join(counts)} of {both.exact.count:,}.\n\n" + table(heads, rows)
    )


def _matches(sources: Sources, source: Source, kind: Kind, index: Index) -> str:
    reads = sources.reads(source, kind)
    return share(matching(look_up(reads, index)), reads.units)


def _named(sources: Sources, *names: str) -> list[Source]:
    return [next(each for each in sources.all if each.name == name) for name in names]


def _short(source: Source) -> str:
    return source.name.split()[-1] if source.host else source.name.split(" and ")[0]
