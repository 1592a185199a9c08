"""Which records quality control makes: the kind of each, and the shape of its counts.

Reports that are read from files are checked against this, since anyone may have edited them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from biometal_stream.reports.kernels.kmers import LENGTH
from biometal_stream.reports.quality.beginnings import BASES
from biometal_stream.reports.quality.cycles import num_bins
from biometal_stream.reports.quality.frequent import COPIES, READS
from biometal_stream.reports.quality.modules.adapters import ADAPTERS
from biometal_stream.reports.quality.modules.calibration import CALIBRATION
from biometal_stream.reports.quality.modules.columns import LABELS, NUMBERS, SCORES
from biometal_stream.reports.quality.modules.tiles import CYCLES
from biometal_stream.reports.quality.reads import GROUPS, PAIRS
from biometal_stream.reports.records.base import Record, Records, State
from biometal_stream.reports.records.by_label import ByLabel
from biometal_stream.reports.records.counts import Counts
from biometal_stream.reports.records.keyed import Keyed
from biometal_stream.reports.records.labels import LabelCounts
from biometal_stream.reports.records.packing import MOST
from biometal_stream.reports.records.sample import Sample, begins_with_zeros
from biometal_stream.reports.records.spread import Spread
from biometal_stream.reports.records.totals import Totals

_BINS = range(num_bins(2**63 - 1) + 1)
_SCORES = range(95)


def _exactly(number: int) -> range:
    return range(number, number + 1)


class Expected(NamedTuple):
    """What a record must be.

    Attributes:
        kind: Its class.
        axes: The lengths that each axis of its counts may have; without the axis of keys.
    """

    kind: type[Record]
    axes: tuple[range, ...] = ()


EXPECTED: Mapping[str, Expected] = {
    "reads": Expected(Counts, (_exactly(1),)),
    "bases_by_cycle": Expected(Counts, (_BINS, _exactly(6))),
    "scores_by_cycle": Expected(Counts, (_BINS, _SCORES)),
    "scores_by_base": Expected(Counts, (_BINS, _exactly(4), _exactly(2))),
    "quality_of_reads": Expected(Counts, (_SCORES,)),
    "gc_of_reads": Expected(Spread),
    "lengths": Expected(Spread),
    COPIES: Expected(Sample, (_exactly(0),)),
    READS: Expected(Sample, (range(BASES + 1),)),
    "adapters_by_cycle": Expected(Counts, (_BINS, _exactly(len(ADAPTERS)), _exactly(2))),
    "tiles": Expected(Keyed, (_exactly(2), range(1, CYCLES + 2))),
    "hours": Expected(Keyed, (_exactly(5),)),
    "channels": Expected(Keyed, (_exactly(5),)),
    "length_quality": Expected(Keyed, (_exactly(1),)),
    "kmers_by_cycle": Expected(Counts, (_BINS, _exactly(4**LENGTH))),
    "insert_sizes": Expected(Keyed, (_exactly(1),)),
    "insert_totals": Expected(Counts, (_exactly(2),)),
    LABELS: Expected(LabelCounts),
    NUMBERS: Expected(Totals),
    SCORES: Expected(ByLabel, (_exactly(1),)),
    CALIBRATION: Expected(ByLabel, (_exactly(3),)),
}
"""The records by name. A name that ends in a colon goes on with that of a column."""


def require_expected(state: State) -> None:
    """Checks what was read from a file. Records of other names are not checked.

    Args:
        state: The records.

    Raises:
        ValueError: A record is missing, or is not as quality control makes it.
    """
    for group, records in state.items():
        if group not in GROUPS:
            raise ValueError(f"{group!r} is not a group of reads")
        needed = "insert_totals" if group == PAIRS else "reads"
        if needed not in records:
            raise ValueError(f"{needed} of {group} is missing")
        for name, record in records.items():
            stem, colon, _ = name.partition(":")
            expected = EXPECTED.get(stem + colon)
            if expected is not None and not _fits(record, expected):
                raise ValueError(f"{name} of {group} are not such counts as quality control makes")
        if not _agree(records):
            raise ValueError(f"the lengths of {group} do not agree with its cycles")


def _agree(records: Records) -> bool:
    """Whether as many cycles were counted as the longest read has."""
    lengths = records.get("lengths")
    cycles = records.get("bases_by_cycle", records.get("scores_by_cycle"))
    if not isinstance(cycles, Counts):
        return True
    return isinstance(lengths, Spread) and (
        num_bins(int(lengths.sorted()[0].max(initial=0))) == len(cycles.values)
    )


def _fits(record: Record, expected: Expected) -> bool:
    if not isinstance(record, expected.kind):
        return False
    shape = _shape(record)
    fits = len(shape) == len(expected.axes)
    fits = fits and all(n in axis for n, axis in zip(shape, expected.axes, strict=True))
    return fits and (not isinstance(record, Sample) or _is_sound(record))


def _is_sound(sample: Sample) -> bool:
    """Whether hashes are in order and have the zero bits that they should, and copies fit."""
    numbers = (sample.whole, sample.zeros, sample.seen)
    if not all(type(each) is int and 0 <= each <= MOST for each in numbers) or sample.zeros > 63:
        return False
    (run,) = sample.runs
    hashes, copies, texts = run
    return (
        [each.dtype.name for each in run] == ["uint64", "int64", "uint8"]
        and len(hashes) == len(copies) == len(texts)
        and bool((hashes[1:] > hashes[:-1]).all())
        and bool(begins_with_zeros(hashes, sample.zeros).all())
        and (not len(copies) or 0 < int(copies.min()) <= int(copies.max()) <= MOST)
    )


def _shape(record: Record) -> tuple[int, ...]:
    if isinstance(record, Counts):
        return record.values.shape
    if isinstance(record, Keyed):
        return record.values.shape[1:]
    if isinstance(record, ByLabel):
        return record.counts.values.shape[1:]
    return record.runs[0].texts.shape[1:] if isinstance(record, Sample) else ()
