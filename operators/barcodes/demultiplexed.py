"""The result of `demultiplex`: reads by sample, and what the end of a run shows of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.operators.barcodes.counts import BarcodeCounts, UnknownBarcodes
from biometal_stream.operators.barcodes.structure import complement

if TYPE_CHECKING:
    from biometal_stream.operators.barcodes.matching import Matcher
    from biometal_stream.operators.barcodes.sheet import SampleSheet
    from biometal_stream.view import BatchView

_SHOWN = 24
"""The most samples that the end of a run shows."""
_NAMED = 5
"""The most barcodes or samples named in a line."""
_UNKNOWN = 50
"""The most barcodes of no sample in the result."""
_FREQUENT = 0.01
"""The share of reads from which such a barcode is shown."""


@dataclass(frozen=True)
class SampleReads:
    """The reads of one sample; both mates of a pair count as one.

    Attributes:
        barcode: Its barcode.
        reads: Its reads, or pairs.
        perfect: Those without a mismatch.
        one_mismatch: Those with one.
        turned: Those that were found in the other orientation.
    """

    barcode: str
    reads: int
    perfect: int
    one_mismatch: int
    turned: int


@dataclass(frozen=True)
class Demultiplexed:
    """The result of `demultiplex`. Both mates of a pair count as one read.

    Attributes:
        reads: All reads, or pairs.
        undetermined: Those of no sample.
        none: What the column ``sample`` says for these.
        paired: Whether they are pairs.
        samples: The reads of each sample, in the order of the sheet.
        unknown: The most frequent barcodes of no sample, and how many reads have each.
        unknown_share: The share of reads that were counted for ``unknown``: 1 if the counts are
            exact, otherwise they are estimates.
        advice: What the most frequent unknown barcodes look like, if they are those of samples in
            another orientation.
    """

    reads: int
    undetermined: int
    none: str
    paired: bool
    samples: Mapping[str, SampleReads]
    unknown: Mapping[str, int]
    unknown_share: float
    advice: str | None

    @property
    def table(self) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        """The headings and rows that the end of a run shows: the samples, the largest of many."""
        names = list(self.samples)
        if len(names) > _SHOWN:
            names.sort(key=lambda name: -self.samples[name].reads)
        turned = any(sample.turned for sample in self.samples.values())
        rows: list[tuple[str, ...]] = []
        for name in names[:_SHOWN]:
            each = self.samples[name]
            counts = (each.reads, each.perfect, each.one_mismatch, *([each.turned] * turned))
            rows.append((name, each.barcode, self._share(each.reads), *map(_number, counts)))
        if left := names[_SHOWN:]:
            reads = sum(self.samples[name].reads for name in left)
            rows.append((f"{len(left):,} more samples", "", self._share(reads), _number(reads)))
        none = self.undetermined
        rows.append((self.none, "", self._share(none), _number(none)))
        unit = "pairs" if self.paired else "reads"
        headings: tuple[str, ...] = (
            "sample",
            "barcode",
            "share",
            unit,
            "no mismatch",
            "1 mismatch",
            "turned",
        )
        headings = headings[: 6 + turned]
        return headings, [row + ("",) * (len(headings) - len(row)) for row in rows]

    @property
    def findings(self) -> tuple[str, ...]:
        """What the end of a run says: unknown barcodes that are many, samples without reads."""
        lines = []
        empty = [name for name, each in self.samples.items() if not each.reads]
        if empty:
            more = f" and {len(empty) - _NAMED:,} more" if len(empty) > _NAMED else ""
            lines.append(f"samples without reads: {', '.join(empty[:_NAMED])}{more}")
        about = "" if self.unknown_share == 1 else "about "
        frequent = [
            f"{barcode} {about}{count:,}"
            for barcode, count in self.unknown.items()
            if count >= _FREQUENT * self.reads
        ]
        if frequent:
            shown = ", ".join(frequent[:_NAMED])
            lines.append(f"the most frequent barcodes of no sample: {shown}")
        return tuple(lines if self.advice is None else [*lines, self.advice])

    def _share(self, reads: int) -> str:
        return f"{reads / self.reads:.1%}" if self.reads else ""


def _number(number: int) -> str:
    return f"{number:,}"


@dataclass(frozen=True)
class DemultiplexTally:
    """The observation of `demultiplex`; its result is a `Demultiplexed`.

    Attributes:
        sheet: The samples.
        matcher: Finds them.
        undetermined: What the column ``sample`` says for reads of no sample.
    """

    sheet: SampleSheet
    matcher: Matcher
    undetermined: str

    def empty(self) -> BarcodeCounts:
        """The counts of no reads."""
        return BarcodeCounts(np.zeros((len(self.sheet.samples) + 1, 4), np.int64))

    def observe(self, view: BatchView, /) -> BarcodeCounts:
        """Counts the reads of a view."""
        from biometal_stream.columns import string_column

        rows = np.arange(0, view.num_rows, 2 if view.paired else 1)
        samples = len(self.sheet.samples)
        found = view.column("sample").indices.to_numpy()[rows].astype(np.int32)
        barcodes = string_column(view.column("barcode").fill_null(""), "barcode").take(rows)
        known = np.where(found < samples, found, -1).astype(np.int32)
        distances = self.matcher.mismatches(self.matcher.packed(barcodes), known)
        counts = np.zeros((samples + 1, 4), np.int64)
        cells = 3 * found.astype(np.int64) + np.minimum(distances, 2)
        counts[:, :3] = np.bincount(cells, minlength=3 * (samples + 1)).reshape(-1, 3)
        if "turned" in view.batch.schema.names:
            turned = view.column("turned").to_numpy(zero_copy_only=False)[rows]
            counts[:, 3] = np.bincount(found[turned], minlength=samples + 1)
        none = np.flatnonzero(known < 0)
        names = view.text("name").take(rows) if "name" in view.batch.schema.names else barcodes
        unknown = UnknownBarcodes.of(barcodes.take(none), names.take(none))
        return BarcodeCounts(counts, unknown, paired=view.paired)

    def merge(self, one: BarcodeCounts, two: BarcodeCounts, /) -> BarcodeCounts:
        """Adds up the counts."""
        return one + two

    def finish(self, state: BarcodeCounts, /) -> Demultiplexed:
        """Makes the result."""
        counts = state.samples
        samples = {
            name: SampleReads("-".join(parts), zero + one + more, zero, one, turned)
            for name, parts, (zero, one, more, turned) in zip(
                self.sheet.samples, self.sheet.parts, counts[:-1].tolist(), strict=True
            )
        }
        unknown = state.unknown.most_common(_UNKNOWN)
        unknown.pop("", None)
        return Demultiplexed(
            reads=int(counts[:, :3].sum()),
            undetermined=int(counts[-1, :3].sum()),
            none=self.undetermined,
            paired=state.paired,
            samples=samples,
            unknown=unknown,
            unknown_share=0.5**state.unknown.level,
            advice=advice(self.sheet, unknown, int(counts[:, :3].sum())),
        )


def advice(sheet: SampleSheet, unknown: Mapping[str, int], reads: int) -> str | None:
    """What to try if frequent unknown barcodes are those of samples turned around, or too short."""
    known = {"-".join(parts) for parts in sheet.parts}
    likely = [barcode for barcode, count in unknown.items() if count >= _FREQUENT * reads]
    for barcode in likely:
        parts = barcode.upper().replace("+", "-").split("-")
        turned = {
            "their second barcodes reverse-complemented; try index-2-reverse-complement": [
                *parts[:-1],
                complement(parts[-1]),
            ]
            if len(parts) > 1
            else [],
            "their barcodes swapped": parts[::-1] if len(parts) > 1 else [],
            "their barcodes reverse-complemented": list(map(complement, parts)),
        }
        for what, changed in turned.items():
            if "-".join(changed) in known:
                return f"{barcode} is the barcode of a sample in the sheet: samples have {what}"
    return next(filter(None, (_of_length(sheet, barcode) for barcode in likely)), None)


def _of_length(sheet: SampleSheet, barcode: str) -> str | None:
    """What to try if a barcode has other bases than those of samples."""
    parts = barcode.replace("+", "-").split("-")
    found, expected = sum(map(len, parts)), sum(sheet.lengths)
    bases = "1 base" if found == 1 else f"{found} bases"
    said = f"{barcode} has {bases}, and barcodes of samples have {expected}"
    if found < expected:
        return f"{said}: are index reads missing, or is it the sheet of another run?"
    if found > expected and len(parts) > len(sheet.lengths):
        return f"{said}; say by read-structure which bases of each read are the barcode"
    return None
