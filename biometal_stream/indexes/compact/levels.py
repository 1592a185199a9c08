"""The lines of one block, level by level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.indexes.compact.kernels.filling import fill_lines
from biometal_stream.indexes.compact.layout import LEVELS, LINE, LINES_OF_BLOCK, lines_for
from biometal_stream.indexes.mixing import mix_all, unmix_all

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Level:
    """The lines that a block has of a level.

    Attributes:
        lines: ``uint8``, (lines * 64,)
        spread: The lines over which the hashes of the level are spread: of the whole index in the
            first level, of the block in later ones.
        cells: The number of cells that are taken.
        groups: The number of groups, of all lines, whose k-mers may be in the next level.
    """

    lines: NDArray[np.uint8]
    spread: int
    cells: int
    groups: int

    @property
    def count(self) -> int:
        """The number of lines."""
        return len(self.lines) // LINE


def block_levels(
    hashes: NDArray[np.uint64], block: int, lines: int
) -> tuple[list[Level], NDArray[np.uint64]]:
    """Makes all levels of a block.

    Each level has the hashes that the level before has no room for, mixed once more, so that they
    are spread evenly again.

    Args:
        hashes: ``uint64``, (n,), ascending: all of the block.
        block: The number of the block.
        lines: The lines of the first level, of all blocks.

    Returns:
        The levels, and the hashes that no level has room for, ascending.
    """
    first = block * LINES_OF_BLOCK
    own = min(LINES_OF_BLOCK, lines - first)
    left = np.empty(len(hashes), np.uint64)
    levels = []
    level, left = _filled(hashes, own, lines, first, left)
    levels.append(level)
    for number in range(1, LEVELS):
        mix_all(left, left)
        left.sort()
        own = lines_for(len(left), number)
        level, left = _filled(left, own, own, 0, np.empty(len(left), np.uint64))
        levels.append(level)
    for _ in range(1, LEVELS):
        unmix_all(left, left)
    left.sort()
    return levels, left


def _filled(
    hashes: NDArray[np.uint64], own: int, spread: int, first: int, left: NDArray[np.uint64]
) -> tuple[Level, NDArray[np.uint64]]:
    target = np.zeros(own * LINE, np.uint8)
    tallies = np.zeros(2, np.uint64)
    over = fill_lines(hashes, np.uint64(spread), np.uint64(first), target, left, tallies)
    cells, groups = map(int, tallies)
    return Level(target, spread, cells, groups), left[:over]
