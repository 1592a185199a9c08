"""Cuts reads into the windows that a model sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from biometal_stream.errors import ConfigurationError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RULES = ("first", "even", "stride")
"""The rules by which reads are cut: see `cut_windows`."""


@dataclass(frozen=True, eq=False)
class Windows:
    """Stretches of reads, each encoded as one row of features.

    Attributes:
        rows: ``int64``, (n,): the row of the read.
        starts: ``int64``, (n,): its first base, counted within the read from 0.
        stops: ``int64``, (n,): the base after its last.

    Raises:
        ConfigurationError: They differ in number.
    """

    rows: NDArray[np.int64]
    starts: NDArray[np.int64]
    stops: NDArray[np.int64]

    def __post_init__(self) -> None:
        if not len(self.rows) == len(self.starts) == len(self.stops):
            raise ConfigurationError(
                f"windows need as many rows as starts and stops: {len(self.rows)},"
                f" {len(self.starts)}, {len(self.stops)}"
            )

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, part: slice) -> Windows:
        """Some of the windows, without a copy."""
        return Windows(self.rows[part], self.starts[part], self.stops[part])


def check_rule(rule: str, stride: int | None) -> None:
    """Checks a rule and its stride.

    Raises:
        ConfigurationError: The rule is unknown, or the stride is missing, not allowed, or less
            than 1.
    """
    if rule not in RULES:
        raise ConfigurationError(f"windows must be one of {', '.join(RULES)}: {rule}")
    if rule != "stride":
        if stride is not None:
            raise ConfigurationError(f"a stride is for windows 'stride', not '{rule}'")
    elif stride is None:
        raise ConfigurationError("windows 'stride' need a stride, in bases")
    elif stride < 1:
        raise ConfigurationError(f"the stride must be at least 1 base: {stride}")


def count_windows(
    lengths: NDArray[np.int64], encoding_length: int, rule: str, stride: int | None
) -> NDArray[np.int64]:
    """Counts the windows of each read: see `cut_windows`.

    Args:
        lengths: ``int64``, (reads,): the bases of each read.
        encoding_length: The most bases of a window.
        rule: The rule.
        stride: Bases from the start of one window to the next, only for ``stride``.

    Returns:
        ``int64``, (reads,), at least 1 each.
    """
    import numpy as np

    if rule == "first":
        return np.ones(len(lengths), np.int64)
    if stride is None:
        counts = -(-lengths // encoding_length)
    else:
        reaching = 1 - (encoding_length - lengths) // stride
        counts = np.minimum(reaching, -(-lengths // stride))
    return np.maximum(counts, 1)


def cut_windows(
    lengths: NDArray[np.int64],
    encoding_length: int,
    rule: str = "first",
    stride: int | None = None,
    rows: NDArray[np.int64] | None = None,
) -> Windows:
    """Cuts reads into windows of at most a length.

    ====== ===========================================================================
    rule   the windows of a read of L bases
    ====== ===========================================================================
    first  one: its first ``encoding_length`` bases; the bases after them are ignored
    even   n = ceil(L / ``encoding_length``): window i is bases i * L // n up to
           (i + 1) * L // n. They cover the read without overlapping, and their lengths
           differ by at most one base
    stride those that start at 0, ``stride``, 2 * ``stride`` and so on within the read,
           up to the first one that reaches the end of the read, which may be shorter. A
           stride of more than ``encoding_length`` leaves gaps, which may be at the end
    ====== ===========================================================================

    An empty read has one empty window.

    Args:
        lengths: ``int64``, (reads,): the bases of each read.
        encoding_length: The most bases of a window.
        rule: As above.
        stride: Bases from the start of one window to the next, only for ``stride``.
        rows: ``int64``, the indices of the reads to cut; ``None`` for all, in order.

    Returns:
        The windows, in the order of ``rows``, and in order within each read.

    Raises:
        ConfigurationError: The rule is unknown, or the stride is missing or not allowed.
    """
    import numpy as np

    check_rule(rule, stride)
    if encoding_length < 1:
        raise ConfigurationError(f"windows must have at least 1 base: {encoding_length}")
    if rows is None:
        rows = np.arange(len(lengths), dtype=np.int64)
        bases = lengths.astype(np.int64, copy=False)
    else:
        rows = rows.astype(np.int64, copy=False)
        bases = lengths[rows].astype(np.int64, copy=False)
    if rule == "first" or (rule == "even" and bases.max(initial=0) <= encoding_length):
        return Windows(rows, np.zeros(len(rows), np.int64), np.minimum(bases, encoding_length))
    counts = count_windows(bases, encoding_length, rule, stride)
    # Each window's number within its read.
    numbers = np.arange(counts.sum(), dtype=np.int64)
    numbers -= np.repeat(np.cumsum(counts) - counts, counts)
    bases, rows = np.repeat(bases, counts), np.repeat(rows, counts)
    if stride is None:
        counts = np.repeat(counts, counts)
        return Windows(rows, numbers * bases // counts, (numbers + 1) * bases // counts)
    starts = numbers * stride
    return Windows(rows, starts, np.minimum(starts + encoding_length, bases))
