"""The kernels of tiles against regular expressions and plain sums."""

import re

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from biometal_stream.reports.kernels.tiles import (
    FIELD_OF_VIEW,
    FLUSH,
    add_scores,
    find_tiles,
    number_tiles,
)
from tests.operators.kernels.columns import bounded

NAMES = [
    "A00123:10:HXX:1:1101:18518:48851",
    "A00123:10:HXX:1:1101:18518:48",
    "A00123:10:HXX:1:1102:18:4",
    "A00123:10:HXX:1:1102:18",  # six fields: an old name, whose tile is no number
    "A00123:10:HXX:1:1102:18:4:ACGT+ACGT",
    "AV100002:PSP32:1140032301:1:10102:0001:0039",  # Element
    "HWUSI-EAS493_0001:2:1:1000:16900#0/1",
    "HWUSI-EAS493_0001:2:1:1000:16900",
    "30BB2AAXX080903:3:3:1535:1429#0",
    "SRR1749083.HWI-ST1309F:161:C584UANXX:3:1101:2000:1995.1",
    "V350012345L1C002R0500000001/1",
    "V350012345L1C002R0510000002/1",
    "CL100025298L1C002R050_244547",
    "LLL1C002R050",
    "V350012345L1C002R05",
    "a_1_2_0:0:0_1:0:0_7/1",
    "A:1:F:1:1101:1:2 1:N:0:ACGT",
    "A:1:F:1:1101\t:1:2",
    "x" * 70 + ":1:F:1:1101:1:2",
    "A:1:F:1:1101:" + "y" * 80 + ":2",
    "A:1:F:1:11012345678:1:2",
    "A:1:F:1::1:2",
    ":::::::",
    "SRR123.1",
    "",
]
names = st.sampled_from(NAMES) | st.text("AL1C0R2:_ ", max_size=90)


def plain(name):
    name = re.split("[ \t]", name)[0]
    fields = name.split(":")
    if len(fields) >= 5:
        tile = fields[4 if len(fields) >= 7 else 2]
        within = len(":".join(fields[: 5 if len(fields) >= 7 else 3])) < 64
        return int(tile) if within and re.fullmatch("[0-9]{1,9}", tile) else -1
    found = re.search("L[0-9]C([0-9]{3})R([0-9]{3})", name)
    if len(fields) > 1 or found is None or found.start() >= 64:
        return -1
    return FIELD_OF_VIEW + 1000 * int(found[1]) + int(found[2])


@given(st.lists(names, max_size=12), st.sampled_from([np.int32, np.int64]), st.integers(0, 3))
@example(NAMES, np.int32, 0)
@example([name for name in NAMES for _ in range(2)], np.int64, 1)
def test_find_tiles(names, kind, gap):
    tiles = np.empty(len(names), np.int64)
    find_tiles(*bounded([name.encode() for name in names], kind, gap=gap), tiles)
    assert tiles.tolist() == [plain(name) for name in names]


@given(st.lists(st.integers(-1, 6) | st.sampled_from([1 << 40, 1 << 62]), max_size=50))
def test_number_tiles(tiles):
    table = np.full(64, -1)
    found, slots = np.empty((2, len(tiles)), np.int64)
    count = number_tiles(np.array(tiles, np.int64), table, found, slots)
    different = list(dict.fromkeys(tile for tile in tiles if tile >= 0))
    assert found[:count].tolist() == different
    assert slots.tolist() == [different.index(tile) if tile >= 0 else -1 for tile in tiles]


@given(
    st.lists(st.tuples(st.integers(-1, 2), st.integers(0, 9), st.integers(33, 255)), max_size=20),
    st.integers(1, 6),
    st.sampled_from([1, FLUSH + 3]),
    st.sampled_from([np.int32, np.int64]),
)
def test_add_scores(reads, cycles, times, kind):
    reads *= times  # so many that sums have to be flushed
    texts = [bytes([byte]) * length for _, length, byte in reads]
    sums, by_length = np.zeros((3, cycles), np.int32), np.zeros((3, cycles + 1), np.int32)
    room, waiting = np.zeros((3, cycles), np.uint16), np.zeros(3, np.int64)
    slots = np.array([slot for slot, _, _ in reads], np.int64)
    add_scores(*bounded(texts, kind, gap=1), slots, room, waiting, sums, by_length)
    for slot in range(3):
        own = [
            text[:cycles] for text, (each, _, _) in zip(texts, reads, strict=True) if each == slot
        ]
        assert sums[slot].tolist() == [
            sum(text[k : k + 1][0] for text in own if len(text) > k) for k in range(cycles)
        ]
        assert by_length[slot].tolist() == [
            sum(len(text) == k for text in own) for k in range(cycles + 1)
        ]
    assert not room.any()
