"""Writes qualities as old instruments did: Phred+64 and Solexa."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from biometal_stream.columns import array_of, as_string, text_of, validity_of
from biometal_stream.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

QUALITY_ENCODINGS = ("phred33", "phred64", "solexa")
"""The encodings that can be written."""

_GREATEST = ord("~") - 64
"""The greatest score of the encodings that begin at 64."""


def _solexa(phred: int) -> int:
    """The Solexa score of a Phred score: ``10 log10(10^(Q/10) - 1)``, rounded, and -5 at least.

    Cock et al., Nucleic Acids Research 38 (2010), 1767, whose table this gives.
    """
    return max(-5, round(10 * math.log10(10 ** (phred / 10) - 1))) if phred else -5


def _table(encoding: str) -> NDArray[np.uint8]:
    """The byte for each byte of Phred+33, (256,); 0 for bytes without one."""
    table = np.zeros(256, np.uint8)
    for phred in range(_GREATEST + 1):
        table[33 + phred] = 64 + (_solexa(phred) if encoding == "solexa" else phred)
    return table


def encoded(batch: pa.RecordBatch, encoding: str) -> pa.RecordBatch:
    """The batch with its qualities in another encoding.

    Args:
        batch: With a text column ``quality``, in Phred+33.
        encoding: ``phred64`` or ``solexa``.

    Raises:
        DataError: A quality is above 62, which these encodings cannot hold, or is not Phred+33.
    """
    index = batch.schema.get_field_index("quality")
    column = as_string(batch.column(index))
    offsets, data = text_of(column)
    qualities = np.frombuffer(data, np.uint8)
    translated = _table(encoding)[qualities]
    offsets = offsets - offsets[0]
    if not translated.all():
        at = int(np.argmin(translated))
        raise _too_high(batch, int(np.searchsorted(offsets, at, "right")) - 1, qualities[at])
    validity = None
    if column.null_count:
        validity = pa.py_buffer(np.packbits(validity_of(column), bitorder="little"))
    made = array_of(pa.string(), offsets, pa.py_buffer(translated), validity)
    field = batch.schema.field(index).with_type(pa.string())
    return batch.set_column(index, field, made)


def _too_high(batch: pa.RecordBatch, row: int, byte: np.uint8) -> DataError:
    name = batch.column("name")[row].as_py()
    score = int(byte) - 33
    if not 0 <= score <= ord("~") - 33:
        found = f"byte {int(byte)}, which is not Phred+33"
    else:
        found = f"quality {score}; Phred+64 and Solexa hold {_GREATEST} at most; write Phred+33"
    return DataError(f"read {name!r}, row {row} of its batch: has {found}")
