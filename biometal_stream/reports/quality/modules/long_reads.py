"""Quality over time, by channel, and against length, for long reads."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pyarrow as pa

from biometal_stream.reports.kernels.signals import NOT_KNOWN, sum_errors
from biometal_stream.reports.quality.arrow import table_of_rows
from biometal_stream.reports.quality.signals import CHANNELS, TIMES, channels_of, hours_of
from biometal_stream.reports.records.keyed import Keyed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.reports.quality.reads import Reads
    from biometal_stream.reports.records.base import Record, Records, State

LONG = 500
"""The bases of a read that counts as long. Short-read instruments make no longer mates."""

_OFFSET = 33
_HIGHEST = 93
_UNIT = 36
"""Error probabilities are added up in units of 2^-36. A read of 268 million bases of Phred 0 has
the most that fit 64 bits."""

_LOW = 20  # the lower bits of a read's sum are added apart, so that no sum of many reads overflows
_READS, _BASES, _SCORED, _LOWER, _UPPER = range(5)
_QUALITIES = 128  # length_quality counts by _QUALITIES * length bin + quality
_EDGES = np.array([0] + [step * 10**power for power in range(18) for step in (1, 2, 5)])
_FOUND = [("reads", pa.int64()), ("bases", pa.int64()), ("mean_quality", pa.float64())]
_SCHEMAS = {
    "hours": [("group", pa.string()), ("hour", pa.int64()), ("start", pa.string()), *_FOUND],
    "channels": [("group", pa.string()), ("channel", pa.int64()), *_FOUND],
    "length_quality": [
        ("group", pa.string()),
        *((name, pa.int64()) for name in ("first_length", "last_length", "quality", "reads")),
    ],
}


class LongReads:
    """Counts reads and their errors by hour and by channel, and long reads by length and quality.

    The quality of some reads is the Phred score of their mean error probability, as everybody has
    it for long reads.
    """

    needs: ClassVar[tuple[str, ...]] = (
        *("name", "description", "sequence", "quality"),
        *CHANNELS,
        *TIMES,
    )

    def observe(self, reads: Reads, /) -> Records:
        """Counts ``hours``, ``channels`` and ``length_quality``.

        The first two have reads, bases, bases with a score, and the sum of their error
        probabilities in two parts: (keys, 5).
        """
        qualities, sequences = reads.text("quality"), reads.text("sequence")
        texts = sequences if qualities is None else qualities
        if texts is None:
            return {}
        signals = {"channels": channels_of(reads.view), "hours": hours_of(reads.view)}
        if texts.longest < LONG and not any(each is not None for each in signals.values()):
            return {}
        lengths = texts.lengths
        counted = lengths >= LONG
        keys: dict[str, NDArray[np.int64]] = {}
        for name, found in signals.items():
            if found is not None:
                keys[name] = found if reads.rows is None else found[reads.rows]
                counted |= keys[name] != NOT_KNOWN
        rows = np.flatnonzero(counted)
        if not len(rows):
            return {}
        lengths = lengths[rows]
        errors = np.zeros(len(rows), np.uint64)
        if qualities is not None:
            columns = qualities.starts, qualities.stops, qualities.data
            sum_errors(*columns, rows, _errors(), errors)
        counts: dict[str, Record] = {}
        scored = lengths if qualities is not None else 0 * lengths
        lower = (errors & np.uint64((1 << _LOW) - 1)).astype(np.int64)
        upper = (errors >> np.uint64(_LOW)).astype(np.int64)
        values = np.stack([np.ones_like(lengths), lengths, scored, lower, upper], 1)
        for name, each in keys.items():
            known = each[rows] != NOT_KNOWN
            if known.any():
                counts[name] = Keyed.of(each[rows[known]], values[known])
        if qualities is not None and lengths.any():
            counts["length_quality"] = _by_length(lengths, errors)
        return counts

    def tables(self, state: State, /) -> Mapping[str, pa.Table]:
        """The tables ``hours``, ``channels`` and ``length_quality``.

        Hours are counted from that of the first read.
        """
        rows = {
            "hours": list(_hours(state)),
            "channels": [
                {"group": group, "channel": key, **cells}
                for group, record in _records(state, "channels")
                for key, cells in _found(record)
            ],
            "length_quality": list(_lengths(state)),
        }
        return {
            name: table_of_rows(rows[name], pa.schema(columns))
            for name, columns in _SCHEMAS.items()
        }


@cache
def _errors() -> NDArray[np.uint64]:
    """The error probability of each quality byte, in units of 2^-36, ``uint64``, (256,)."""
    scores = np.clip(np.arange(256) - _OFFSET, 0, _HIGHEST)
    errors = [round(10 ** (-score / 10) * 2**_UNIT) for score in scores.tolist()]
    found = np.array(errors, np.uint64)
    found.flags.writeable = False
    return found


def _by_length(lengths: NDArray[np.int64], errors: NDArray[np.uint64]) -> Keyed:
    known = lengths > 0
    lengths, errors = lengths[known], errors[known]
    whole = lengths.astype(np.uint64)
    mean = (errors + whole - np.uint64(1)) // whole  # rounded up: a read of Q20 alone has 20
    limits = _errors()[_OFFSET : _OFFSET + _HIGHEST + 1][::-1]
    quality = _HIGHEST - np.searchsorted(limits, mean, side="left")
    bins = np.searchsorted(_EDGES, lengths, side="right") - 1
    return Keyed.of(_QUALITIES * bins + quality, np.ones((len(bins), 1), np.int64))


def _records(state: State, name: str) -> Iterator[tuple[str, Keyed]]:
    for group, records in state.items():
        record = records.get(name)
        if isinstance(record, Keyed):
            yield group, record


def _found(record: Keyed) -> Iterator[tuple[int, dict[str, Any]]]:
    for key, counts in zip(record.keys.tolist(), record.values.tolist(), strict=True):
        scored, errors = counts[_SCORED], ((counts[_UPPER] << _LOW) + counts[_LOWER]) / 2**_UNIT
        quality = -10 * math.log10(errors / scored) if scored else None
        yield key, {"reads": counts[_READS], "bases": counts[_BASES], "mean_quality": quality}


def _hours(state: State) -> Iterator[dict[str, Any]]:
    first = min((int(record.keys[0]) for _, record in _records(state, "hours")), default=0)
    for group, record in _records(state, "hours"):
        for key, cells in _found(record):
            yield {"group": group, "hour": key - first, "start": _time(key), **cells}


def _time(hour: int) -> str:
    return f"{np.datetime_as_string(np.datetime64(hour, 'h'), unit='m')}Z"


def _lengths(state: State) -> Iterator[dict[str, Any]]:
    for group, record in _records(state, "length_quality"):
        for key, counts in zip(record.keys.tolist(), record.values[:, 0].tolist(), strict=True):
            place, quality = divmod(key, _QUALITIES)
            first, last = int(_EDGES[place]), int(_EDGES[place + 1]) - 1
            cells = {"first_length": first, "last_length": last, "quality": quality}
            yield {"group": group, **cells, "reads": counts}
