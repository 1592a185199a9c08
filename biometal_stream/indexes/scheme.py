"""Which k-mers of a sequence an index holds: its minimizers, by k and w."""

from __future__ import annotations

from dataclasses import dataclass

from biometal_stream.errors import ConfigurationError
from biometal_stream.settings import check_kinds

MOST_K = 31
MOST_K_AND_W = 96


@dataclass(frozen=True, order=True)
class Scheme:
    """The k-mers that stand for a sequence: of each window of ``w`` k-mers the one of least hash.

    These are the minimizers of deacon 0.11 and later, and of the crate simd-minimizers 3 with
    canonical ntHash rotated by one bit:

    * The codes of A, C, T and G are 0, 1, 2 and 3, in either case. A window of ``w + k - 1`` bases
      with any other letter has no minimizer.
    * The hash of a k-mer is the sum, modulo 2³², of the ntHashes of both strands. Only its upper
      16 bits are compared.
    * Of k-mers of equal hash the first counts if more than half of the window's bases are G or T,
      and otherwise the last. So a sequence and its reverse complement have the same minimizers.
    * A k-mer that is the minimizer of consecutive windows counts once.
    * The value of a k-mer is the lesser of both strands' codes, two bits a base, the first base
      lowest.

    Attributes:
        k: The bases of a k-mer: odd, at most 31, so that no k-mer is its own reverse complement.
        w: The k-mers of a window: odd, and ``k + w`` at most 96. 1 takes every k-mer.
    """

    k: int = 31
    w: int = 15

    def __post_init__(self) -> None:
        check_kinds(self)
        if not (3 <= self.k <= MOST_K and self.k % 2):
            raise ConfigurationError(f"k must be odd, from 3 to {MOST_K}, not {self.k}")
        if not (self.w >= 1 and self.w % 2 and self.k + self.w <= MOST_K_AND_W):
            most = MOST_K_AND_W - self.k
            raise ConfigurationError(
                f"w must be odd, from 1 to {most} (k and w together at most {MOST_K_AND_W}),"
                f" not {self.w}"
            )

    @property
    def window(self) -> int:
        """The bases of a window, ``k + w - 1``: a shorter read has no minimizer."""
        return self.k + self.w - 1
