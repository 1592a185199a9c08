"""What one operator of a run did to the reads, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

StepKind = Literal["filter", "trimmer", "observer", "operator"]


@dataclass(frozen=True)
class Stop:
    """Why a run ended before its input did, or had not to see whether that goes on.

    Attributes:
        operator: The operator that had enough, as the command line takes it, such as ``head 10``.
        reads: The reads that it had let through.
    """

    operator: str
    reads: int


@dataclass(frozen=True)
class Step:
    """What one operator did to the reads: a line of the table that a run ends with.

    What cannot be known is ``None``. Before an operator that ended the run early, and of what came
    into that one, nothing is: how far the run had read ahead depends on threads and memory.

    Attributes:
        name: The operator's name, such as ``min-length``.
        operator: The operator as the command line takes it, such as ``min-length 50``.
        kind: What it does: ``filter``, ``trimmer``, ``observer``, or ``operator`` for all else.
        reads_in: Reads that came in; both mates of a pair count.
        reads_out: Reads that went out.
        pairs_in: Pairs that came in, where reads are paired.
        pairs_out: Pairs that went out, where reads are paired.
        dropped: Reads that came in and did not go out.
        reason: Why reads are dropped, in words; of a pair both mates are.
        reads_trimmed: Reads that were made shorter, of a trimmer.
        bases_trimmed: Bases that were cut off, of a trimmer.
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
