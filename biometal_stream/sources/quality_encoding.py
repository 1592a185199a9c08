"""The ways in which quality was written down, and their translation to Phred+33.

Cock et al. 2010, "The Sanger FASTQ file format for sequences with quality scores, and the
Solexa/Illumina FASTQ variants", describes all three.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

QualityEncoding: TypeAlias = Literal["phred33", "phred64", "solexa"]
"""How the quality line of a file is written."""

SAMPLE_BYTES = 256 * 1024
"""Text at the start of a file from which its encoding is told."""

_PHRED33 = 33
_PHRED64 = 64
_LOWEST_SOLEXA = -5
_HIGHEST = 62  # '~' in Phred+64
_CERTAIN_LOWEST = ord(";")
_CERTAIN_HIGHEST = ord("L")
_OLD_HIGHEST = ord("i")


def detect_encoding(lowest: int, highest: int) -> QualityEncoding:
    """Tells an encoding from the range of bytes in quality lines.

    Illumina wrote Phred+64 with scores of 2 to 41, up to 2011. A file is taken for that when it
    has no byte below ``;`` (Q26 in Phred+33), its highest is above ``K`` (Q42, more than such
    instruments write in Phred+33) and not above ``i`` (Q41 in Phred+64: the scores of long reads
    go higher). With bytes below ``@`` it is Solexa's. Everything else is Phred+33.

    Args:
        lowest: The least byte.
        highest: The greatest byte.
    """
    if lowest >= _CERTAIN_LOWEST and _CERTAIN_HIGHEST <= highest <= _OLD_HIGHEST:
        return "phred64" if lowest >= _PHRED64 else "solexa"
    return "phred33"


@cache
def translation(encoding: QualityEncoding) -> NDArray[np.uint8]:
    """Builds the table from a byte to its Phred+33 byte: ``uint8``, (256,), 0 for bad bytes.

    A Solexa score S becomes the Phred score ``10 log10(10^(S/10) + 1)``, rounded (Cock et al.
    2010).
    """
    table = np.zeros(256, np.uint8)
    if encoding == "phred33":
        table[ord("!") : ord("~") + 1] = np.arange(ord("!"), ord("~") + 1)
    elif encoding == "phred64":
        for score in range(_HIGHEST + 1):
            table[_PHRED64 + score] = _PHRED33 + score
    else:
        for score in range(_LOWEST_SOLEXA, _HIGHEST + 1):
            table[_PHRED64 + score] = _PHRED33 + round(10 * math.log10(10 ** (score / 10) + 1))
    table.setflags(write=False)
    return table
