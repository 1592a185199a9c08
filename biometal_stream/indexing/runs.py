"""Sets of hashes that need not fit in memory: sorted runs, in memory and on disk, and their merge.

Hashes spread evenly over all words of 64 bits. So words of one range, a few of `CELLS` equal cells,
are about as many in each run as the range is large, and ranges are merged one by one, each in
memory. What is merged does not depend on how the words came into runs.
"""

from __future__ import annotations

import os
import tempfile
import weakref
from collections import deque
from typing import TYPE_CHECKING, Protocol

import numpy as np

from biometal_stream.errors import SinkError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Executor, Future

    from numpy.typing import NDArray

CELLS = 1 << 12
"""The cells that words are divided into by their upper bits."""

_WORD = 8
_BOUNDS = np.arange(CELLS, dtype=np.uint64) << np.uint64(64 - 12)
_MOST_HELD = 512
"""Arrays of words in memory: more are merged, whatever they hold."""
_MOST_FILES = 64
"""Runs on disk: a process can open at least 256 files."""
_MERGED_EARLY = 2
"""Runs on disk are merged when they have so many times the words of their last merge."""


class SortedRun(Protocol):
    """Distinct words in ascending order."""

    @property
    def offsets(self) -> NDArray[np.int64]:
        """The words before each cell, and all of them, ``int64``, (`CELLS` + 1,)."""

    def read(self, start: int, stop: int) -> NDArray[np.uint64]:
        """Returns the words ``start`` to ``stop``, exclusive; thread-safe."""


def _offsets(words: NDArray[np.uint64]) -> NDArray[np.int64]:
    return np.append(np.searchsorted(words, _BOUNDS), len(words)).astype(np.int64)


class HeldRun:
    """A run in memory.

    Args:
        words: ``uint64``, (n,), distinct, in ascending order.
    """

    def __init__(self, words: NDArray[np.uint64]) -> None:
        self._words = words
        self.offsets = _offsets(words)

    def read(self, start: int, stop: int) -> NDArray[np.uint64]:
        """As `SortedRun.read`."""
        return self._words[start:stop]


class FileRun:
    """A run in a temporary file, which is gone when this is, however the process ends.

    Args:
        blocks: Its words, in ascending order.
    """

    def __init__(self, blocks: Iterable[NDArray[np.uint64]]) -> None:
        counts = np.zeros(CELLS, np.int64)
        folder = os.environ.get("TMPDIR")  # Python takes another if this one cannot be used
        try:
            folder = folder or tempfile.gettempdir()
            file = tempfile.TemporaryFile(buffering=0, dir=folder)  # noqa: SIM115 - closed with this
            self.close = weakref.finalize(self, file.close)
            self._descriptor = file.fileno()
            for block in blocks:
                view = np.ascontiguousarray(block).view(np.uint8).data
                while view:
                    view = view[os.write(self._descriptor, view) :]
                counts += np.diff(_offsets(block))
        except OSError as error:
            raise SinkError(
                f"{folder or 'temporary files'}: cannot hold sorted runs: {error.strerror};"
                " name another folder in TMPDIR, or raise --memory"
            ) from error
        self.offsets = np.append(0, np.cumsum(counts)).astype(np.int64)

    def read(self, start: int, stop: int) -> NDArray[np.uint64]:
        """As `SortedRun.read`."""
        words = np.empty(stop - start, np.uint64)
        view, at = words.view(np.uint8).data, start * _WORD
        while view:
            count = os.preadv(self._descriptor, [view], at)
            if not count:
                raise SinkError("a temporary file of sorted runs was truncated")
            view, at = view[count:], at + count
        return words


def size_of(run: SortedRun) -> int:
    """The number of words of a run."""
    return int(run.offsets[-1])


