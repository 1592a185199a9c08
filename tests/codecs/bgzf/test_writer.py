import gzip
import os
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.codecs.bgzf import writer as bgzf


def blocks(data):
    """The sizes of the blocks, from their headers."""
    place = 0
    while place < len(data):
        assert data[place : place + 16] == b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0"
        (size,) = struct.unpack_from("<H", data, place + 16)
        yield size + 1
        place += size + 1
    assert place == len(data)


@given(st.binary(max_size=5000), st.integers(*bgzf.LEVELS))
def test_gzip_reads_it(data, level):
    packed = bgzf.compress_blocks(memoryview(data), level) + bgzf.END
    assert gzip.decompress(packed) == data
    assert len(list(blocks(packed))) == (2 if data else 1)


@pytest.mark.parametrize("level", range(bgzf.LEVELS[0], bgzf.LEVELS[1] + 1))
@pytest.mark.parametrize("data", [os.urandom(200_000), b"ACGT" * 50_000], ids=["noise", "text"])
def test_blocks_stay_in_64_kib(data, level):
    packed = bgzf.compress_blocks(memoryview(data), level)
    assert gzip.decompress(packed) == data
    assert len(list(blocks(packed))) == 4


def test_the_end_is_the_one_of_the_specification():
    assert gzip.decompress(bgzf.END) == b""
    assert list(blocks(bgzf.END)) == [28]


def test_what_does_not_fit_a_block_is_stored(monkeypatch):
    monkeypatch.setattr(bgzf.deflate, "deflate_compress", lambda block, level: bytes(66_000))
    data = os.urandom(bgzf.BLOCK)
    assert gzip.decompress(bgzf.compress_blocks(memoryview(data), 6)) == data
