"""Compact indexes as bytes."""

import io

import numpy as np

from biometal_stream.indexes.compact.writing import write_compact
from biometal_stream.indexes.scheme import Scheme

SCHEME = Scheme()


def written(hashes, count=None, about=None, cuts=()):
    """The bytes of an index of these hashes, given in blocks."""
    hashes = np.array(sorted(hashes), np.uint64)
    file = io.BytesIO()
    count = len(hashes) if count is None else count
    write_compact(file, np.split(hashes, list(cuts)), count, SCHEME, about or {})
    return file.getvalue()
