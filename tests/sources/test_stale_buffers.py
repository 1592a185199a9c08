"""Buffers come from a pool, and hold what was in them before: no part of any file."""

import io
import warnings

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

import biometal_stream as bs
from biometal_stream.errors import FastqError
from biometal_stream.sources.fastq.source import FastqSource
from tests.sources import naive

MARK = b"\xef\xbb\xbf"
STALE = [
    np.tile(np.frombuffer(used, np.uint8), 1 << 20) for used in (MARK, b"\n", b"@a\nA\n+\nI\n")
]
SHORT = [
    b"",
    b"\xef",
    MARK[:2],
    MARK,
    MARK + b"@",
    b"@",
    b"@a\nA\n+\nI",
    b"\r",
    b"@a\n\n+",
    b"\n\r",
]


@pytest.mark.parametrize("stale", STALE, ids=["mark", "newlines", "records"])
@pytest.mark.parametrize("text", SHORT)
def test_what_a_buffer_held_changes_nothing(
    text: bytes, stale: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    allocate = pa.allocate_buffer

    def used(size: int) -> pa.Buffer:
        buffer = allocate(size)
        filled = min(size, len(stale))
        np.frombuffer(buffer, np.uint8)[:filled] = stale[:filled]
        return buffer

    monkeypatch.setattr(pa, "allocate_buffer", used)
    try:
        wanted: int | None = len(naive.parse(text))
    except naive.Bad:
        wanted = None
    strict = FastqSource((io.BytesIO(text),))
    if wanted is None:
        with pytest.raises(FastqError):
            list(strict.batches())
    else:
        assert sum(batch.num_rows for batch in strict.batches()) == wanted
    tolerant = FastqSource((io.BytesIO(text),), on_bad_record="skip")
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", bs.InputWarning)
        rows = sum(batch.num_rows for batch in tolerant.batches())
    assert rows == (wanted or 0)
    assert bool(told) == (wanted is None)
