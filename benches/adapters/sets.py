"""The sets of simulated reads, as data."""

from __future__ import annotations

from dataclasses import dataclass

from biometal_stream.operators.adapters.kits import KITS

TAILS = {
    "truseq": ("CNNNNNNATCTCGTATGCCGTCTTCTGCTTG", "AGATCTCGGTGGTCGCCGTATCATT"),
    "nextera": ("ACNNNNNNNNATCTCGTATGCCGTCTTCTGCTTG", "NNNNNNNNGTGTAGATCTCGGTGGTCGCCGTATCATT"),
    "small-rna": ("NNNNNNATCTCGTATGCCGTCTTCTGCTTG", "AGATCTCGGTGGTCGCCGTATCATT"),
}
"""What follows the adapters of a kit: the index, N, then the primer. Source: as for `KITS`."""


@dataclass(frozen=True)
class ReadSet:
    """A kind of library.

    Attributes:
        name: What the table calls it.
        mean: The mean size of the inserts, in bases.
        deviation: Its standard deviation.
        length: The bases of each read.
        paired: Whether reads come in pairs.
        kit: The kit; ``None`` for adapters of no kit, drawn at random.
        told: Whether the tools are told the adapters.
        errors: The lowest and the highest error rate of a read; ``None`` for what its qualities
            say, which fall from 38 to 32.
        dark: Whether ends without a base are read as G, as on two-colour instruments; A otherwise.
    """

    name: str
    mean: int
    deviation: int
    length: int = 150
    paired: bool = True
    kit: str | None = "truseq"
    told: bool = True
    errors: tuple[float, float] | None = None
    dark: bool = True

    def __post_init__(self) -> None:
        assert self.kit is None or self.kit in KITS


SETS = (
    ReadSet("pairs 2x150, insert 150 ± 30", 150, 30),
    ReadSet("pairs 2x150, insert 250 ± 40", 250, 40),
    ReadSet("pairs 2x150, insert 350 ± 60", 350, 60),
    ReadSet("pairs 2x250, insert 450 ± 80", 450, 80, length=250),
    ReadSet("pairs 2x150, insert 250 ± 60, errors 1-5 %", 250, 60, errors=(0.01, 0.05)),
    ReadSet("pairs 2x150, cell-free, insert 170 ± 30", 170, 30),
    ReadSet("pairs 2x76 Nextera, insert 140 ± 25", 140, 25, length=76, kit="nextera"),
    ReadSet("pairs 2x150, insert 180 ± 50, no known kit, not told", 180, 50, kit=None, told=False),
    ReadSet("single 150, insert 300 ± 80", 300, 80, paired=False),
    ReadSet("single 150, insert 120 ± 30", 120, 30, paired=False),
    ReadSet("small RNA, 1x76, insert 30 ± 2", 30, 2, length=76, paired=False, kit="small-rna"),
    ReadSet(
        "small RNA, 1x76, insert 30 ± 2, not told",
        30,
        2,
        length=76,
        paired=False,
        kit="small-rna",
        told=False,
    ),
    ReadSet(
        "single 150, insert 120 ± 40, no known kit, not told",
        120,
        40,
        paired=False,
        kit=None,
        told=False,
    ),
)
"""The table, from top to bottom."""
