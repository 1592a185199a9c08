import bz2
import io
import lzma
import sys
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.codecs import open_bytes
from biometal_stream.codecs.streams import OUTPUT
from biometal_stream.errors import CompressedInputError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CHECKED = {zstd.CompressionParameter.checksum_flag: 1}


def checked_zstd(data):
    return zstd.compress(data, options=CHECKED)


def sizeless_zstd(data):
    """A frame that does not tell its size, in several blocks."""
    squeeze = zstd.ZstdCompressor(options=CHECKED)
    halves = [
        squeeze.compress(data[: len(data) // 2], mode=squeeze.FLUSH_BLOCK),
        squeeze.compress(data[len(data) // 2 :]),
    ]
    return b"".join([*halves, squeeze.flush()])


SQUEEZES = {
    "zstd": checked_zstd,
    "zstd without sizes": sizeless_zstd,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
}
each = pytest.mark.parametrize("squeeze", SQUEEZES.values(), ids=SQUEEZES.keys())


@each
@pytest.mark.parametrize("count", [1, 2, 5])
def test_streams(squeeze, count, text, session_run, read_all):
    assert read_all(squeeze(text) * count, session_run) == text * count
    assert read_all(squeeze(b"") + squeeze(text), session_run) == text
    assert read_all(squeeze(b""), session_run) == b""


@pytest.mark.parametrize(
    ("codec", "squeeze"), [("zstd", zstd.compress), ("bzip2", bz2.compress), ("xz", lzma.compress)]
)
def test_they_are_told_apart(codec, squeeze, text, session_run):
    reader = open_bytes(io.BytesIO(squeeze(text)), run=session_run)
    assert reader.codec == codec
    reader.close()


@each
@given(data=st.data())
def test_any_sizes_of_pieces(squeeze, data, text, session_run, read_all, piped):
    packed = squeeze(text[:700]) + squeeze(text[700:1200])
    piece = data.draw(st.integers(1, 300), "bytes that the pipe delivers")
    step = data.draw(st.integers(1, 500), "bytes that are asked for")
    with piped(packed, piece) as source:
        assert read_all(source, session_run, step) == text[:1200]


@each
def test_a_cut_at_any_byte_is_an_error(squeeze, text, session_run, read_all):
    first, second = squeeze(text[:300]), squeeze(text[300:400])
    whole = first + second
    for cut in range(1, len(whole)):
        if cut == len(first):
            assert read_all(whole[:cut], session_run) == text[:300]
        else:
            with pytest.raises(CompressedInputError, match=f"at byte {cut}; it is truncated"):
                read_all(whole[:cut], session_run)


@each
def test_a_flipped_bit_is_an_error_or_of_no_effect(squeeze, text, session_run, read_all):
    packed = squeeze(text[:300])
    for at in range(6, len(packed)):  # with the first 6 intact it is of that format
        for bit in range(0, 8, 3):
            flipped = bytearray(packed)
            flipped[at] ^= 1 << bit
            try:
                assert read_all(flipped, session_run) == text[:300], (at, bit)
            except CompressedInputError as error:
                assert "somewhere before byte" in str(error) or "truncated" in str(error)  # noqa: PT017


@each
@pytest.mark.parametrize("junk", [b"x", b"text after the end", b"\0", b"\0\0x", b"(junk)"])
def test_junk_is_an_error(squeeze, junk, text, session_run, read_all):
    packed = squeeze(text)
    with pytest.raises(CompressedInputError):
        read_all(packed + junk, session_run)


@each
def test_a_bomb_takes_no_memory(squeeze, session_run):
    size = 48 << 20
    packed = squeeze(bytes(size))
    reader = open_bytes(io.BytesIO(packed), run=session_run)
    target = memoryview(bytearray(1 << 22))
    reader.readinto(target)
    tracemalloc.start()
    total = 0
    for _ in range(4):
        count = reader.readinto(target)
        assert 0 < count <= OUTPUT
        total += count
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * OUTPUT
    reader.close()
