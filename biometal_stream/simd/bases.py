"""The bytes that can stand in a sequence: read and written alike."""

from __future__ import annotations

import numpy as np

IUPAC = np.zeros(256, np.bool_)
"""Which bytes can stand in a sequence: the nucleotide codes of IUPAC-IUB 1984, and U."""
IUPAC[list(b"ACGTURYSWKMBDHVNacgturyswkmbdhvn")] = True
IUPAC.flags.writeable = False

IUPAC_AND_DOT = IUPAC.copy()
"""The same, and the dot that old pipelines wrote for N."""
IUPAC_AND_DOT[ord(".")] = True
IUPAC_AND_DOT.flags.writeable = False
