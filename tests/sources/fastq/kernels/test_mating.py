import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.sources.fastq.kernels.mating import pair_neighbours, pair_up

names = st.lists(st.integers(-1, 9), max_size=12)


def naive_pairs(
    ones: list[int], twos: list[int], all_ones: bool, all_twos: bool
) -> tuple[list[tuple[int, int]], int, int]:
    found: list[tuple[int, int]] = []
    one = two = 0
    while one < len(ones) and two < len(twos):
        ways = [
            (place + other, place, other)
            for place in range(len(ones) - one)
            for other in range(len(twos) - two)
            if ones[one + place] == twos[two + other] >= 0
        ]
        best = min(ways, default=None)
        if best is None:
            return (found, len(ones), len(twos)) if all_ones and all_twos else (found, one, two)
        left_out, place, other = best
        nearer = (not all_ones and left_out > len(ones) - one) or (
            not all_twos and left_out > len(twos) - two
        )
        if nearer:
            break
        one, two = one + place, two + other
        found.append((one, two))
        one, two = one + 1, two + 1
    return found, one, two


@given(names, names, st.booleans(), st.booleans())
def test_pair_up(ones: list[int], twos: list[int], all_ones: bool, all_twos: bool) -> None:
    first, second = (np.zeros(min(len(ones), len(twos)), np.int64) for _ in range(2))
    pairs, done, other_done = pair_up(
        np.array(ones, np.int32),
        np.array(twos, np.int32),
        np.full(10, -1, np.int32),
        np.zeros(len(twos), np.int32),
        all_ones,
        all_twos,
        first,
        second,
    )
    found = list(zip(first[: int(pairs)].tolist(), second[: int(pairs)].tolist(), strict=True))
    assert (found, done, other_done) == naive_pairs(ones, twos, all_ones, all_twos)


@given(names)
def test_pair_neighbours(reads: list[int]) -> None:
    codes = np.array(reads, np.int32)
    first = np.zeros(len(reads) // 2, np.int64)
    pairs, done = pair_neighbours(codes, codes, first)
    wanted, read = [], 0
    while read + 1 < len(reads):
        if reads[read] == reads[read + 1] >= 0:
            wanted.append(read)
            read += 1
        read += 1
    assert (first[: int(pairs)].tolist(), done) == (wanted, read)
