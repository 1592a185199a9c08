"""The bench of indexes, with few k-mers."""

import numpy as np
import pytest

from benches.depletion import __main__ as bench
from benches.depletion import synthetic
from benches.depletion.synthetic import RandomSet
from biometal_stream.indexes.mixing import mixed


@pytest.mark.parametrize("count", [1, 100, 5000])
def test_a_random_set_is_ascending_and_the_same_each_time(monkeypatch, count):
    monkeypatch.setattr(synthetic, "_BLOCK", 1000)
    some = RandomSet(count)
    hashes = np.concatenate(list(some.hashes()))
    assert len(hashes) == count
    assert (hashes[1:] > hashes[:-1]).all()
    assert (hashes == np.concatenate(list(RandomSet(count).hashes()))).all()
    assert np.isin(mixed(some.sample(300)), hashes).all()
    assert not np.isin(mixed(some.others(300)), hashes).any()


def test_it_prints_sizes_and_rates(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr("benches.depletion.lookups.BATCH", 1000)
    words = ["index", "--keys", "50000", "--exact-keys", "50000", "--batches", "2"]
    assert bench.main([*words, "--folder", str(tmp_path)]) == 0
    text = capsys.readouterr().out
    assert "compact: 50,000 k-mers in 0.1 MB, 15." in text
    assert "exact: 50,000 k-mers in 0.5 MB, 85.3" in text
    assert not list(tmp_path.iterdir())
