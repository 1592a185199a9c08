"""What cutadapt keeps, of single reads and, with ``--pair-filter=any``, of pairs."""

import pytest

from tests.peers.tools import PAIRS, SINGLE, assert_same, ours, pair, peer, single

FILTERS = [
    (("--max-ee", 2), ("max-expected-errors", 2)),
    (("--max-n", 0), ("max-n", 0)),
    (("--max-n", 1), ("max-n", 1)),
    (("-m", 224), ("min-length", 224)),
]


@pytest.mark.parametrize("name", SINGLE)
@pytest.mark.parametrize(("options", "step"), FILTERS)
def test_single_reads(shared_data, tmp_path, name, options, step):
    path = single(shared_data, name)
    peer("cutadapt", "--quiet", *options, "-o", tmp_path / "theirs.fq", path)
    ours("read", path, *step, "write", tmp_path / "ours.fq")
    assert_same(tmp_path / "ours.fq", tmp_path / "theirs.fq")


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize(("options", "step"), FILTERS)
def test_pairs(shared_data, tmp_path, name, options, step):
    theirs = tmp_path / "theirs_1.fq", tmp_path / "theirs_2.fq"
    mine = tmp_path / "ours_1.fq", tmp_path / "ours_2.fq"
    first, second = pair(shared_data, name)
    outputs = ("-o", theirs[0], "-p", theirs[1])
    peer("cutadapt", "--quiet", "--pair-filter=any", *options, *outputs, first, second)
    ours("read", first, "--mate", second, *step, "write", mine[0], "--mate", mine[1])
    assert_same(mine[0], theirs[0])
    assert_same(mine[1], theirs[1])
