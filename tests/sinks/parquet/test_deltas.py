import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.sinks.parquet.deltas import pack_deltas, packed_room, share_prefixes

lengths = st.lists(st.one_of(st.integers(0, 2**31 - 1), st.just(150)), max_size=400)
small = st.lists(st.integers(-(2**15), 2**16 - 1), max_size=400)


def unpack(data):
    """Reads DELTA_BINARY_PACKED as the format tells it, number by number."""
    place = 0

    def varint():
        nonlocal place
        value = shift = 0
        while True:
            byte = data[place]
            place += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def zigzag():
        value = varint()
        return value >> 1 ^ -(value & 1)

    block, miniblocks, count = varint(), varint(), varint()
    values = [zigzag()]
    while len(values) < count:
        least = zigzag()
        widths = data[place : place + miniblocks]
        place += miniblocks
        for width in widths:
            size = block // miniblocks
            packed = int.from_bytes(data[place : place + size * width // 8], "little")
            place += size * width // 8
            for number in range(size):
                delta = packed >> number * width & (1 << width) - 1
                if len(values) < count:
                    values.append(values[-1] + least + delta)
    assert place == len(data)
    return values[:count]


@given(st.one_of(lengths, small))
def test_packed_numbers_are_read_again(values):
    out = np.full(packed_room(len(values)) + 1, 0xAB, np.uint8)
    size = pack_deltas(np.array(values, np.int64), out[:-1])
    assert unpack(out[:size].tobytes()) == values
    assert out[-1] == 0xAB


@pytest.mark.parametrize("count", [0, 1, 2, 31, 32, 33, 127, 128, 129, 130, 257, 8192])
def test_the_worst_fits(count):
    values = np.array([(2**31 - 1) * (n % 2) for n in range(count)], np.int64)
    out = np.zeros(packed_room(count), np.uint8)
    assert unpack(out[: pack_deltas(values, out)].tobytes()) == values.tolist()


def naive_prefixes(texts):
    before = b""
    for text in texts:
        shared = 0
        while shared < min(len(text), len(before)) and text[shared] == before[shared]:
            shared += 1
        yield shared, text[shared:]
        before = text


@given(st.lists(st.text("ab\x00", max_size=40).map(str.encode), max_size=30))
def test_prefixes(texts):
    text = np.frombuffer(b"".join(texts), np.uint8)
    offsets = np.cumsum([0, *map(len, texts)]).astype(np.int64)
    prefixes, suffixes = np.zeros((2, len(texts)), np.int64)
    out = np.zeros(len(text), np.uint8)
    size = share_prefixes(text, offsets, prefixes, suffixes, out)
    expected = list(naive_prefixes(texts))
    assert prefixes.tolist() == [shared for shared, _ in expected]
    assert suffixes.tolist() == [len(rest) for _, rest in expected]
    assert out[:size].tobytes() == b"".join(rest for _, rest in expected)
