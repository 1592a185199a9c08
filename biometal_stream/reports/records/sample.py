"""Counts by 64-bit hash: of all things counted, or of a fixed sample of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

import numpy as np

from biometal_stream.reports.records.packed_sample import packed_run, unpacked_run
from biometal_stream.reports.records.tally import added, counted, last_with
from biometal_stream.scratch import KeptScratch

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.reports.records.base import Record

KEPT = 1 << 15
"""The most hashes in a sample, which has at least half as many, but for chance. So the standard
error of the number of all hashes is below 0.8 percent."""

_MOST_RUNS = 64
_KEPT = KeptScratch()


class Run(NamedTuple):
    """Hashes in ascending order, each of them once.

    Attributes:
        hashes: ``uint64``, (hashes,)
        copies: ``int64``, (hashes,): how often each was seen.
        texts: ``uint8``, (hashes, bytes): the text of each, filled up with zeros; of no bytes if
            none are kept.
    """

    hashes: NDArray[np.uint64]
    copies: NDArray[np.int64]
    texts: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Sample:
    """How often each hash was seen.

    Up to ``whole`` different hashes are all kept. Of more, those are kept that begin with ``zeros``
    zero bits: the fewest that leave no more than `KEPT`. Whether a hash is in the sample depends on
    it alone, so each one that is has been counted in full (Wegman's adaptive sampling: Flajolet,
    Computing 43, 1990).

    The sample of a run does not depend on how its parts were added. What a part dropped, the whole
    drops as well: a part drops hashes only if it has more than ``whole`` of them, and then the
    whole has more, too; and for any number of zero bits the whole has at least the hashes of the
    part, so it needs at least as many zero bits.

    To make adding cheap, hashes wait in up to 64 sorted runs, and ``zeros`` may be less than is
    needed, until there are twice as many hashes as can be kept. `settled` is the sample as it is
    defined.

    Attributes:
        whole: The most different hashes up to which all are kept.
        zeros: How many bits at the beginning of a hash must be zero; at most what the sample needs.
        runs: The hashes. One may be in several runs, with the same text. Those that begin with
            fewer zero bits are no longer counted.
        held: The number of hashes in all runs.
        seen: How often any hash was seen, in the sample or not.
    """

    kind: ClassVar[str] = "sample"

    whole: int
    zeros: int
    runs: tuple[Run, ...]
    held: int
    seen: int

    @classmethod
    def joining(
        cls,
        other: Record | None,
        hashes: NDArray[np.uint64],
        texts: Callable[[NDArray[np.int64]], NDArray[np.uint8]] | None = None,
        *,
        whole: int | None = None,
    ) -> Sample:
        """Counts hashes, to be added to another sample: what has no place there is left out.

        Args:
            other: The other sample; anything else is ignored.
            hashes: ``uint64``, (things,), in any order.
            texts: Makes the texts of some of the things, ``uint8``, (some, bytes), given their
                places; equal for equal hashes.
            whole: As the attribute; by default `KEPT`.
        """
        zeros = other.zeros if isinstance(other, Sample) else 0
        found, copies, places = counted(hashes, zeros)
        made = _no_texts(len(found)) if texts is None else texts(places)
        whole = KEPT if whole is None else whole
        runs = (Run(found, copies, made),)
        return Sample(whole, zeros, runs, len(found), len(hashes))._bounded()

    def __add__(self, other: Sample, /) -> Sample:
        """The sample of what was seen in both."""
        zeros = max(self.zeros, other.zeros)
        runs, held = (*self.runs, *other.runs), self.held + other.held
        if len(runs) > _MOST_RUNS:
            first = _first_short(runs)
            runs = (*runs[:first], _joined(runs[first:], zeros)[0])
            held = sum(len(run.hashes) for run in runs)
        return Sample(self.whole, zeros, runs, held, self.seen + other.seen)._bounded()

    @cached_property
    def settled(self) -> Sample:
        """The same sample with one run, and with all the zero bits that it needs."""
        run, zeros = _joined(self.runs, self.zeros, self.whole)
        if zeros == self.zeros and len(self.runs) == 1 and run is self.runs[0]:
            return self
        return Sample(self.whole, zeros, (run,), len(run.hashes), self.seen)

    @property
    def hashes(self) -> NDArray[np.uint64]:
        """``uint64``, (hashes,): those of the sample, in ascending order."""
        return self.settled.runs[0].hashes

    @property
    def copies(self) -> NDArray[np.int64]:
        """``int64``, (hashes,): how often each was seen."""
        return self.settled.runs[0].copies

    @property
    def texts(self) -> NDArray[np.uint8]:
        """``uint8``, (hashes, bytes): their texts, filled up with zeros."""
        return self.settled.runs[0].texts

    @property
    def share(self) -> float:
        """The share of all hashes that are in the sample; 1 if all are."""
        return float(0.5**self.settled.zeros)

    def copies_of(self, hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
        """How often hashes were seen, (hashes,); -1 for those that the sample leaves out."""
        places = np.searchsorted(self.hashes, hashes)
        known = np.append(self.hashes, np.uint64(0))[places] == hashes
        copies = np.where(known, np.append(self.copies, 0)[places], 0)
        return np.where(begins_with_zeros(hashes, self.settled.zeros), copies, -1)

    def _bounded(self) -> Sample:
        """Settles a sample that has more than twice what it has to keep."""
        most = self.whole if not self.zeros else KEPT
        return self.settled if self.held > 2 * most else self

    def to_plain(self, like: Sample | None = None) -> dict[str, Any]:
        """The record as plain objects, for JSON.

        Args:
            like: Another sample of the same things. What both have is not written again.
        """
        settled = self.settled
        run = packed_run(settled.runs[0], None if like is None else like.settled.runs[0])
        numbers = {"whole": self.whole, "zeros": settled.zeros, "seen": self.seen}
        return {"kind": self.kind, **numbers, **run}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any], /, like: Sample | None = None) -> Self:
        """The record of such objects, if need be with the same other sample."""
        run = Run(*unpacked_run(plain, None if like is None else like.settled.runs[0]))
        return cls(plain["whole"], plain["zeros"], (run,), len(run.hashes), plain["seen"])


def begins_with_zeros(hashes: NDArray[np.uint64], zeros: int) -> NDArray[np.bool_]:
    """Which hashes begin with so many zero bits, (hashes,)."""
    found: NDArray[np.bool_] = hashes <= last_with(zeros)
    return found


def _number_with_zeros(zeros: int, hashes: NDArray[np.uint64]) -> int:
    """How many of the hashes begin with so many zero bits; the hashes are in order."""
    return int(np.searchsorted(hashes, last_with(zeros), side="right"))


def _beginning(run: Run, zeros: int) -> Run:
    """The hashes of a run that begin with so many zero bits."""
    count = _number_with_zeros(zeros, run.hashes)
    return run if count == len(run.hashes) else _cut(run, count)


def _cut(run: Run, count: int) -> Run:
    """The first hashes of a run; a copy if these are few, so that the others can go."""
    first = Run(run.hashes[:count], run.copies[:count], run.texts[:count])
    few = 2 * count < len(run.hashes)
    return Run(first.hashes.copy(), first.copies.copy(), first.texts.copy()) if few else first


def _first_short(runs: Sequence[Run]) -> int:
    """The first of those runs at the end that are shorter than twice all after them.

    If these are joined, each hash is moved only a few times.
    """
    first = len(runs) - 1
    after = len(runs[first].hashes)
    while first and len(runs[first - 1].hashes) < 2 * max(after, 1):
        first -= 1
        after += len(runs[first].hashes)
    return first


def _joined(runs: Sequence[Run], zeros: int, whole: int | None = None) -> tuple[Run, int]:
    """One run of several.

    Args:
        runs: The runs.
        zeros: How many zero bits the hashes must begin with.
        whole: If given, more zero bits are asked for, as a sample needs that keeps so many.

    Returns:
        The run, and the zero bits that its hashes begin with.
    """
    some = [run for run in (_beginning(run, zeros) for run in runs) if len(run.hashes)]
    more = partial(_zeros_needed, zeros, whole)
    if len(some) < 2:
        one = some[0] if some else _cut(runs[-1], 0) if runs else _NOTHING
        zeros = more(len(one.hashes), lambda zeros: _number_with_zeros(zeros, one.hashes))
        return _beginning(one, zeros), zeros
    hashes, copies = [run.hashes for run in some], [run.copies for run in some]
    tally, zeros = added(hashes, copies, zeros, more)
    return Run(tally.hashes, tally.copies, _texts(some, zeros, tally.origins)), zeros


def _texts(runs: Sequence[Run], zeros: int, places: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Some texts of runs, all of hashes that begin with so many zero bits.

    Args:
        runs: The runs.
        zeros: The zero bits.
        places: Which texts: their places in all the runs together.
    """
    width = runs[0].texts.shape[1]
    if not width:
        return _no_texts(len(places))
    size = sum(len(run.hashes) for run in runs)
    texts = _KEPT.bytes("texts", width * size).reshape(size, width)
    first = 0
    for run in runs:
        count = _number_with_zeros(zeros, run.hashes)
        texts[first : first + count] = run.texts[:count]
        first += len(run.hashes)
    return texts.take(places, axis=0)


def _zeros_needed(
    zeros: int, whole: int | None, count: int, number_with: Callable[[int], int]
) -> int:
    """How many zero bits a sample needs.

    Args:
        zeros: How many its hashes begin with.
        whole: Of how many different hashes all are kept; of any number, if this is ``None``.
        count: The number of different hashes.
        number_with: Tells how many of them begin with a number of zero bits.
    """
    if whole is not None and (zeros or count > whole):
        while count > KEPT:
            zeros += 1
            count = number_with(zeros)
    return zeros


def _no_texts(count: int) -> NDArray[np.uint8]:
    return np.zeros((count, 0), np.uint8)


_NOTHING = Run(np.zeros(0, np.uint64), np.zeros(0, np.int64), _no_texts(0))
