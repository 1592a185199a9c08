"""Finds the mates of reads that come in any order, in bounded memory."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from biometal_stream.columns import empty_batch, string_column, without_views
from biometal_stream.errors import DataError, SinkError
from biometal_stream.mates.names import Separator, contradiction
from biometal_stream.operators.kernels.names import hash_names
from biometal_stream.operators.pairs.names import LOOKED_AT, described, marks, separator_of, stems
from biometal_stream.operators.pairs.spilling import ORDER, Partitions, Runs
from biometal_stream.view import take_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

MATE = "\0mate"
"""The column of mates in temporary files: 0 if it is not known."""
_BATCH_ROWS = 20_000


class Shown(NamedTuple):
    """The first reads of each kind: names, and the mates that they are marked as."""

    names: list[bytes]
    marks: list[int]


class Repairing:
    """The state of `RepairPairs`: takes reads in any order, and gives pairs.

    Args:
        paired: Returns the schema of the pairs, for that of the reads.
        folder: Where temporary files go; ``None`` for the default.

    Attributes:
        leave: Takes the reads without a mate; set by the run.
    """

    exhausted = False

    def __init__(self, paired: Callable[[pa.Schema], pa.Schema], folder: str | None) -> None:
        self._paired = paired
        self._folder = _made(folder)
        self._partitions: Partitions | None = None
        self._rows = 0
        self._shown = [Shown([], []) for _ in range(3)]
        self._orphans = 0
        self._repeated = 0
        self._repeated_name = ""
        self.leave: Callable[[pa.RecordBatch], None] = lambda _: None

    @property
    def details(self) -> dict[str, object]:
        """What was found, for the statistics of the run."""
        found: dict[str, object] = {"orphans": self._orphans}
        if self._repeated:
            found |= {"repeated names": self._repeated, "such as": self._repeated_name}
        return found

    def close(self) -> None:
        """Removes the temporary files."""
        if self._partitions is not None:
            with suppress(SinkError):
                self._partitions.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _begin(self, schema: pa.Schema) -> Partitions:
        self._schema = self._paired(schema)
        self._columns = [name for name in self._schema.names if name != "mate"]
        extra = [pa.field(ORDER, pa.int64()), pa.field(MATE, pa.int8())]
        empty = empty_batch(self._schema)
        plain = [pa.field(name, without_views(empty.column(name)).type) for name in self._columns]
        self._kept = pa.schema([*plain, *extra])
        return Partitions(self._folder / "reads", self._kept, _hashes)

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Takes reads; returns none of them yet."""
        if self._partitions is None:
            self._partitions = self._begin(batch.schema)
        rows = batch.num_rows
        mates = np.zeros(rows, np.int8)
        if "mate" in batch.schema.names:
            column = batch.column("mate")
            given = column.to_numpy(zero_copy_only=False)
            mates = np.where(np.isin(given, [1, 2]), given, 0).astype(np.int8)
        names = string_column(batch.column("name"), "name")
        marked = marks(names, described(batch))
        self._look(batch, mates, marked)
        mates = np.where(mates == 0, marked, mates)
        order = np.arange(self._rows, self._rows + rows)
        self._rows += rows
        columns = [without_views(batch.column(name)) for name in self._columns]
        added = [pa.array(order), pa.array(mates)]
        self._partitions.add(pa.RecordBatch.from_arrays([*columns, *added], schema=self._kept))
        return empty_batch(self._schema)

    def _look(
        self, batch: pa.RecordBatch, mates: NDArray[np.int8], marked: NDArray[np.int8]
    ) -> None:
        for mate, shown in enumerate(self._shown):
            if len(shown.names) < LOOKED_AT:
                rows = np.flatnonzero(mates == mate)[: LOOKED_AT - len(shown.names)]
                names = batch.column("name")
                shown.names.extend(names[row].as_py().encode() for row in rows.tolist())
                shown.marks.extend(marked[rows].tolist())

    def flush(self) -> Iterator[pa.RecordBatch]:
        """Yields the pairs, in the order of mates 1, and lets the other reads leave after them."""
        if self._partitions is None:
            return
        mixed, ones, twos = self._shown
        wrong = contradiction(ones.marks, twos.marks)
        if wrong is not None:
            raise DataError(
                f"repair-pairs: the reads of the first input are marked as mates {wrong[0]}, those"
                f" of the second as mates {wrong[1]}; give mates 1 first"
            )
        separator = separator_of(ones.names, twos.names, mixed.names)
        pairs = Runs(self._folder / "pairs", self._kept)
        orphans = Runs(self._folder / "orphans", self._kept)
        for batches in self._partitions.finished():
            if batches:
                paired, alone = self._matched(pa.concat_batches(batches), separator)
                for runs, found in ((pairs, paired), (orphans, alone)):
                    if found.num_rows:
                        runs.add([found])
        yield from self._whole(pairs.merged())
        for batch in self._whole(orphans.merged()):
            self._orphans += batch.num_rows
            self.leave(batch)
            yield empty_batch(self._schema)  # so that orphans do not wait in memory

    def _matched(
        self, batch: pa.RecordBatch, separator: Separator
    ) -> tuple[pa.RecordBatch, pa.RecordBatch]:
        """The pairs of a partition and its orphans, each in order."""
        order = batch.column(ORDER).to_numpy()
        mates = batch.column(MATE).to_numpy()
        names = string_column(batch.column("name"), "name")
        codes = stems(names, separator).dictionary_encode().indices.to_numpy()
        found = match(codes, order, mates)
        if found.repeated is not None:
            self._repeated += found.repeats
            name = batch.column("name")[found.repeated].as_py()
            self._repeated_name = self._repeated_name or name
        first = np.repeat(order[found.ones], 2)
        rows = np.empty(2 * len(found.ones), np.int64)
        rows[0::2], rows[1::2] = found.ones, found.twos
        alternating = np.tile(np.array([1, 2], np.int8), len(found.ones))
        paired = _with(take_rows(batch, rows), {ORDER: first, MATE: alternating})
        alone = take_rows(batch, found.alone)
        known = np.maximum(mates[found.alone], 1)  # what is not known counts as mate 1
        return paired, _with(alone, {MATE: known})

    def _whole(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The batches with the columns of the output, and about as large as those of a source."""
        some: list[pa.RecordBatch] = []
        rows = 0
        for batch in batches:
            some.append(batch)
            rows += batch.num_rows
            if rows >= _BATCH_ROWS:
                yield self._output(pa.concat_batches(some))
                some, rows = [], 0
        if rows:
            yield self._output(pa.concat_batches(some))

    def _output(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        columns: dict[str, Any] = {name: batch.column(name) for name in self._columns}
        columns["mate"] = batch.column(MATE)
        found = [columns[field.name].cast(field.type) for field in self._schema]
        return pa.RecordBatch.from_arrays(found, schema=self._schema)


class Matched(NamedTuple):
    """Which rows are mates.

    Attributes:
        ones: The rows of mates 1, in order.
        twos: Those of their mates.
        alone: The rows without a mate, in order.
        repeats: How many names several reads of one mate have.
        repeated: A row with such a name; ``None`` if there is none.
    """

    ones: NDArray[np.int64]
    twos: NDArray[np.int64]
    alone: NDArray[np.int64]
    repeats: int
    repeated: int | None


def match(codes: NDArray[Any], order: NDArray[np.int64], mates: NDArray[np.int8]) -> Matched:
    """Finds mates by their names: the first read of a name and mate 1 with the first of mate 2.

    Args:
        codes: (rows,): a number for each name.
        order: ``int64``, (rows,): the places of the reads in the input.
        mates: ``int8``, (rows,): 1 or 2; 0 if it is not known. Of two such reads of one name the
            first is mate 1.
    """
    rows = np.lexsort((order, codes))
    guessed = 1 + _numbers(codes[rows], mates[rows] == 0)[_inverse(rows)] % 2
    mates = np.where(mates == 0, guessed, mates)
    rows = np.lexsort((order, mates, codes))
    starts = np.ones(len(rows), np.bool_)
    starts[1:] = (codes[rows][1:] != codes[rows][:-1]) | (mates[rows][1:] != mates[rows][:-1])
    places = np.arange(len(rows))
    number = np.empty(len(rows), np.int64)
    number[rows] = places - np.maximum.accumulate(np.where(starts, places, 0))
    again = np.flatnonzero(number == 1)
    rows = np.lexsort((mates, number, codes))
    one, two = rows[:-1], rows[1:]
    joined = (codes[one] == codes[two]) & (number[one] == number[two])
    ones, twos = one[joined], two[joined]
    by_place = np.argsort(order[ones], kind="stable")
    alone = np.ones(len(codes), np.bool_)
    alone[ones] = alone[twos] = False
    left = np.flatnonzero(alone)
    left = left[np.argsort(order[left], kind="stable")]
    repeated = int(again[np.argmin(order[again])]) if len(again) else None
    return Matched(ones[by_place], twos[by_place], left, len(np.unique(codes[again])), repeated)


def _numbers(codes: NDArray[Any], counted: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How many of the rows before each one have the same code and are counted; codes are sorted."""
    before: NDArray[np.int64] = np.cumsum(counted) - counted
    starts = np.ones(len(codes), np.bool_)
    starts[1:] = codes[1:] != codes[:-1]
    return before - np.maximum.accumulate(np.where(starts, before, 0))


def _inverse(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    inverse = np.empty(len(rows), np.int64)
    inverse[rows] = np.arange(len(rows))
    return inverse


def _with(batch: pa.RecordBatch, columns: dict[str, NDArray[Any]]) -> pa.RecordBatch:
    for name, values in columns.items():
        place = batch.schema.get_field_index(name)
        batch = batch.set_column(place, batch.schema.field(place), pa.array(values))
    return batch


def _hashes(batch: pa.RecordBatch) -> NDArray[np.uint64]:
    names = string_column(batch.column("name"), "name")
    hashes = np.empty(batch.num_rows, np.uint64)
    hash_names(names.starts, names.stops, names.data, np.uint64(0), hashes)
    return hashes


def _made(folder: str | None) -> Path:
    try:
        return Path(tempfile.mkdtemp(prefix="biometal-stream-", dir=folder))
    except OSError as error:
        raise SinkError(f"cannot make a folder for temporary files: {error}") from error
