"""What the reads of a group are like, as fastp shows those of a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from biometal_stream.reports.fastp.tables import columns_of, significant, totals_of
from biometal_stream.reports.quality.reads import FIRST, MERGED, SECOND, SINGLE

if TYPE_CHECKING:
    from biometal_stream.reports.quality.result import Quality

NUMBERS = {SINGLE: 1, FIRST: 1, SECOND: 2}
"""Which of fastp's reads a group is."""

LAST_CYCLE = 9_999
"""The last cycle of a curve, which keeps the file small where reads are long."""


def summary(quality: Quality, groups: Sequence[str]) -> dict[str, Any]:
    """The totals of some groups of reads.

    As in fastp, the mean length of merged reads is that of read 1; read 2 has no entry.
    """
    rows = [totals_of(quality, group) for group in groups]
    added: dict[str, Any] = {
        "total_reads": sum(row["reads"] for row in rows),
        "total_bases": sum(row["bases"] or 0 for row in rows),
    }
    bases = added["total_bases"]
    for name in ("q20", "q30"):
        added[f"{name}_bases"] = _sum([row[f"{name}_bases"] for row in rows])
    for name in ("q20", "q30"):
        added[f"{name}_rate"] = _share(added[f"{name}_bases"], bases)
    lengths = {
        group: (row["bases"] or 0) // max(1, row["reads"])
        for group, row in zip(groups, rows, strict=True)
    }
    for group in (MERGED,) if MERGED in lengths else groups:
        added[f"read{NUMBERS.get(group, 1)}_mean_length"] = lengths[group]
    added["gc_content"] = _share(_sum([row["gc_bases"] for row in rows]), bases)
    return _known(added)


def read_statistics(quality: Quality, group: str) -> dict[str, Any]:
    """Totals, curves by cycle, and over-represented sequences of a group."""
    totals = totals_of(quality, group)
    cycles = columns_of(quality, "per_cycle", group)
    if cycles.get("last_cycle"):
        cycles["last_cycle"][-1] = totals["max_length"]  # the last bin may be wider
    scores = columns_of(quality, "qualities_by_cycle", group)
    scored, sequenced = (totals[name] is not None for name in ("q20_bases", "gc_bases"))
    return _known(
        {
            "total_reads": totals["reads"],
            "total_bases": totals["bases"] or 0,
            "q20_bases": totals["q20_bases"],
            "q30_bases": totals["q30_bases"],
            "q40_bases": _q40(scores) if scored else None,
            "total_cycles": totals["max_length"] or 0,
            "quality_curves": _quality_curves(cycles) if scored else None,
            "content_curves": _content_curves(cycles) if sequenced else None,
            "overrepresented_sequences": _overrepresented(quality, group),
        }
    )


def _q40(scores: dict[str, list[int]]) -> int:
    pairs = zip(scores.get("quality", ()), scores.get("bases", ()), strict=True)
    return sum(bases for quality, bases in pairs if quality >= 40)


def _quality_curves(cycles: dict[str, list[Any]]) -> dict[str, list[float]]:
    """The mean score of each base by cycle; where it does not occur, that of all bases."""
    means = cycles["mean_quality"]
    curves = {
        base: [
            mean if own is None else own
            for own, mean in zip(cycles[f"quality_{base.lower()}"], means, strict=True)
        ]
        for base in "ATCG"
    }
    return {
        name: _by_cycle(cycles, [mean or 0.0 for mean in curve])
        for name, curve in {**curves, "mean": means}.items()
    }


def _content_curves(cycles: dict[str, list[Any]]) -> dict[str, list[float]]:
    """The share of each base by cycle."""
    counts = {base: cycles[base.lower()] for base in "ATCGN"}
    counts["GC"] = [g + c for g, c in zip(cycles["g"], cycles["c"], strict=True)]
    return {
        name: _by_cycle(
            cycles,
            [count / max(1, bases) for count, bases in zip(each, cycles["bases"], strict=True)],
        )
        for name, each in counts.items()
    }


def _by_cycle(cycles: dict[str, list[Any]], values: list[float]) -> list[float]:
    """A value for each cycle, of bins that hold several from cycle 1,000 on."""
    curve: list[float] = []
    spans = zip(cycles["first_cycle"], cycles["last_cycle"], values, strict=True)
    for first, last, value in spans:
        if first > LAST_CYCLE:
            break
        curve += [significant(value)] * (last - first + 1)
    return curve


def _overrepresented(quality: Quality, group: str) -> dict[str, int]:
    columns = columns_of(quality, "overrepresented", group)
    return dict(zip(columns.get("sequence", ()), columns.get("reads", ()), strict=True))


def _sum(numbers: Sequence[int | None]) -> int | None:
    return None if None in numbers else sum(number or 0 for number in numbers)


def _share(part: int | None, whole: int) -> float | None:
    return None if part is None else significant(part / whole) if whole else 0.0


def _known(values: dict[str, Any]) -> dict[str, Any]:
    """Without what is not known, such as qualities of FASTA: MultiQC refuses null."""
    return {name: value for name, value in values.items() if value is not None}
