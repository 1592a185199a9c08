"""The loops over blocks, against plain twins."""

import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.codecs.bgzf import inflate
from biometal_stream.codecs.bgzf.kernels import (
    BAD_CRC,
    BAD_DATA,
    BAD_SIZE,
    COLUMNS,
    CUT,
    DATA,
    DEFLATED,
    FOREIGN,
    FULL,
    GOOD,
    JUNK,
    TOO_LONG,
    TOO_SMALL,
    count_fitting,
    cut_blocks,
    inflate_blocks,
)
from biometal_stream.codecs.detect import GZIP, block_header, block_size
from biometal_stream.codecs.libraries.libdeflate import decompressor


def cut(data, at, most):
    """What `cut_blocks` should find: each block's data, CRC32, size and location."""
    found = []
    while at < len(data):
        size = block_size(data, at)
        if not size:
            if data[at] == 0:
                at += len(data[at:]) - len(data[at:].lstrip(b"\0"))
                continue
            if not GZIP.startswith(data[at : at + 2]):
                return found, at, JUNK
            return found, at, CUT if size is None else FOREIGN
        if at + size > len(data):
            break
        first = block_header(data, at)
        if size < first + 8:
            return found, at, TOO_SMALL
        crc, inflated = struct.unpack_from("<II", data, at + size - 8)
        if inflated > 1 << 16:
            return found, at, TOO_LONG
        if len(found) == most:
            return found, at, FULL
        found.append((data[at + first : at + size - 8], crc, inflated, at))
        at += size
    return found, at, CUT


def block(data, extra=b"", after=b""):
    squeeze = zlib.compressobj(6, zlib.DEFLATED, -15)
    deflated = squeeze.compress(data) + squeeze.flush()
    size = 18 + len(extra) + len(after) + len(deflated) + 8
    fields = extra + b"BC\2\0" + struct.pack("<H", size - 1) + after
    head = b"\x1f\x8b\x08\x04" + bytes(4) + b"\0\xff" + struct.pack("<H", len(fields))
    return head + fields + deflated + struct.pack("<II", zlib.crc32(data), len(data))


subfields = st.binary(max_size=6).map(lambda value: b"XY" + struct.pack("<H", len(value)) + value)
pieces = st.one_of(
    st.builds(block, st.binary(max_size=40)),
    st.builds(block, st.binary(max_size=40), subfields, subfields),
    st.integers(1, 5).map(bytes),
    st.sampled_from(
        [
            *(block(b"text")[:cut] for cut in (1, 2, 3, 5, 11, 12, 15, 17, 18, 20)),
            block(b"text")[:10] + b"\3\0" + b"BC\2" + bytes(40),  # fields that are cut short
            block(b"text")[:16] + b"\5\0" + bytes(30),
            block(b"text")[:-4] + b"\0\0\2\0",
            b"\x1f\x8b\x08\0" + bytes(20),
            b"\x1f\x8b\x08\4" + bytes(6) + b"\6\0XY\2\0zz" + bytes(9),
            b"\x1fx",
            b"junk",
        ]
    ),
)


@given(data=st.lists(pieces, max_size=6).map(b"".join), most=st.integers(1, 3), draw=st.data())
def test_blocks_are_cut_as_the_specification_says(data, most, draw):
    flips = draw.draw(st.lists(st.integers(0, len(data) - 1), max_size=2)) if data else []
    data = bytearray(data)
    for at in flips:
        data[at] ^= 1 << at % 8
    data = bytes(data)
    array = np.frombuffer(data, np.uint8)
    table = np.full((most + 1, COLUMNS), 7, np.uint64)
    start = draw.draw(st.integers(0, min(3, len(data))), "start")
    found, at, why = cut(data, start, most)
    assert cut_blocks(array, np.uint64(start), np.uint64(1000), table[:most]) == (
        len(found),
        at,
        why,
        sum(size for _, _, size, _ in found),
    )
    base = array.ctypes.data
    for row, (deflated, crc, size, place) in zip(table.tolist(), found, strict=False):
        first = row[DATA] - base
        assert data[first : first + row[DEFLATED]] == deflated
        assert row[DEFLATED + 1 :] == [crc, size, 1000 + place]
    assert (table[len(found) :] == 7).all()


@given(st.lists(st.integers(0, 9), max_size=9), st.integers(0, 40))
def test_blocks_fit_while_there_is_room(sizes, room):
    table = np.zeros((len(sizes), COLUMNS), np.uint64)
    table[:, 3] = sizes
    sums = np.cumsum([0, *sizes])
    count = int((sums <= room).sum()) - 1
    assert count_fitting(table, np.uint64(room)) == (count, sums[count])


def inflated(blocks, function, target=300):
    data = np.frombuffer(b"".join(blocks), np.uint8)
    table = np.zeros((len(blocks), COLUMNS), np.uint64)
    assert cut_blocks(data, np.uint64(0), np.uint64(0), table)[0] == len(blocks)
    out = np.full(target, 7, np.uint8)
    result = function(table, out)
    assert (out[result[1] :] == 7).all() or result[2] != GOOD
    return tuple(map(int, result)), out[: result[1]].tobytes()


def by_kernel(table, out):
    return inflate_blocks(decompressor(), table, out)


def altered(data, at, number):
    return data[:at] + struct.pack("<I", number) + data[at + 4 :]


@pytest.mark.parametrize("function", [by_kernel, inflate._inflate_each])
def test_the_first_bad_block_ends_it(function):
    good, empty, text = block(b"GATTACA"), block(b""), block(b"text" * 9)
    whole = inflated([good, empty, text], function)
    assert whole == ((3, 43, GOOD), b"GATTACA" + b"text" * 9)
    crc, size = len(text) - 8, len(text) - 4
    for bad, why in (
        (altered(text, crc, 1), BAD_CRC),
        (altered(text, size, 40), BAD_SIZE),
        (altered(text, size, 30), BAD_DATA),
        (altered(text, size, 0), BAD_DATA),
        (altered(empty, len(empty) - 4, 3), BAD_SIZE),
        (altered(empty, len(empty) - 8, 3), BAD_CRC),
        (text[:18] + b"\7" + text[19:], BAD_DATA),
    ):
        assert inflated([good, empty, bad, good], function) == ((2, 7, why), b"GATTACA")
    assert inflated([], function) == ((0, 0, GOOD), b"")


@given(st.lists(st.binary(max_size=60), max_size=6), st.data())
def test_both_ways_to_inflate_agree(texts, draw):
    blocks = [bytearray(block(text)) for text in texts]
    for at in draw.draw(st.lists(st.integers(0, len(blocks) - 1), max_size=2)) if blocks else []:
        place = draw.draw(st.integers(18, len(blocks[at]) - 5))
        blocks[at][place] ^= draw.draw(st.sampled_from([1, 16, 128]))
    results = [inflated(blocks, each, 400) for each in (by_kernel, inflate._inflate_each)]
    assert results[0] == results[1]
