"""K-mers by place against a plain twin."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.reports.kernels.kmers import LENGTH, count_kmers
from tests.operators.kernels.columns import bounded


@given(
    st.lists(st.text("ACGTNacgt.", max_size=30).map(str.encode)),
    st.lists(st.integers(0, 4), max_size=20),
    st.sampled_from([np.int32, np.int64]),
)
def test_kmers_are_counted_by_bin(texts, bins, kind):
    counts = np.zeros((5, 4**LENGTH), np.int64)
    count_kmers(*bounded(texts, kind), np.array(bins, np.int64), counts)
    wanted = Counter()
    for text in texts:
        for place in range(min(len(text) - LENGTH + 1, len(bins))):
            kmer = text[place : place + LENGTH].decode().upper()
            if set(kmer) <= set("ACTG"):
                code = int("".join(str("ACTG".index(base)) for base in kmer), 4)
                wanted[bins[place], code] += 1
    found = {(b, k): counts[b, k] for b, k in zip(*counts.nonzero(), strict=True)}
    assert found == wanted
