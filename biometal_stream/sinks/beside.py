"""Sinks that are written in one run: the output, and reads set aside from it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.sinks.base import OpenRebatching
    from biometal_stream.sinks.rebatch import Rebatcher


class SetAside(list["pa.RecordBatch"]):
    """A morsel of reads that were set aside, not part of the output.

    Attributes:
        morsel: The morsel, as its sink made it.
        place: The place of that sink.
    """

    def __init__(self, morsel: list[pa.RecordBatch], place: int) -> None:
        super().__init__(morsel)
        self.morsel = morsel
        self.place = place


class OpenBeside:
    """All open sinks of a run, used as one.

    Rows to set aside may be passed from any thread; they are written in the order in which they
    are passed. For the rest this is used like an `OpenRebatching`.

    Args:
        output: The sink of the output.
        others: The sinks of the reads that are set aside, by name.
    """

    def __init__(self, output: OpenRebatching[Any], others: dict[str, OpenRebatching[Any]]) -> None:
        self._output = output
        self._others = tuple(others.values())
        self._places = {name: place for place, name in enumerate(others)}
        self._waiting: deque[tuple[int, pa.RecordBatch]] = deque()

    def set_aside(self, name: str, batch: pa.RecordBatch) -> None:
        """Passes rows to one of the other sinks."""
        if batch.num_rows:
            self._waiting.append((self._places[name], batch))

    def rebatch(self, batches: Iterator[pa.RecordBatch], /) -> Iterator[list[pa.RecordBatch]]:
        """Makes morsels of the output's rows and of the rows that were set aside."""
        output = self._output.rebatcher()
        others = [each.rebatcher() for each in self._others]
        for batch in batches:
            yield from self._drained(others)
            yield from output.add(batch)
            del batch  # the next one may take long
        yield from self._drained(others)
        yield from output.finish()
        for place, rebatcher in enumerate(others):
            for morsel in rebatcher.finish():
                yield SetAside(morsel, place)

    def _drained(self, others: list[Rebatcher]) -> Iterator[list[pa.RecordBatch]]:
        while self._waiting:
            place, batch = self._waiting.popleft()
            for morsel in others[place].add(batch):
                yield SetAside(morsel, place)

    def encode(self, batches: list[pa.RecordBatch], /) -> tuple[int | None, Any]:
        """Turns a morsel into bytes."""
        if isinstance(batches, SetAside):
            batches.clear()
            return batches.place, self._others[batches.place].encode(batches.morsel)
        return None, self._output.encode(batches)

    def write(self, part: tuple[int | None, Any], /) -> None:
        """Writes an encoded morsel to its sink."""
        place, data = part
        (self._output if place is None else self._others[place]).write(data)

    @property
    def sinks(self) -> tuple[OpenRebatching[Any], ...]:
        """All sinks, the output's first."""
        return (self._output, *self._others)

    @property
    def bytes_written(self) -> int:
        """Bytes written to all targets so far."""
        return sum(each.bytes_written for each in self.sinks)

    @property
    def outputs(self) -> tuple[str, ...]:
        """The files of all sinks, the output's first."""
        return tuple(path for each in self.sinks for path in each.outputs)
