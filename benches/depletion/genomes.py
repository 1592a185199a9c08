"""Sequences of FASTA files as codes of bases, and pieces of them."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LETTERS = np.frombuffer(b"ACGTN", np.uint8)
OTHER = 4
"""The code of any letter but A, C, G and T; it also parts sequences."""

_CODES = np.full(256, OTHER, np.uint8)
for _code, _pair in enumerate((b"Aa", b"Cc", b"Gg", b"Tt")):
    _CODES[list(_pair)] = _code


@dataclass(frozen=True)
class Genome:
    """Sequences that reads are taken from.

    Attributes:
        name: What they are.
        codes: ``uint8``, (bases,): 0 to 3 for A, C, G and T; `OTHER` elsewhere, and after each
            sequence.
    """

    name: str
    codes: NDArray[np.uint8]

    @property
    def bases(self) -> int:
        """How many of A, C, G and T."""
        return int(np.count_nonzero(self.codes < OTHER))

    def cut(self, name: str, start: int, stop: int) -> Genome:
        """A part of a single sequence."""
        return Genome(name, np.append(self.codes[start:stop], np.uint8(OTHER)))

    def other_person(self, name: str, rate: float, random: np.random.Generator) -> Genome:
        """The same with single-base differences.

        Args:
            name: What it is called.
            rate: The share of bases that differ.
            random: Says which.
        """
        sites = np.flatnonzero((random.random(len(self.codes)) < rate) & (self.codes < OTHER))
        codes = self.codes.copy()
        codes[sites] = (codes[sites] + random.integers(1, 4, len(sites), np.uint8)) % 4
        return Genome(name, codes)

    def write(self, path: Path) -> Path:
        """Writes all as one record of FASTA."""
        path.write_bytes(b">%b\n%b\n" % (self.name.encode(), LETTERS[self.codes].tobytes()))
        return path


def read_genome(path: Path, name: str, wanted: Callable[[str], bool] = bool) -> Genome:
    """Reads sequences of a FASTA file that is compressed with gzip.

    Args:
        path: The file.
        name: What they are called.
        wanted: Whether to take the sequence with this header; by default any.
    """
    kept: list[NDArray[np.uint8]] = []
    for header, text in _records(path):
        if wanted(header):
            kept += [_CODES[np.frombuffer(text, np.uint8)], np.array([OTHER], np.uint8)]
    if not kept:
        raise ValueError(f"{path}: no sequence of {name}")
    return Genome(name, np.concatenate(kept))


def _records(path: Path) -> Iterator[tuple[str, bytes]]:
    with gzip.open(path) as file:
        for record in file.read().split(b">")[1:]:
            header, _, text = record.partition(b"\n")
            yield header.decode(), text.replace(b"\n", b"")
