"""What fastp keeps when it neither trims nor corrects, of single reads and of pairs."""

import pytest

from tests.peers.tools import FASTP, PAIRS, SINGLE, assert_same, ours, pair, peer, single

ONLY_FILTERS = ("-A", "-G", *FASTP)
# fastp has no switch for the count of N alone; 50 is its greatest limit.
QUALITY = ("-n", 50, "-l", 1)

FILTERS = [
    (("-Q", "-L", "-y", "-Y", 30), ("min-complexity",)),
    (("-Q", "-L", "-y", "-Y", 70), ("min-complexity", 0.7)),
    ((*QUALITY, "-q", 15, "-u", 40), ("max-low-quality-fraction", "max-n", 50)),
    (
        (*QUALITY, "-q", 30, "-u", 7),
        ("max-low-quality-fraction", 0.07, "--quality", 30, "max-n", 50),
    ),
    (
        (*QUALITY, "-u", 100, "-e", 30),
        ("min-arithmetic-mean-quality", 30, "max-n", 50),
    ),
]


@pytest.mark.parametrize("name", SINGLE)
@pytest.mark.parametrize(("options", "steps"), FILTERS)
def test_single_reads(shared_data, tmp_path, name, options, steps):
    path = single(shared_data, name)
    peer("fastp", *ONLY_FILTERS, *options, "-i", path, "-o", tmp_path / "theirs.fq")
    ours("read", path, *steps, "write", tmp_path / "ours.fq")
    assert_same(tmp_path / "ours.fq", tmp_path / "theirs.fq")


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize(("options", "steps"), FILTERS)
def test_pairs(shared_data, tmp_path, name, options, steps):
    theirs = tmp_path / "theirs_1.fq", tmp_path / "theirs_2.fq"
    mine = tmp_path / "ours_1.fq", tmp_path / "ours_2.fq"
    first, second = pair(shared_data, name)
    files = ("-i", first, "-I", second, "-o", theirs[0], "-O", theirs[1])
    peer("fastp", *ONLY_FILTERS, *options, *files)
    ours("read", first, "--mate", second, *steps, "write", mine[0], "--mate", mine[1])
    assert_same(mine[0], theirs[0])
    assert_same(mine[1], theirs[1])
