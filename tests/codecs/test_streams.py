import bz2
import io
import lzma
import sys
import tracemalloc
import zlib

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


def test_padding_of_xz(text, session_run, read_all):
    packed = lzma.compress(text)
    assert read_all(packed + bytes(4) + packed + bytes(512), session_run) == text * 2
    for count in (1, 2, 3, 5, 511):
        message = f"what follows the last xz stream, at byte {len(packed) + count // 4 * 4},"
        with pytest.raises(CompressedInputError, match=message):
            read_all(packed + bytes(count), session_run)


def test_skippable_frames(text, session_run, read_all):
    note = b"\x51\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"hello"
    packed = zstd.compress(text)
    assert read_all(note + packed + note + note + packed, session_run) == text * 2
    assert read_all(note, session_run) == b""
    for cut in range(1, len(note)):
        with pytest.raises(CompressedInputError, match="truncated"):
            read_all(packed + note[:cut], session_run)


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


@pytest.mark.parametrize("piece", [1, 4, 5, 100])
def test_a_frame_is_judged_by_its_whole_header(piece, session_run, read_all, piped):
    """Behind the magic number stands what begins like a frame to be skipped, and is damage."""
    damaged = b"\x28\xb5\x2f\xfdP*M\x18\3\0\0\0abc"
    with (
        piped(damaged, piece) as source,
        pytest.raises(CompressedInputError, match="cannot be inflated"),
    ):
        read_all(source, session_run)


def test_a_window_that_is_too_large(session_run, read_all):
    options = {zstd.CompressionParameter.window_log: 28}
    squeeze = zstd.ZstdCompressor(options=options)
    packed = squeeze.compress(b"ACGT" * 1000) + squeeze.flush()
    with pytest.raises(CompressedInputError, match=r"window is above 128 MiB; .*--long=31"):
        read_all(packed, session_run)


def test_an_xz_dictionary_that_is_too_large(session_run, read_all):
    packed = bytearray(lzma.compress(b"ACGT" * 1000))
    packed[packed.index(b"\x21\x01", 12) + 2] = 35  # 768 MiB: making one takes several GB
    end = 12 + 4 * packed[12]  # of the block's header, whose CRC32 follows
    packed[end : end + 4] = zlib.crc32(packed[12:end]).to_bytes(4, "little")
    with pytest.raises(CompressedInputError, match=r"dictionary is above 128 MiB; .*xz -dc"):
        read_all(bytes(packed), session_run)


def test_corrupt_zstd_found_in_the_wild(shared_data, session_run, read_all):
    folder = shared_data / "malformed" / "in_the_wild"
    for name in ("0f989b4a__input_read2.fq", "359908c3__input_read1.fq"):
        with pytest.raises(CompressedInputError, match="cannot be inflated"):
            read_all(folder / name, session_run)
