"""Each part has its share of each stratum, and the seed alone decides."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.models.training.splitting import split_rows


@given(st.lists(st.integers(0, 4), max_size=300), st.integers(0, 9))
def test_a_split_is_a_partition_with_shares(strata, seed):
    strata = np.array(strata, np.int64)
    if not len(strata):
        return
    split = split_rows(strata, seed)
    parts = [split.train, split.validation, split.test]
    assert sorted(np.concatenate(parts)) == list(range(len(strata)))
    for part, share in zip(parts, (0.7, 0.15, 0.15), strict=True):
        assert (np.diff(part) > 0).all()
        for stratum in np.unique(strata):
            count = (strata == stratum).sum()
            assert abs((strata[part] == stratum).sum() - share * count) <= 1
    again = split_rows(strata, seed)
    assert (again.train == split.train).all()


def test_another_seed_is_another_split():
    strata = np.zeros(1000, np.int64)
    assert (split_rows(strata, 1).train != split_rows(strata, 2).train).any()
