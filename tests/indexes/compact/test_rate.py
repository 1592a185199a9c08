"""Computed false-positive rates against sums over all cells, and reads."""

from fractions import Fraction
from math import isclose

import numpy as np
import pytest

from biometal_stream.indexes.compact.kernels.filling import fill_lines
from biometal_stream.indexes.compact.levels import block_levels
from biometal_stream.indexes.compact.rate import RateOfKmers, rate_of_reads
from tests.indexes.compact import plain

CELLS = 31 * 4096


def of_level(lines):
    """The shares of cells that are taken, and of groups that go on."""
    if not lines:
        return Fraction(0), Fraction(0)
    taken = sum(len(set(plain.cells_of(line))) for line in lines)
    over = sum(31 - plain.cells_of(line)[-1][0] for line in lines if line[-1] & 0x80)
    return Fraction(taken, CELLS * len(lines)), Fraction(over, 31 * len(lines))


@pytest.mark.parametrize("count", [0, 1, 40, 3000])
def test_the_rate_is_that_of_all_cells(count):
    hashes = np.sort(np.random.default_rng(count).integers(0, 2**64, count, np.uint64))
    first, later, _, directory = plain.index_of(hashes.tolist())
    second, third = later[: directory[1]], later[directory[1] :]
    (found, goes), (found_2, goes_2), (found_3, _) = map(of_level, (first, second, third))
    rate = RateOfKmers()
    rate.add(block_levels(hashes, 0, len(first))[0])
    assert isclose(rate.rate, found + goes * (found_2 + goes_2 * found_3), abs_tol=1e-15)


def test_blocks_add_up():
    hashes = np.sort(np.random.default_rng(1).integers(0, 2**64, 170_000, np.uint64))
    whole, first, second = RateOfKmers(), RateOfKmers(), RateOfKmers()
    end = -(-(4096 << 64) // 4359)
    blocks = np.split(hashes, [int(np.searchsorted(hashes, np.uint64(end)))])
    for number, (block, alone) in enumerate(zip(blocks, (first, second), strict=True)):
        levels, _ = block_levels(block, number, 4359)
        whole.add(levels)
        alone.add(levels)
    assert isclose(whole.rate, first.rate + second.rate)
    assert first.rate > 10 * second.rate > 0  # 4,096 lines, and 263


def test_cells_that_two_kmers_share_count_once():
    target = np.zeros(64, np.uint8)
    tallies = np.zeros(2, np.uint64)
    hashes = np.array([0, 1, 2, 2**63], np.uint64)
    fill_lines(hashes, np.uint64(1), np.uint64(0), target, np.empty(4, np.uint64), tallies)
    assert tallies.tolist() == [2, 0]


def test_reads():
    assert isclose(rate_of_reads(0.5, 2, 1), 0.75)
    assert isclose(rate_of_reads(0.5, 2, 2), 0.25)
    assert rate_of_reads(0.5, 2, 3) == 0
    assert rate_of_reads(0.5, 2, 0) == rate_of_reads(0.5, 2, 1)
    assert rate_of_reads(0.0, 14, 2) == 0
    assert isclose(rate_of_reads(3.11e-4, 14, 2), 91 * 3.11e-4**2, rel_tol=0.01)
    assert rate_of_reads(3.11e-4, 14, 2) < 1e-5
    assert rate_of_reads(3.11e-4, 400, 2) < 0.01  # as of a read of 4,000 bases
    assert isclose(rate_of_reads(3.11e-4, 12_500, 2), 0.9, rel_tol=0.001)  # 100,000 bases
    assert isclose(rate_of_reads(3.11e-4, 30_000_000, 2), 1, rel_tol=1e-6)
