"""Random sets of k-mers of any size, without a sort of all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.indexes.mixing import unmixed

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BLOCK = 2**20
_SAMPLES = 2**22


class RandomSet:
    """Hashes, ascending, as those of any genome's minimizers are spread.

    Each block of a million has a range of hashes of its own, so it is sorted alone. Blocks are
    made anew each time, and the same each time.

    Args:
        count: How many there are.
        seed: Which set of so many.
    """

    def __init__(self, count: int, seed: int = 1) -> None:
        self.count = count
        self._seed = seed
        self._blocks = max(1, count // _BLOCK)

    def _block(self, number: int) -> NDArray[np.uint64]:
        size = self.count * (number + 1) // self._blocks - self.count * number // self._blocks
        first, end = (number << 64) // self._blocks, (number + 1 << 64) // self._blocks
        random = np.random.default_rng((self._seed, number))
        hashes = random.integers(first, end - size, size, np.uint64)
        hashes.sort()
        return hashes + np.arange(size, dtype=np.uint64)  # each of them once

    def hashes(self) -> Iterator[NDArray[np.uint64]]:
        """The hashes, block by block: ``uint64``, (about a million,)."""
        return (self._block(number) for number in range(self._blocks))

    def sample(self, count: int = _SAMPLES) -> NDArray[np.uint64]:
        """Values of the set in random order: ``uint64``, (``count`` or fewer,)."""
        numbers = np.unique(np.linspace(0, self._blocks - 1, 64).astype(int))
        some = [unmixed(self._block(int(number))) for number in numbers]
        random = np.random.default_rng((self._seed, self._blocks))
        return random.permutation(np.concatenate(some))[:count]

    def others(self, count: int = _SAMPLES) -> NDArray[np.uint64]:
        """Random values, nearly none of them in the set: ``uint64``, (count,)."""
        return np.random.default_rng((self._seed, 2**32)).integers(0, 2**62, count, np.uint64)
