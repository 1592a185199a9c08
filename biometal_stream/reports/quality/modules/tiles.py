"""Mean qualities by tile and cycle, as in FastQC's module of that name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pyarrow as pa

from biometal_stream.reports.kernels.tiles import (
    FIELD_OF_VIEW,
    add_scores,
    find_tiles,
    number_tiles,
)
from biometal_stream.reports.quality.arrow import array, joined, repeated, table, table_of_rows
from biometal_stream.reports.quality.base_groups import base_groups
from biometal_stream.reports.quality.cycle_counts import scores_of
from biometal_stream.reports.quality.reads import text_of
from biometal_stream.reports.records.keyed import Keyed
from biometal_stream.schemas.checks import is_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.columns import StringColumn
    from biometal_stream.reports.quality.reads import Reads
    from biometal_stream.reports.records.base import Records, State
    from biometal_stream.view import BatchView

CYCLES = 999
"""Cycles that are counted. No instrument with tiles makes longer reads."""

MOST_TILES = 4096
"""Tiles that are counted separately: the lowest numbers. FastQC gives up above 2,500."""

_OFFSET = 33
_BYTES = np.arange(_OFFSET, 127)
_MOST_READS = 2**31 // 256
"""Reads whose sums of bytes fit 32 bits. These take half the time to clear and to merge."""

_SUMS, _READS = 0, 1
_SCHEMA = pa.schema(
    [
        ("group", pa.string()),
        ("tile", pa.string()),
        ("first_cycle", pa.int64()),
        ("last_cycle", pa.int64()),
        ("bases", pa.int64()),
        ("mean_quality", pa.float64()),
        ("deviation", pa.float64()),
    ]
)
_TOTALS = pa.schema([("group", pa.string()), ("tiles", pa.int64()), ("left_out", pa.int64())])


class Tiles:
    """Adds up the scores of each tile by cycle.

    The tile comes from the name of a read, or from the name at the start of its description, where
    archives put it. Reads of other names are not counted. Tiles of the same number in several
    lanes count as one, as in FastQC. FastQC counts the first 10,000 reads and every tenth read
    after them; here all reads count.
    """

    needs: ClassVar[tuple[str, ...]] = ("name", "description", "quality")

    def observe(self, reads: Reads, /) -> Records:
        """Counts ``tiles``: by tile, (2, cycles + 1).

        The first row has the sums of the bytes of qualities by cycle, counted from 0; the second
        the number of reads by length.
        """
        qualities = reads.text("quality")
        tiles = reads.view.once("tiles", tiles_of)
        if qualities is None or tiles is None:
            return {}
        if reads.rows is not None:
            tiles = tiles[reads.rows]
        changes = int(np.count_nonzero(tiles[1:] != tiles[:-1]))
        if not changes and (tiles[:1] < 0).all():
            return {}
        if not changes and qualities.longest <= CYCLES:
            return {"tiles": Keyed.of(tiles[:1], _of_one_tile(reads, qualities), MOST_TILES)}
        found, slots = _numbered(tiles, changes + 1)
        known = slots >= 0
        longest = qualities.longest if known.all() else int(qualities.lengths[known].max())
        values = _added_up(qualities, slots, len(found), min(longest, CYCLES))
        return {"tiles": Keyed.of(found, values, MOST_TILES)}

    def tables(self, state: State, /) -> Mapping[str, pa.Table]:
        """The tables ``tiles`` and ``tile_totals``.

        ``tiles`` has the mean quality of each tile in FastQC's groups of cycles, which is the mean
        of the cycles' means, its bases in them, and the deviation from the mean of all tiles.
        ``tile_totals`` has the number of tiles, and of reads that are left out, because there are
        more tiles than `MOST_TILES`.
        """
        parts, totals = [], []
        for group, records in state.items():
            record = records.get("tiles")
            if isinstance(record, Keyed):
                parts.append(_table(group, record))
                left_out = int(record.left_out[_READS].sum())
                totals.append({"group": group, "tiles": len(record.keys), "left_out": left_out})
        return {
            "tiles": joined(parts, _SCHEMA),
            "tile_totals": table_of_rows(totals, _TOTALS),
        }


def tile_name(tile: int) -> str:
    """A tile as instruments write it: ``1101``, or ``C002R050`` for a field of view of MGI's."""
    if tile < FIELD_OF_VIEW:
        return str(tile)
    column, line = divmod(tile - FIELD_OF_VIEW, 1000)
    return f"C{column:03}R{line:03}"


def tiles_of(view: BatchView) -> NDArray[np.int64] | None:
    """Finds the tile of each read, (num_rows,); -1 for none. ``None`` without a column of names."""
    if not _has_text(view, "name"):
        return None
    tiles = _found(view.text("name"))
    descriptions = text_of(view, "description")
    if descriptions is not None and (tiles < 0).any():
        tiles = np.where(tiles < 0, _found(descriptions), tiles)
    return tiles


