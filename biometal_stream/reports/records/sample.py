"""Counts by 64-bit hash: of all things counted, or of a fixed sample of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

import numpy as np

from biometal_stream.reports.kernels.runs import merge_runs
from biometal_stream.reports.records.packing import packed, unpacked

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.reports.records.base import Record

KEPT = 1 << 15
"""The most hashes in a sample, which has at least half as many, but for chance. So the standard
error of the number of all hashes is below 0.8 percent."""


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

    To make adding cheap, hashes wait in sorted runs, each at least twice as long as the next, and
    ``zeros`` may be less than is needed. `settled` is the sample as it is defined.

    Attributes:
        whole: The most different hashes of which all are kept.
        zeros: How many bits at the beginning of each hash are zero; at most what the sample needs.
        runs: The hashes. One may be in several runs, with the same text.
        seen: How often any hash was seen, in the sample or not.
    """

    kind: ClassVar[str] = "sample"

    whole: int
    zeros: int
    runs: tuple[Run, ...]
    seen: int

    @classmethod
    def of(
        cls,
        hashes: NDArray[np.uint64],
        texts: NDArray[np.uint8] | None = None,
        *,
        whole: int | None = None,
        zeros: int = 0,
        seen: int | None = None,
    ) -> Sample:
        """Counts hashes.

        Args:
            hashes: ``uint64``, (things,), in any order.
            texts: ``uint8``, (things, bytes): equal for equal hashes.
            whole: As the attribute; by default `KEPT`.
            zeros: The zero bits that each hash begins with. Others have been left out.
            seen: The number of things before any was left out; by default that of the hashes.
        """
        if texts is None:
            found, copies = np.unique(hashes, return_counts=True)
            run = Run(found, copies.astype(np.int64), np.zeros((len(found), 0), np.uint8))
        else:
            run = _summed(Run(hashes, np.ones(len(hashes), np.int64), texts))
        whole = KEPT if whole is None else whole
        seen = len(hashes) if seen is None else seen
        return Sample(whole, zeros, (run,), seen)._bounded()

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
            texts: Makes the texts of some of the things, given their places: as for `of`.
            whole: As for `of`.
        """
        zeros = other.zeros if isinstance(other, Sample) else 0
        if texts is None:
            some = hashes[begins_with_zeros(hashes, zeros)] if zeros else hashes
            return cls.of(some, whole=whole, zeros=zeros, seen=len(hashes))
        rows = np.flatnonzero(begins_with_zeros(hashes, zeros))
        return cls.of(hashes[rows], texts(rows), whole=whole, zeros=zeros, seen=len(hashes))

    def __add__(self, other: Sample, /) -> Sample:
        """The sample of what was seen in both."""
        zeros = max(self.zeros, other.zeros)
        runs: list[Run] = []
        for run in (*self._with_zeros(zeros), *other._with_zeros(zeros)):
            runs.append(run)
            while len(runs) > 1 and len(runs[-2].hashes) < 2 * len(runs[-1].hashes):
                last = runs.pop()
                runs[-1] = _merged(runs[-1], last)
        sample = Sample(self.whole, zeros, tuple(runs), self.seen + other.seen)
        return sample._bounded()

    def _with_zeros(self, zeros: int) -> Iterable[Run]:
        """The runs, of hashes that begin with so many zero bits."""
        return self.runs if zeros == self.zeros else (_beginning(run, zeros) for run in self.runs)

    @cached_property
    def settled(self) -> Sample:
        """The same sample with one run, and with all the zero bits that it needs."""
        if not self.runs:
            empty = Run(np.zeros(0, np.uint64), np.zeros(0, np.int64), np.zeros((0, 0), np.uint8))
            return Sample(self.whole, self.zeros, (empty,), self.seen)
        runs = [*self.runs]
        while len(runs) > 1:
            last = runs.pop()
            runs[-1] = _merged(runs[-1], last)
        zeros, count = self.zeros, len(runs[0].hashes)
        if zeros or count > self.whole:
            while count > KEPT:
                zeros += 1
                count = _number_with_zeros(zeros, runs[0].hashes)
        if zeros == self.zeros and len(self.runs) == 1:
            return self
        return Sample(self.whole, zeros, (_beginning(runs[0], zeros),), self.seen)

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
    if count == len(run.hashes):
        return run
    return Run(run.hashes[:count].copy(), run.copies[:count].copy(), run.texts[:count].copy())


def _merged(one: Run, two: Run) -> Run:
    """The hashes of two runs in one."""
    if not len(one.hashes) or not len(two.hashes):
        return one if len(one.hashes) else two
    room = len(one.hashes) + len(two.hashes)
    hashes, copies = np.empty(room, np.uint64), np.empty(room, np.int64)
    origins = np.empty(room, np.int64)
    count = merge_runs(one.hashes, one.copies, two.hashes, two.copies, hashes, copies, origins)
    texts = np.zeros((count, 0), np.uint8)
    if one.texts.shape[1]:
        texts = np.concatenate([one.texts, two.texts])[origins[:count]]
    return Run(hashes[:count], copies[:count], texts)


def _summed(run: Run) -> Run:
    """A run of hashes in any order, which may be equal."""
    order = np.argsort(run.hashes, kind="stable")
    hashes = run.hashes[order]
    starts = np.flatnonzero(np.append(True, hashes[1:] != hashes[:-1])[: len(hashes)])
    if not len(starts):
        return run
    copies = np.add.reduceat(run.copies[order], starts)
    return Run(hashes[starts], copies, run.texts[order[starts]])
