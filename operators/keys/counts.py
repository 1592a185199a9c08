"""What `drop-duplicates` counts in a run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Counted:
    """How many reads, or pairs, were kept and dropped; counts of parts of a run add up."""

    kept: int = 0
    dropped: int = 0
    paired: bool = False

    def __add__(self, other: Counted) -> Counted:
        """Adds the counts of other reads."""
        kept, dropped = self.kept + other.kept, self.dropped + other.dropped
        return Counted(kept, dropped, self.paired or other.paired)


@dataclass(frozen=True)
class DroppedDuplicates:
    """The result of `drop-duplicates`.

    Attributes:
        kept: The reads, or pairs, that were kept: those that differ.
        dropped: Those that were dropped.
        paired: Whether pairs are counted.
        rate: The share that was dropped; 0 without reads.
        false_positives: How many different ones are expected among those dropped: each two have
            the same fingerprint with a probability of 2^-64.
    """

    kept: int
    dropped: int
    paired: bool
    rate: float
    false_positives: float

    @classmethod
    def of(cls, counted: Counted, *, exact: bool) -> DroppedDuplicates:
        """The result of all counts; there are no false positives where bases were compared."""
        kept, dropped = counted.kept, counted.dropped
        return cls(
            kept,
            dropped,
            counted.paired,
            dropped / max(1, kept + dropped),
            0.0 if exact else kept * (kept - 1) / 2**65,
        )

    @property
    def findings(self) -> tuple[str, ...]:
        """The rate, for the end of a run."""
        if not self.kept:
            return ()
        what = "pairs" if self.paired else "reads"
        rate = f"{100 * self.rate:.2f} % of {self.kept + self.dropped:,} {what} are duplicates"
        return (f"{rate}; {self.false_positives:.1g} false positives expected",)
