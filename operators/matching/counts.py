"""How many reads match each index, and what the end of a run shows of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from biometal_stream.operators.matching.verdicts import Verdicts
    from biometal_stream.reports.results import Table


@dataclass(frozen=True)
class MatchCounts:
    """Counts of reads, or pairs, by the indexes that they match; counts of parts of a run add up.

    Attributes:
        only: For each index, those that match no other.
        several: For each index, those that match others, too.
        reads: All.
        matched: Those that match any index.
        without_minimizers: Those without a minimizer.
        paired: Whether pairs are counted.
    """

    only: tuple[int, ...]
    several: tuple[int, ...]
    reads: int = 0
    matched: int = 0
    without_minimizers: int = 0
    paired: bool = False

    @classmethod
    def none(cls, indexes: int) -> MatchCounts:
        """The counts of no reads."""
        return cls((0,) * indexes, (0,) * indexes)

    @classmethod
    def of(cls, verdicts: Verdicts) -> MatchCounts:
        """Counts the units of a view."""
        matches = verdicts.matches
        alone = np.count_nonzero(matches, axis=0) == 1
        only = np.count_nonzero(matches & alone, axis=1)
        return cls(
            only=tuple(only.tolist()),
            several=tuple((np.count_nonzero(matches, axis=1) - only).tolist()),
            reads=len(verdicts.sizes),
            matched=int(np.count_nonzero(verdicts.matched)),
            without_minimizers=int(np.count_nonzero(verdicts.without_minimizers)),
            paired=verdicts.paired,
        )

    def __add__(self, other: MatchCounts) -> MatchCounts:
        """Adds the counts of other reads."""
        return MatchCounts(
            tuple(map(sum, zip(self.only, other.only, strict=True))),
            tuple(map(sum, zip(self.several, other.several, strict=True))),
            self.reads + other.reads,
            self.matched + other.matched,
            self.without_minimizers + other.without_minimizers,
            self.paired or other.paired,
        )


@dataclass(frozen=True)
class IndexMatches:
    """The reads, or pairs, that match an index.

    Attributes:
        only: Those that match no other index of the step.
        several: Those that match others, too.
    """

    only: int
    several: int

    @property
    def matched(self) -> int:
        """All that match it."""
        return self.only + self.several

    def __add__(self, other: IndexMatches) -> IndexMatches:
        """Adds those of other reads."""
        return IndexMatches(self.only + other.only, self.several + other.several)


@dataclass(frozen=True)
class Matches:
    """The result of `deplete`, `keep-matching` and `screen`. Both mates of a pair count as one.

    Attributes:
        reads: All reads, or pairs.
        matched: Those that match any index.
        unmatched: Those that match none.
        without_minimizers: Those of the latter without a minimizer: too short, or full of N.
        counted: ``reads`` or ``pairs``.
        matching: What happens to those that match: ``dropped``, ``kept``, ``marked``, ``counted``.
        shortest: The bases that a read with a minimizer has at least, such as ``45 bases``.
        indexes: The matches of each index, in the order of the step.
    """

    reads: int
    matched: int
    unmatched: int
    without_minimizers: int
    counted: str
    matching: str
    shortest: str
    indexes: Mapping[str, IndexMatches]

    @classmethod
    def of(
        cls, counts: MatchCounts, names: tuple[str, ...], *, matching: str, shortest: int
    ) -> Matches:
        """The result of all counts."""
        both = zip(counts.only, counts.several, strict=True)
        return cls(
            reads=counts.reads,
            matched=counts.matched,
            unmatched=counts.reads - counts.matched,
            without_minimizers=counts.without_minimizers,
            counted="pairs" if counts.paired else "reads",
            matching=matching,
            shortest=f"{shortest:,} bases",
            indexes={name: IndexMatches(*each) for name, each in zip(names, both, strict=True)},
        )

    def __add__(self, other: Matches) -> Matches:
        """Adds the result of other reads, of a run with the same step."""
        both = zip(self.indexes.items(), other.indexes.values(), strict=True)
        return replace(
            self,
            reads=self.reads + other.reads,
            matched=self.matched + other.matched,
            unmatched=self.unmatched + other.unmatched,
            without_minimizers=self.without_minimizers + other.without_minimizers,
            indexes={name: each + more for (name, each), more in both},
        )

    @property
    def shown(self) -> dict[str, str]:
        """What its numbers are called where reports show them."""
        one = next(iter(self.indexes)) if len(self.indexes) == 1 else None
        return {
            "reads": self.counted,
            "matched": f"match {one or 'any index'}",
            "unmatched": "do not match" if one else "match none",
            "without_minimizers": f"of these, without a window of {self.shortest}: too short, or N",
        }

    @property
    def shares(self) -> dict[str, str]:
        """Its counts, and columns of its table, that reports show as shares of all, too."""
        counts = ("matched", "unmatched", "without_minimizers", "only this", "several")
        return dict.fromkeys(counts, "reads")

    @property
    def tables(self) -> dict[str, Table]:
        """The matches of several indexes, as a table of counts, so that those of runs add up."""
        if len(self.indexes) == 1:
            return {}
        headings = ("index", "matched", "only this", "several")
        rows = [
            (name, each.matched, each.only, each.several) for name, each in self.indexes.items()
        ]
        return {"matches": (headings, rows)}

    @property
    def findings(self) -> tuple[str, ...]:
        """What the end of a run says: how many match, and how many have no minimizer."""
        if not self.reads:
            return ()
        (first, one), *others = self.indexes.items()
        line = f"{self._share(one.matched)} of {self._of_all} match {first}"
        if others:
            named = [*((name, each.matched) for name, each in others), ("none", self.unmatched)]
            line = ", ".join([line, *(f"{self._share(number)} {name}" for name, number in named)])
        if not self.without_minimizers:
            return (line,)
        have, are = ("has", "is") if self.without_minimizers == 1 else ("have", "are")
        then = {"dropped": f" and {are} kept", "kept": f" and {are} dropped"}.get(self.matching, "")
        without = f"{self.without_minimizers:,} of {self._of_all} {have} no minimizer"
        return line, f"{without} (shorter than {self.shortest}, or too many N){then}"

    @property
    def _of_all(self) -> str:
        return f"{self.reads:,} {self.counted if self.reads > 1 else self.counted[:-1]}"

    def _share(self, number: int) -> str:
        return f"{100 * number / self.reads:.2f} %"