def sorted_distinct(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The distinct words in ascending order."""
    words = np.sort(words)
    keep = np.empty(len(words), np.bool_)
    keep[:1] = True
    np.not_equal(words[1:], words[:-1], out=keep[1:])
    return words if keep.all() else words[keep]


def merged(
    runs: Sequence[SortedRun],
    combine: Callable[[list[NDArray[np.uint64]]], NDArray[np.uint64]],
    executor: Executor,
    workers: int,
    memory: int,
) -> Iterator[NDArray[np.uint64]]:
    """Merges runs, range by range.

    Args:
        runs: The runs.
        combine: Makes one ascending array of the words of all runs in a range, an array for each
            run, in their order. It is called by the workers.
        executor: The workers.
        workers: Their number.
        memory: The bytes that the words of all ranges in work may have.

    Yields:
        What ``combine`` returned, range by range.
    """
    offsets = np.array([run.offsets for run in runs]).reshape(len(runs), CELLS + 1)
    most = max(1, memory // (_WORD * 4 * (workers + 2)))  # a sort and its results are copies

    def work(first: int, last: int) -> NDArray[np.uint64]:
        spans = zip(runs, offsets[:, first], offsets[:, last], strict=True)
        return combine([run.read(int(start), int(stop)) for run, start, stop in spans])

    waiting: deque[Future[NDArray[np.uint64]]] = deque()
    try:
        for first, last in _ranges(offsets.sum(axis=0), most):
            waiting.append(executor.submit(work, first, last))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


def _ranges(offsets: NDArray[np.int64], most: int) -> Iterator[tuple[int, int]]:
    """Ranges of cells with few words in all, or of one cell."""
    first = 0
    while first < CELLS:
        last = int(np.searchsorted(offsets, offsets[first] + most, side="right")) - 1
        last = min(max(last, first + 1), CELLS)
        yield first, last
        first = last


def united(parts: list[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    """The words of any run, for `merged`."""
    full = [part for part in parts if len(part)]
    return full[0] if len(full) == 1 else sorted_distinct(np.concatenate([*full, _NOTHING]))


_NOTHING = np.empty(0, np.uint64)


def common(parts: list[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    """The words of all runs, for `merged`."""
    first, *others = sorted(parts, key=len)
    for other in others:
        first = first[_is_in(first, other)]
    return first


def remaining(parts: list[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    """The words of the first run that are in no other, for `merged`."""
    first, *others = parts
    for other in others:
        first = first[~_is_in(first, other)]
    return first


def _is_in(words: NDArray[np.uint64], others: NDArray[np.uint64]) -> NDArray[np.bool_]:
    if not len(others):
        return np.zeros(len(words), np.bool_)
    places = np.minimum(np.searchsorted(others, words), len(others) - 1)
    return np.asarray(others[places] == words)


class Collected:
    """Collects words into one sorted run, in bounded memory.

    What does not fit is on disk: at most about three times the distinct words, 8 bytes each. For
    use by one thread.

    Args:
        executor: Workers that merge.
        workers: Their number.
        memory: The most bytes to hold: a third of it as runs, the rest while they are merged.
    """

    def __init__(self, executor: Executor, workers: int, memory: int) -> None:
        self._executor, self._workers, self._memory = executor, workers, memory
        self._most = max(1, memory // (3 * _WORD))
        self._held: list[NDArray[np.uint64]] = []
        self._number = 0  # words held
        self._files: list[FileRun] = []
        self._on_disk = 0
        self._settled = 0  # words in the file of the last merge

    def add(self, words: NDArray[np.uint64]) -> None:
        """Adds distinct words in ascending order.

        Raises:
            SinkError: There is no room for temporary files.
        """
        if not len(words):
            return
        self._held.append(words)
        self._number += len(words)
        if self._number > self._most or len(self._held) > _MOST_HELD:
            words = self._together()
            if len(words) > self._most // 2:
                self._spill(words)
            else:
                self._held, self._number = [words], len(words)

    def _together(self) -> NDArray[np.uint64]:
        """The words that are held, as one array."""
        blocks = list(self._merged([HeldRun(words) for words in self._held]))
        self._held, self._number = [], 0
        return np.concatenate([*blocks, _NOTHING])

    def _spill(self, words: NDArray[np.uint64]) -> None:
        self._files.append(FileRun([words]))
        self._on_disk += len(words)
        least = max(8 * self._most, _MERGED_EARLY * self._settled)
        if len(self._files) > 1 and self._on_disk > least:
            self._settle()
        elif len(self._files) > _MOST_FILES:
            self._files.sort(key=size_of)
            self._merge_first(_MOST_FILES // 2)  # the smallest, so that none is merged often

    def _settle(self) -> None:
        """Merges all files into one."""
        self._merge_first(len(self._files))
        self._settled = self._on_disk

    def _merge_first(self, number: int) -> None:
        """Merges the first files into one."""
        one = FileRun(self._merged(self._files[:number]))
        for file in self._files[:number]:
            file.close()
        self._files[:number] = [one]
        self._on_disk = sum(map(size_of, self._files))

    def _merged(self, runs: Sequence[SortedRun]) -> Iterator[NDArray[np.uint64]]:
        return merged(runs, united, self._executor, self._workers, self._memory // 3)

    def finish(self) -> SortedRun:
        """All words, once nothing more is added.

        Raises:
            SinkError: There is no room for temporary files.
        """
        words = self._together()
        if not self._files:
            return HeldRun(words)
        if len(words):
            self._spill(words)
        if len(self._files) > 1:
            self._settle()
        return self._files[0]
