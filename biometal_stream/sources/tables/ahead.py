"""Decodes groups of rows in the workers, ahead of their turn, in bounded memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, wait
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from biometal_stream.budget import budget_of
from biometal_stream.channel import Aborted

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.interfaces import Run


@dataclass(frozen=True)
class Group:
    """A part of a table that can be decoded independently, such as a row group.

    Attributes:
        nbytes: The approximate size of its rows in bytes.
        batches: Decodes it, batch by batch.
    """

    nbytes: int
    batches: Callable[[], Iterator[pa.RecordBatch]]


_Decoded: TypeAlias = "tuple[list[pa.RecordBatch], Iterator[pa.RecordBatch], Exception | None]"


class DecodedAhead:
    """The batches of groups, in order.

    The next group is decoded in the caller's thread, batch by batch, unless a worker has started on
    it. Workers decode the groups after it, as many as fit in a quarter of the run's memory. So a
    group that does not fit is never in memory as a whole.

    Args:
        groups: The groups.
        run: Provides the workers.
        interrupted: Whether the run is over.
    """

    def __init__(self, groups: Sequence[Group], run: Run, interrupted: Callable[[], bool]) -> None:
        self._groups = deque(groups)
        self._run = run
        self._room = budget_of(run).source
        self._interrupted = interrupted
        self._pending: deque[tuple[Group, Future[_Decoded]]] = deque()

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        try:
            while self._pending or self._groups:
                yield from self._next()
        finally:
            running = [job for _, job in self._pending if not job.cancel()]
            self._pending.clear()
            wait(running)

    def _next(self) -> Iterator[pa.RecordBatch]:
        """The batches of the next group."""
        if not self._pending:
            group = self._groups.popleft()
            self._fill()
            yield from self._checked(group.batches())
            return
        group, job = self._pending.popleft()
        if job.cancel():  # not started: this thread can do it
            self._room += group.nbytes
            self._fill()
            yield from self._checked(group.batches())
            return
        self._fill()
        try:
            batches, rest, error = job.result()
        except CancelledError as cancelled:  # the run is ending
            raise Aborted from cancelled
        batches.reverse()
        while batches:
            yield batches.pop()
        self._room += group.nbytes
        if error is not None:
            raise error
        yield from self._checked(rest)

    def _checked(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        with closing(batches):  # type: ignore[type-var] # they are generators
            for batch in batches:
                if self._interrupted():
                    raise Aborted
                yield batch

    def _fill(self) -> None:
        """Submits the next groups to the workers."""
        while (
            self._groups
            and len(self._pending) < self._run.workers
            and self._groups[0].nbytes <= self._room
        ):
            group = self._groups[0]
            try:
                job = self._run.executor.submit(_decode, group, self._interrupted)
            except RuntimeError:  # the executor was shut down: an error unless the run is ending
                if self._interrupted():
                    raise Aborted from None
                raise
            self._groups.popleft()
            self._room -= group.nbytes
            self._pending.append((group, job))


def _decode(group: Group, interrupted: Callable[[], bool]) -> _Decoded:
    """Decodes a group, in a worker; leaves batches beyond the expected size to the caller."""
    batches: list[pa.RecordBatch] = []
    coming = group.batches()
    nbytes = 0
    try:
        for batch in coming:
            batches.append(batch)
            nbytes += batch.nbytes
            if nbytes > 2 * group.nbytes or interrupted():
                break
    except Exception as error:  # noqa: BLE001 - it comes after the batches before it
        return batches, iter(()), error
    return batches, coming, None
