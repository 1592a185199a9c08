"""The loops over FASTA against plain Python."""

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.sources.fasta.kernels import (
    count_headers,
    find_header,
    last_header,
    measure_headers,
)
from tests.sources.stand_ins import padded

TEXTS = st.lists(
    st.sampled_from([b">", b"\n", b"A", b"\n>", b">n\n", b"C" * 63, b"\r\n", b"A>\n" * 9])
).map(b"".join)


def starts_of(text):
    return [match.start() for match in re.finditer(rb"(?:^|(?<=\n))>", text)]


@given(TEXTS, st.integers(0, 70), st.integers(0, 3), st.booleans())
def test_headers(text, before, number, begins):
    data = b"x" * before + text
    array = padded(data)
    start, stop = np.uint64(before), np.uint64(len(data))
    starts = [before + at for at in starts_of(text)]
    assert find_header(array, start, stop, np.uint64(number)) == (
        starts[number] if number < len(starts) else len(data)
    )
    assert last_header(array, start, stop) == (starts[-1] if starts else len(data))
    assert measure_headers(array, start, stop) == sum(
        (data.index(b"\n", at) if b"\n" in data[at:] else len(data)) - at for at in starts
    )
    if not begins:  # the text goes on in the middle of a line
        starts = [at for at in starts if at != before]
    assert count_headers(array, start, stop, begins) == len(starts)
