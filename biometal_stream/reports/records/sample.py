"""Counts by 64-bit hash: of all things counted, or of a fixed sample of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

import numpy as np

from biometal_stream.reports.kernels.runs import choose_hashes, tally_hashes
from biometal_stream.reports.records.packing import packed, unpacked

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.reports.records.base import Record

KEPT = 1 << 15
"""The most hashes in a sample, which has at least half as many, but for chance. So the standard
error of the number of all hashes is below 0.8 percent."""

_MOST_RUNS = 32


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

    To make adding cheap, hashes wait in up to 32 sorted runs, and ``zeros`` may be less than is
    needed, until there are twice as many hashes as can be kept. `settled` is the sample as it is
    defined.

    Attributes:
        whole: The most different hashes of which all are kept.
        zeros: How many bits at the beginning of a hash must be zero; at most what the sample needs.
        runs: The hashes. One may be in several runs, with the same text. Those that begin with
            fewer zero bits are no longer counted.
        seen: How often any hash was seen, in the sample or not.
    """

    kind: ClassVar[str] = "sample"

    whole: int
    zeros: int
    runs: tuple[Run, ...]
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
        some, places = _chosen(hashes, zeros)
        found, copies, origins = _tallied(some, np.ones(len(some), np.int64), zeros)
        if places is not None:
            origins = places[origins]
        made = _no_texts(len(found)) if texts is None else texts(origins)
        whole = KEPT if whole is None else whole
        return Sample(whole, zeros, (Run(found, copies, made),), len(hashes))._bounded()

    def __add__(self, other: Sample, /) -> Sample:
        """The sample of what was seen in both."""
        zeros = max(self.zeros, other.zeros)
        runs = (*self.runs, *other.runs)
        if len(runs) > _MOST_RUNS:
            first = _first_short(runs)
            runs = (*runs[:first], _joined(runs[first:], zeros)[0])
        return Sample(self.whole, zeros, runs, self.seen + other.seen)._bounded()

    @cached_property
    def settled(self) -> Sample:
        """The same sample with one run, and with all the zero bits that it needs."""
        run, zeros = _joined(self.runs, self.zeros, self.whole)
        if zeros == self.zeros and len(self.runs) == 1 and run is self.runs[0]:
            return self
        return Sample(self.whole, zeros, (run,), self.seen)

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
        return self.settled if sum(len(run.hashes) for run in self.runs) > 2 * most else self

    def to_plain(self) -> dict[str, Any]:
        """The record as plain objects, for JSON."""
        settled = self.settled
        hashes, copies, texts = settled.runs[0]
        steps = np.diff(hashes, prepend=np.uint64(0)).astype("<u8")
        return {
            "kind": self.kind,
            "whole": self.whole,
            "zeros": settled.zeros,
            "seen": self.seen,
            "steps": packed(steps.view(np.uint8).reshape(-1, 8).T),  # the high bytes are alike
            "copies": packed(copies),
            "texts": packed(texts),
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any], /) -> Self:
        """The record of such objects."""
        steps = np.ascontiguousarray(unpacked(plain["steps"]).T).view("<u8").ravel()
        hashes = np.cumsum(steps.astype(np.uint64), dtype=np.uint64)
        run = Run(hashes, unpacked(plain["copies"]), unpacked(plain["texts"]))
        return cls(plain["whole"], plain["zeros"], (run,), plain["seen"])


def begins_with_zeros(hashes: NDArray[np.uint64], zeros: int) -> NDArray[np.bool_]:
    """Which hashes begin with so many zero bits, (hashes,)."""
    found: NDArray[np.bool_] = hashes <= _last(zeros)
    return found


def _last(zeros: int) -> np.uint64:
    """The largest number that begins with so many zero bits."""
    return np.uint64(2 ** (64 - zeros) - 1)


def _number_with_zeros(zeros: int, hashes: NDArray[np.uint64]) -> int:
    """How many of the hashes begin with so many zero bits; the hashes are in order."""
    return int(np.searchsorted(hashes, _last(zeros), side="right"))


def _beginning(run: Run, zeros: int) -> Run:
    """The hashes of a run that begin with so many zero bits."""
    count = _number_with_zeros(zeros, run.hashes)
    return run if count == len(run.hashes) else Run(*(each[:count] for each in run))


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
    if len(some) < 2:
        nothing = Run(*(each[:0] for each in runs[-1])) if runs else _NOTHING
        one = some[0] if some else nothing
        more = _zeros_needed(one.hashes, zeros, whole)
        return _beginning(one, more), more
    hashes, copies, origins = _tallied(
        np.concatenate([run.hashes for run in some]),
        np.concatenate([run.copies for run in some]),
        zeros,
    )
    zeros = _zeros_needed(hashes, zeros, whole)
    count = _number_with_zeros(zeros, hashes)
    texts = _no_texts(count)
    if some[0].texts.shape[1]:
        texts = np.concatenate([run.texts for run in some]).take(origins[:count], axis=0)
    return Run(_fitting(hashes, count), _fitting(copies, count), texts), zeros


def _zeros_needed(hashes: NDArray[np.uint64], zeros: int, whole: int | None) -> int:
    """How many zero bits a sample needs of which these are the hashes, in order."""
    count = len(hashes)
    if whole is not None and (zeros or count > whole):
        while count > KEPT:
            zeros += 1
            count = _number_with_zeros(zeros, hashes)
    return zeros


def _chosen(
    hashes: NDArray[np.uint64], zeros: int
) -> tuple[NDArray[np.uint64], NDArray[np.int64] | None]:
    """The hashes that begin with so many zero bits, and their places; ``None`` for all."""
    if not zeros:
        return hashes, None
    found, places = np.empty(len(hashes), np.uint64), np.empty(len(hashes), np.int64)
    count = choose_hashes(hashes, _last(zeros), found, places)
    return found[:count], places[:count]


def _tallied(
    hashes: NDArray[np.uint64], totals: NDArray[np.int64], zeros: int
) -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.int64]]:
    """Sorts hashes that begin with so many zero bits, and adds the counts of equal ones.

    Args:
        hashes: ``uint64``, (hashes,): in any order.
        totals: ``int64``, (hashes,): the count of each; is changed.
        zeros: How many zero bits all of them begin with.

    Returns:
        The different hashes, in ascending order; their counts; and where each was.
    """
    size = len(hashes)
    bits = min(size.bit_length() + 1, 64 - zeros)
    table = np.zeros(2**bits + size, np.uint32)
    found, copies = np.empty(size + 1, np.uint64), np.empty(size + 1, np.int64)
    origins = np.empty(size + 1, np.int64)
    shift = np.uint64(min(64 - zeros - bits, 63))
    count = tally_hashes(hashes, shift, table, totals, found, copies, origins)
    return _fitting(found, count), _fitting(copies, count), origins[:count]


def _fitting(array: NDArray[Any], count: int) -> NDArray[Any]:
    """The first numbers of an array; a copy if these are few, so that the rest can go."""
    return array[:count] if 2 * count > len(array) else array[:count].copy()


def _no_texts(count: int) -> NDArray[np.uint8]:
    return np.zeros((count, 0), np.uint8)


_NOTHING = Run(np.zeros(0, np.uint64), np.zeros(0, np.int64), _no_texts(0))
