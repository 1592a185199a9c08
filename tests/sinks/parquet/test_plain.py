"""The kernel of plain texts, against Python."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.sinks.parquet.plain import LENGTH_BYTES, put_lengths


def plain(texts: list[bytes]) -> bytes:
    """The oracle: each text after its length."""
    return b"".join(len(text).to_bytes(LENGTH_BYTES, "little") + text for text in texts)


@given(st.lists(st.binary(max_size=300), max_size=40))
def test_texts_after_their_lengths(texts: list[bytes]) -> None:
    text = np.frombuffer(b"".join(texts), np.uint8)
    lengths = np.array([len(each) for each in texts], np.int64)
    out = np.empty(len(text) + LENGTH_BYTES * len(texts), np.uint8)
    assert put_lengths(text, lengths, out) == len(out)
    assert out.tobytes() == plain(texts)


def test_a_long_text() -> None:
    texts = [b"ACGT" * 20_000, b"", b"N" * 65_536]
    text = np.frombuffer(b"".join(texts), np.uint8)
    lengths = np.array([len(each) for each in texts], np.int64)
    out = np.empty(len(text) + LENGTH_BYTES * len(texts), np.uint8)
    put_lengths(text, lengths, out)
    assert out.tobytes() == plain(texts)