def _has_text(view: BatchView, name: str) -> bool:
    place = view.batch.schema.get_field_index(name)
    return place >= 0 and is_text(view.batch.schema.field(place).type)


def _found(column: StringColumn) -> NDArray[np.int64]:
    tiles = np.empty(column.num_rows, np.int64)
    find_tiles(column.starts, column.stops, column.data, tiles)
    return tiles


def _numbered(tiles: NDArray[np.int64], most: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The different tiles in ascending order, (tiles,), and which each read has, (reads,).

    A read without a tile has -1. Of more than `MOST_TILES`, those that are left out count as the
    first of them, to save memory.

    Args:
        tiles: ``int64``, (reads,): that of each read; -1 for none.
        most: There are no more different ones.
    """
    table = np.full(1 << (2 * most).bit_length(), -1)
    found, slots = np.empty_like(tiles), np.empty_like(tiles)
    found = found[: number_tiles(tiles, table, found, slots)]
    if len(found) > 1:
        order = np.argsort(found)
        rank = np.empty(len(order) + 1, np.int64)
        rank[order] = np.minimum(np.arange(len(found)), MOST_TILES)
        rank[-1] = -1  # of reads without a tile
        found, slots = found[order[: MOST_TILES + 1]], rank[slots]
    return found, slots


def _of_one_tile(reads: Reads, qualities: StringColumn) -> NDArray[np.int64]:
    """The record of one tile, (1, 2, cycles + 1), of what is counted anyway."""
    scores = scores_of(reads, qualities)
    cycles, most = scores.shape
    values = np.zeros((1, 2, cycles + 1), np.int64)
    values[0, _SUMS, :cycles] = scores @ _BYTES[:most]
    values[0, _READS] = np.bincount(qualities.lengths, minlength=cycles + 1)
    return values


def _added_up(
    qualities: StringColumn, slots: NDArray[np.int64], tiles: int, cycles: int
) -> NDArray[Any]:
    """The record of several tiles, (tiles, 2, cycles + 1)."""
    total: NDArray[Any] | None = None
    room, waiting = np.zeros((tiles, cycles), np.uint16), np.zeros(tiles, np.int64)
    for first in range(0, len(slots), _MOST_READS):
        sums, by_length = values = np.zeros((2, tiles, cycles + 1), np.int32)
        some = slice(first, first + _MOST_READS)
        starts, stops, own = (each[some] for each in (qualities.starts, qualities.stops, slots))
        add_scores(starts, stops, qualities.data, own, room, waiting, sums, by_length)
        waiting.fill(0)
        total = values if total is None else np.add(total, values, dtype=np.int64)
    assert total is not None
    return total.swapaxes(0, 1)


def _bases(reads: NDArray[np.int64]) -> NDArray[np.int64]:
    """Reads by length as reads that reach each cycle: (..., cycles + 1) to (..., cycles)."""
    return np.flip(np.cumsum(np.flip(reads[..., 1:], -1), -1), -1)


def _table(group: str, record: Keyed) -> pa.Table:
    bases = _bases(record.values[:, _READS])
    sums = record.values[:, _SUMS, :-1] - _OFFSET * bases
    groups = base_groups(sums.shape[1])
    starts = [each.first - 1 for each in groups]
    counts = np.add.reduceat(bases, starts, axis=1) if groups else bases
    with np.errstate(invalid="ignore"):
        means = sums / bases  # NaN where no read reaches
        columns = [_mean(means[:, each.first - 1 : each.last]) for each in groups]
        mean = np.stack(columns, 1) if columns else np.zeros((len(sums), 0))
        deviation = mean - _mean(mean.T)
    names = [tile_name(tile) for tile in record.keys.tolist()]
    cells = {
        "group": repeated([group], mean.size),
        "tile": repeated(names, len(groups)),
        "first_cycle": np.tile(np.array([each.first for each in groups], np.int64), len(names)),
        "last_cycle": np.tile(np.array([each.last for each in groups], np.int64), len(names)),
        "bases": counts.ravel(),
        "mean_quality": array(mean.ravel(), pa.float64(), np.isnan(mean.ravel())),
        "deviation": array(deviation.ravel(), pa.float64(), np.isnan(deviation.ravel())),
    }
    return table(cells, _SCHEMA)


def _mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean of each row without NaN, added up in order, as FastQC does."""
    known = ~np.isnan(values)
    total = np.cumsum(np.where(known, values, 0.0), axis=1)[:, -1]
    return np.where(known.any(1), total / known.sum(1), np.nan)
