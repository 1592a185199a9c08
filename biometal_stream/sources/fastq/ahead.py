"""The good records of one file, read ahead as far as needed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from biometal_stream.endings import UntilError
from biometal_stream.sources.text.shown import LONGEST_NAME, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from biometal_stream.sources.fastq.good_records import GoodRecords

SetAside: TypeAlias = Callable[[bytes], None]
"""Takes the raw bytes of what is skipped."""

_PAIR = 2


class RecordsAhead:
    """The good records of one file; some can be read ahead.

    Args:
        records: The records in order.
        most_bytes: The most bytes to hold ahead, except for the last records.
        set_aside: Takes what is bad, once everything before it has been taken.
    """

    def __init__(
        self, records: Iterator[GoodRecords], most_bytes: int, set_aside: SetAside
    ) -> None:
        self._records = UntilError(records)
        self._most_bytes = most_bytes
        self._set_aside = set_aside
        self._held: deque[GoodRecords] = deque()
        self._rows = 0
        self._bytes = 0
        self.ended = False
        self._find_front()

    def _pull(self) -> bool:
        good = next(self._records, None)
        if good is None:
            self.ended = True
            return False
        self._held.append(good)
        self._rows += len(good)
        self._bytes += good.nbytes
        return True

    @property
    def front(self) -> GoodRecords | None:
        """The next records; ``None`` at the end."""
        return self._held[0] if self._held else None

    def check(self) -> None:
        """Raises the error that ended the records, once all of them have been taken."""
        if not self._held:
            self._records.check()

    def look(self, number: int) -> list[GoodRecords]:
        """The next records, this many; fewer at the end, or if they are long."""
        while self._rows < number and (self._rows < _PAIR or self._bytes < self._most_bytes):
            if not self._pull():
                break
        found: list[GoodRecords] = []
        for good in self._held:
            found.append(good.slice(0, min(number, len(good))))
            number -= len(found[-1])
            if not number:
                break
        return found

    def shows_all(self, rows: int) -> bool:
        """Whether only this many records are left."""
        return self.ended and rows == self._rows

    def take(self, number: int, kept: NDArray[np.int64] | None = None) -> str | None:
        """Takes records, and sets aside what is bad or not kept.

        Args:
            number: How many.
            kept: The index of each record to keep, in order; ``None`` for all.

        Returns:
            The location of the first record that is not kept: the file and its name.
        """
        orphan: str | None = None
        done = 0
        while number > done:
            good = self._held.popleft()
            self._bytes -= good.nbytes
            if number - done < len(good):
                self._held.appendleft(good.slice(number - done))
                self._bytes += self._held[0].nbytes
                good = good.slice(0, number - done)
            self._rows -= len(good)
            if kept is not None:
                low, high = np.searchsorted(kept, [done, done + len(good)])
                here = kept[low:high] - done
                if orphan is None and len(here) < len(good):
                    row = int(np.setdiff1d(np.arange(len(good)), here)[0])
                    name = show(good.batch.column("name")[row].as_py().encode(), LONGEST_NAME)
                    orphan = f"{good.lines.text.file}: {name}"
                done += len(good)
                good = replace(good, starts=good.starts[here], stops=good.stops[here])
            else:
                done += len(good)
            self._set_aside(good.bad())
            self._find_front()
        return orphan

    def _find_front(self) -> None:
        """Makes sure that the next segment has records, and not only bad bytes."""
        while True:
            while self._held and not len(self._held[0]):
                bad = self._held.popleft()
                self._bytes -= bad.nbytes
                self._set_aside(bad.all())
            if self._held or not self._pull():
                return
