"""The sizes of the compact format: of a line, its fields and its levels.

docs/compact-index.md has the reasons, and the layout bit by bit.
"""

from __future__ import annotations

LINE = 64
"""Bytes of a line, which is one cache line."""

SLOTS = 37
"""Most k-mers of a line."""

GROUPS = 31
"""Groups of a line, to which its k-mers belong by the next part of their hashes."""

REMAINDERS = 2**12
"""Remainders of a group, by the part of the hash after that: what a line keeps of a k-mer."""

CELLS = GROUPS * REMAINDERS
"""What can be told apart in a line."""

LINES_OF_BLOCK = 2**12
"""Lines of the first level that share their lines of later levels."""

MEANS = (39, 42, 29)
"""The k-mers for each line of each level.

More than there is room for: what a line of the first level has no room for, 9.2 % of all k-mers,
goes to one of the second level, and 13.8 % of that on to the third. So nearly all lines are full,
which takes 14.5 bits a k-mer, where lines that had room for all would take 20.
"""

LEVELS = len(MEANS)


def lines_for(count: int, level: int) -> int:
    """The lines that a level has for so many k-mers.

    Args:
        count: The k-mers that come to this level, in a block if it is not the first.
        level: From 0.
    """
    return max(-(-count // MEANS[level]), 1 if level == 0 else 0)


def blocks_for(lines: int) -> int:
    """The blocks that the lines of the first level make."""
    return -(-lines // LINES_OF_BLOCK)


def directory_size(lines: int) -> int:
    """The words of the directory: where each later level of each block begins, and the end."""
    return (LEVELS - 1) * blocks_for(lines) + 1
