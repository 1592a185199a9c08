"""The kernels that turn reads against their definitions."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from biometal_stream.operators.kernels import strand
from tests.operators.plain import reverse_complement

reads = st.lists(st.binary(max_size=200), max_size=12)
LONG = [b"ACGTN" * 4000, b"", b"n", b"RYKMSWBDHV" * 20, b"U", b"acgtu" * 13]


def columns(texts, kind, before, after):
    offsets = np.cumsum([len(before), *map(len, texts)]).astype(kind)
    data = np.frombuffer(before + b"".join(texts) + after or b"\0", np.uint8)
    return offsets, data[: offsets[-1] + len(after)]


def turned(kernel, texts, kind, before, after):
    offsets, data = columns(texts, kind, before, after)
    out = np.empty(offsets[-1] - offsets[0] + strand.PADDING, np.uint8)
    good = kernel(offsets[:-1], offsets[1:], data, out)
    return good, out[: -strand.PADDING].tobytes()


@pytest.mark.parametrize("kind", [np.int32, np.int64])
@given(texts=reads, before=st.binary(max_size=70), after=st.binary(max_size=3))
@example(texts=LONG, before=b"", after=b"")
@example(texts=[bytes(range(128))], before=b"\xff", after=b"\xff")
def test_reverse_complement(kind, texts, before, after):
    good, found = turned(strand.reverse_complement, texts, kind, before, after)
    assert good == all(byte < 128 for text in texts for byte in text)
    plain = b"".join(reverse_complement(text.decode("latin1")).encode("latin1") for text in texts)
    assert found == plain


@pytest.mark.parametrize("kind", [np.int32, np.int64])
@given(texts=reads, before=st.binary(max_size=70), after=st.binary(max_size=3))
@example(texts=LONG, before=b"", after=b"")
@example(texts=[bytes(range(33, 127))], before=b"\x20", after=b"\x7f")
def test_reverse_quality(kind, texts, before, after):
    good, found = turned(strand.reverse_quality, texts, kind, before, after)
    assert good == all(33 <= byte <= 126 for text in texts for byte in text)
    assert found == b"".join(text[::-1] for text in texts)
