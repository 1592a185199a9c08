"""Size, start and look-ups of indexes of any number of k-mers."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benches.depletion.synthetic import RandomSet
from biometal_stream.indexes.compact.opening import open_compact
from biometal_stream.indexes.compact.rate import rate_of_reads
from biometal_stream.indexes.compact.writing import write_compact
from biometal_stream.indexes.exact import ExactIndex
from biometal_stream.indexes.mixing import unmixed
from biometal_stream.indexes.scheme import Scheme

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from biometal_stream.indexes.index import Index

BATCH = 100_000
"""The k-mers of a look-up: those of 7,000 reads of 150 bases."""

KMERS = 14
"""The minimizers of a read of 150 bases."""


@dataclass(frozen=True)
class Figures:
    """What was measured of an index, in seconds of processor time where not said otherwise.

    Attributes:
        name: The index.
        nbytes: Its size, in bytes.
        count: Its k-mers.
        made: Seconds to write it, or to load it.
        start: Seconds of wall time from opening it to the answer for one read, without the file
            in the page cache; ``None`` where it is not opened.
        resident: Bytes of memory that this took.
        hits: Nanoseconds for a k-mer that it has: the best batch and the median.
        misses: The same for one that it does not have.
        rate: The false-positive rate of a k-mer, as computed.
        measured: As measured.
    """

    name: str
    nbytes: int
    count: int
    made: float
    start: float | None
    resident: int | None
    hits: tuple[float, float]
    misses: tuple[float, float]
    rate: float
    measured: float

    def lines(self) -> list[str]:
        """The figures as text."""
        bits = 8 * self.nbytes / self.count
        read = rate_of_reads(self.rate, KMERS, 2)
        lines = [
            (
                f"{self.name}: {self.count:,} k-mers in {self.nbytes / 1e6:,.1f} MB,"
                f" {bits:.2f} bits each, made in {self.made:.1f} s"
            ),
            f"  look-ups: {_spread(self.hits)} ns for a hit, {_spread(self.misses)} ns for a miss",
            (
                f"  a read of {KMERS} k-mers: {self.hits[1] * KMERS / 1000:.3f} µs with hits,"
                f" {self.misses[1] * KMERS / 1000:.3f} µs without"
            ),
            (
                f"  false positives: {self.rate:.3e} of k-mers computed,"
                f" {self.measured:.3e} measured; {read:.2e} of reads have two"
            ),
        ]
        if self.start is not None and self.resident is not None:
            lines.append(
                f"  start: {self.start * 1000:.1f} ms to the first read, with"
                f" {self.resident / 1e6:.1f} MB in memory"
            )
        return lines


def compact(some: RandomSet, folder: Path, batches: int) -> Figures:
    """Writes a compact index, opens it and looks k-mers up in it."""
    path = folder / "synthetic.kmers"
    try:
        made = _seconds(lambda: [None for _ in some.hashes()])  # what the hashes alone take
        with path.open("wb") as file:
            about = {"sources": ["random"]}
            made = (
                _seconds(lambda: write_compact(file, some.hashes(), some.count, Scheme(), about))
                - made
            )
            file.flush()
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        others = some.others()
        before, begun = _resident(), time.perf_counter()
        index = open_compact(path)
        index.contains(others[:KMERS])
        start, resident = time.perf_counter() - begun, _resident() - before
        return _figures("compact", index, some, batches, made, start, resident)
    finally:
        path.unlink(missing_ok=True)


def exact(some: RandomSet, batches: int) -> Figures:
    """Loads an exact index and looks k-mers up in it."""

    def values() -> Iterator[NDArray[np.uint64]]:
        return map(unmixed, some.hashes())

    made = _seconds(lambda: [None for _ in values()])
    begun = time.thread_time()
    index = ExactIndex.of(Scheme(), values(), some.count)
    made = time.thread_time() - begun - made
    return _figures("exact", index, some, batches, made, None, None)


def _figures(
    name: str,
    index: Index,
    some: RandomSet,
    batches: int,
    made: float,
    start: float | None,
    resident: int | None,
) -> Figures:
    others = some.others(BATCH * max(batches, 200))
    sample = some.sample()
    if not index.contains(sample).all():
        raise AssertionError(f"the {name} index does not have all of its k-mers")
    measured = float(index.contains(others).mean())
    return Figures(
        name=name,
        nbytes=index.nbytes,
        count=index.count,
        made=made,
        start=start,
        resident=resident,
        hits=_lookups(index, sample, batches),
        misses=_lookups(index, others, batches),
        rate=index.false_positive_rate,
        measured=measured,
    )


def _lookups(index: Index, values: NDArray[np.uint64], batches: int) -> tuple[float, float]:
    """Nanoseconds for a k-mer: the best batch, and the median."""
    times = []
    size = min(BATCH, len(values))
    for number in range(batches):
        first = number * size % (len(values) - size + 1)
        batch = values[first : first + size]
        times.append(_seconds(lambda: index.contains(batch)) / size * 1e9)  # noqa: B023
    times.sort()
    return times[0], times[len(times) // 2]


def _seconds(work: Callable[[], object]) -> float:
    begun = time.thread_time()
    work()
    return time.thread_time() - begun


def _resident() -> int:
    """The bytes of memory that this process holds, mapped files included."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def _spread(times: tuple[float, float]) -> str:
    return f"{times[0]:.1f} to {times[1]:.1f}"
