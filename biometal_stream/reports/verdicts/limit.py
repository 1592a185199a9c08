"""What a limit is, and an assay with its limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """A limit for one figure.

    Attributes:
        measure: The figure: a key of `measures.MEASURES`.
        warn: Worse than this is a warning; ``None`` for no warning.
        fail: Worse than this is a failure; ``None`` for no failure.
        why: The reason for the limit, as one sentence.
        parameter: What the figure depends on, if anything: for figures by cycle the cycles at the
            start that are left out, for ``short_reads`` the bases that a read should have.
    """

    measure: str
    warn: float | None
    fail: float | None
    why: str
    parameter: int = 0


@dataclass(frozen=True)
class Assay:
    """A kind of library, and what its reads should be like.

    Attributes:
        title: Its name in a sentence.
        about: What it is for, as one sentence.
        limits: The limits.
        not_judged: Modules without a limit, with the reason.
        reached: Cycles that fewer than this many percent of the reads reach are not judged.
    """

    title: str
    about: str
    limits: tuple[Limit, ...]
    not_judged: Mapping[str, str]
    reached: float = 1.0
