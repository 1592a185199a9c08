"""Where and when long reads were sequenced, by their descriptions, names or columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from biometal_stream.columns import StringColumn, buffers_of, validity_of, without_views
from biometal_stream.reports.kernels.signals import NOT_KNOWN, find_holes, find_hours, find_signals
from biometal_stream.schemas.checks import is_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.view import BatchView

CHANNELS = ("channel", "ch")
"""Columns that have the channel of each read, as whole numbers: the first of them that is there."""

TIMES = ("start_time", "st")
"""Columns that have the time at which each read began, as times or as text."""

_SECONDS = 3600


class Signals(NamedTuple):
    """The channel and the hour of each read.

    Attributes:
        channels: ``int64``, (num_rows,); `NOT_KNOWN` for none.
        hours: ``int64``, (num_rows,): whole hours since 1970, UTC; `NOT_KNOWN` for none.
    """

    channels: NDArray[np.int64]
    hours: NDArray[np.int64]


def channels_of(view: BatchView) -> NDArray[np.int64]:
    """The channel of each read, (num_rows,).

    The first that is known of a column, the read's description (``ch=12`` or ``ch:i:12``), and the
    column of the chip in PacBio's names.
    """
    return view.once("channels", _channels)


def hours_of(view: BatchView) -> NDArray[np.int64]:
    """The hour in which each read began, (num_rows,), by a column or the read's description."""
    return view.once("hours", _hours)


def _channels(view: BatchView) -> NDArray[np.int64]:
    column = _column(view, CHANNELS)
    if column is not None and pa.types.is_integer(column.type):
        values = column.fill_null(NOT_KNOWN) if column.null_count else column
        channels: NDArray[np.int64] = values.cast(pa.int64()).to_numpy(zero_copy_only=False)
        return channels
    found = _described(view).channels
    if _has_text(view, "name") and (found == NOT_KNOWN).any():
        names = view.text("name")
        holes = np.empty(names.num_rows, np.int64)
        find_holes(names.starts, names.stops, names.data, holes)
        found = np.where(found == NOT_KNOWN, holes, found)
    return found


def _hours(view: BatchView) -> NDArray[np.int64]:
    column = _column(view, TIMES)
    if column is None or not (is_text(column.type) or pa.types.is_timestamp(column.type)):
        return _described(view).hours
    if is_text(column.type):
        times = StringColumn.of("time", *buffers_of(column))
        hours = np.empty(times.num_rows, np.int64)
        find_hours(times.starts, times.stops, times.data, hours)
    else:
        seconds = column.cast(pa.timestamp("s"), safe=False).cast(pa.int64())
        hours = seconds.fill_null(0).to_numpy(zero_copy_only=False) // _SECONDS
    return np.where(validity_of(column), hours, NOT_KNOWN)


def _described(view: BatchView) -> Signals:
    return view.once("signals", _signals)


def _signals(view: BatchView) -> Signals:
    signals = Signals(*np.full((2, view.num_rows), NOT_KNOWN))
    if _has_text(view, "description"):
        column = view.column("description")
        texts = StringColumn.of("description", *buffers_of(column))
        find_signals(texts.starts, texts.stops, texts.data, *signals)
        if column.null_count:
            absent = validity_of(column) == 0
            for each in signals:
                each[absent] = NOT_KNOWN
    return signals


def _column(view: BatchView, names: tuple[str, ...]) -> pa.Array | None:
    name = next((name for name in names if name in view.batch.schema.names), None)
    return None if name is None else without_views(view.column(name))


def _has_text(view: BatchView, name: str) -> bool:
    place = view.batch.schema.get_field_index(name)
    return place >= 0 and is_text(view.batch.schema.field(place).type)
