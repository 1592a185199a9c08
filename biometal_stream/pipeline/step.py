"""What one operator of a run did to the reads, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

StepKind = Literal["filter", "trimmer", "splitter", "observer", "operator"]


@dataclass(frozen=True)
class Stop:
    """Why a run ended before its input, or did not have to look for the end of the input.

    Attributes:
        operator: The operator that had enough, in command line syntax, such as ``head 10``.
        reads: The number of reads that it let through.
    """

    operator: str
    reads: int


@dataclass(frozen=True)
class Step:
    """What one operator did to the reads: a row of the table at the end of a run.

    A number that cannot be known is ``None``. If an operator ended the run early, that applies to
    all operators before it and to its own input: how far the run had read ahead depends on
    threads and memory.

    Attributes:
        name: The operator's name, such as ``min-length``.
        operator: The operator in command line syntax, such as ``min-length 50``.
        kind: What it does: ``filter``, ``trimmer``, ``splitter``, ``observer``, or ``operator`` for
            all others.
        reads_in: Reads that came in; both mates of a pair count.
        reads_out: Reads that went out.
        pairs_in: Pairs that came in, if reads are paired. With ``pairs="split"``, which can
            separate mates, pairs are counted only up to the first filter.
        pairs_out: Pairs that went out, likewise.
        dropped: Reads that came in and did not go out. Mates that were merged are not dropped.
        reason: Why reads are dropped, in words. Both mates of a pair are dropped.
        reads_trimmed: For a trimmer: the number of reads that it shortened.
        bases_trimmed: For a trimmer: the number of bases that it cut off.
        reads_split: For a splitter: the number of reads that became several.
        pairs_merged: For a step that merges mates: the number of pairs that became one read.
    """

    name: str
    operator: str
    kind: StepKind
    reads_in: int | None
    reads_out: int | None
    pairs_in: int | None = None
    pairs_out: int | None = None
    dropped: int | None = None
    reason: str | None = None
    reads_trimmed: int | None = None
    bases_trimmed: int | None = None
    reads_split: int | None = None
    pairs_merged: int | None = None
