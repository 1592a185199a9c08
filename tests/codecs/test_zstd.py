"""zstd."""

import sys

import pytest

from biometal_stream.errors import CompressedInputError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


CHECKED = {zstd.CompressionParameter.checksum_flag: 1}


def checked_zstd(data):
    return zstd.compress(data, options=CHECKED)


def test_skippable_frames(text, session_run, read_all):
    note = b"\x51\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"hello"
    packed = zstd.compress(text)
    assert read_all(note + packed + note + note + packed, session_run) == text * 2
    assert read_all(note, session_run) == b""
    for cut in range(1, len(note)):
        with pytest.raises(CompressedInputError, match="truncated"):
            read_all(packed + note[:cut], session_run)


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


def test_corrupt_zstd_found_in_the_wild(shared_data, session_run, read_all):
    folder = shared_data / "malformed" / "in_the_wild"
    for name in ("0f989b4a__input_read2.fq", "359908c3__input_read1.fq"):
        with pytest.raises(CompressedInputError, match="cannot be inflated"):
            read_all(folder / name, session_run)
