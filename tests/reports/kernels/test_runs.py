"""Merging sorted hashes against a plain twin."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.reports.kernels.runs import merge_runs

RUN = st.dictionaries(st.integers(0, 9) | st.integers(0, 2**64 - 1), st.integers(1, 2**40))


def arrays(run):
    keys = sorted(run)
    return np.array(keys, np.uint64), np.array([run[key] for key in keys], np.int64)


@given(RUN, RUN)
def test_counts_add_up(one, two):
    room = len(one) + len(two)
    out = np.empty(room, np.uint64), np.empty(room, np.int64), np.empty(room, np.int64)
    count = merge_runs(*arrays(one), *arrays(two), *out)
    hashes, copies, origins = (each[:count].tolist() for each in out)
    total = Counter(one) + Counter(two)
    assert hashes == sorted(total)
    assert copies == [total[key] for key in hashes]
    first, second = sorted(one), sorted(two)
    assert origins == [
        first.index(key) if key in one else len(one) + second.index(key) for key in hashes
    ]
