"""Finds primers at the start of reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from biometal_stream.plugin import StringColumn

IUPAC = {
    "A": "A",
    "C": "C",
    "G": "G",
    "T": "T",
    "R": "AG",
    "Y": "CT",
    "S": "CG",
    "W": "AT",
    "K": "GT",
    "M": "AC",
    "B": "CGT",
    "D": "AGT",
    "H": "ACT",
    "V": "ACG",
    "N": "ACGT",
}
"""The bases that each letter of a primer stands for."""


def mismatches(sequences: StringColumn, primer: str) -> NDArray[np.int64]:
    """Counts the bases at the start of each read that a primer does not have.

    Args:
        sequences: The reads.
        primer: Letters of `IUPAC`.

    Returns:
        (num_rows,); of a read that is shorter than the primer, one more than the primer has bases.
    """
    import numpy as np

    counts = np.full(sequences.num_rows, len(primer) + 1, np.int64)
    long_enough = sequences.lengths >= len(primer)
    starts = sequences.starts[long_enough].astype(np.int64)
    wrong = np.zeros(len(starts), np.int64)
    for place, letter in enumerate(primer):
        allowed = np.ones(256, np.bool_)
        allowed[[ord(base) for base in IUPAC[letter]]] = False
        wrong += allowed[sequences.data[starts + place]]
    counts[long_enough] = wrong
    return counts
