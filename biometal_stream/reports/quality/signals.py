"""Where and when long reads were sequenced, by their descriptions, names or columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from biometal_stream.columns import StringColumn, buffers_of, validity_of, without_views
from biometal_stream.reports.kernels.signals import NOT_KNOWN, find_holes, find_hours, find_signals
from biometal_stream.reports.quality.reads import text_of
from biometal_stream.schemas.checks import is_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.view import BatchView

CHANNELS = ("channel", "ch")
"""Columns that have the channel of each read, as whole numbers: the first of them that is there."""

TIMES = ("start_time", "st")
"""Columns that have the time at which each read began, as times or as text."""

_SECONDS = 3600


def channels_of(view: BatchView) -> NDArray[np.int64] | None:
    """The channel of each read, (num_rows,), `NOT_KNOWN` for none; ``None`` if no read has one.

    It is taken from a column, or from the reads' descriptions (``ch=12`` or ``ch:i:12``), or is the
    column of the chip in PacBio's names.
    """
    return view.once("channels", _channels)


def hours_of(view: BatchView) -> NDArray[np.int64] | None:
    """The hour in which each read began, (num_rows,), by a column or the reads' descriptions.

    Hours count from 1970, in UTC. `NOT_KNOWN` stands for none; ``None`` if no read has one.
    """
    return view.once("hours", _hours)


def _channels(view: BatchView) -> NDArray[np.int64] | None:
    column = _column(view, CHANNELS)
    if column is not None and pa.types.is_integer(column.type):
        numbers = column.cast(pa.int64(), safe=False).fill_null(NOT_KNOWN)
        channels: NDArray[np.int64] = numbers.to_numpy(zero_copy_only=False)
        return channels
    described = _described(view)
    found = None if described is None else described[0]
    if not _has_text(view, "name") or (found is not None and (found != NOT_KNOWN).all()):
        return found
    names = view.text("name")
    holes = np.empty(names.num_rows, np.int64)
    if not find_holes(names.starts, names.stops, names.data, holes):
        return found
    return holes if found is None else np.where(found == NOT_KNOWN, holes, found)


def _hours(view: BatchView) -> NDArray[np.int64] | None:
    column = _column(view, TIMES)
    if column is None or not (is_text(column.type) or pa.types.is_timestamp(column.type)):
        described = _described(view)
        return None if described is None else described[1]
    if is_text(column.type):
        times = StringColumn.of("time", *buffers_of(column))
        hours = np.empty(times.num_rows, np.int64)
        find_hours(times.starts, times.stops, times.data, hours)
    else:
        seconds = column.cast(pa.timestamp("s"), safe=False).cast(pa.int64())
        hours = seconds.fill_null(0).to_numpy(zero_copy_only=False) // _SECONDS
    return np.where(validity_of(column), hours, NOT_KNOWN)


def _described(view: BatchView) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """The channels and hours in descriptions; ``None`` if there are none."""
    return view.once("signals", _signals)


def _signals(view: BatchView) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    texts = text_of(view, "description")
    if texts is None:
        return None
    channels, hours = np.empty((2, texts.num_rows), np.int64)
    if not find_signals(texts.starts, texts.stops, texts.data, channels, hours):
        return None
    return channels, hours


def _column(view: BatchView, names: tuple[str, ...]) -> pa.Array | None:
    name = next((name for name in names if name in view.batch.schema.names), None)
    return None if name is None else without_views(view.column(name))


def _has_text(view: BatchView, name: str) -> bool:
    place = view.batch.schema.get_field_index(name)
    return place >= 0 and is_text(view.batch.schema.field(place).type)
