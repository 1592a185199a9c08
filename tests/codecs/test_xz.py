"""xz."""

import lzma
import sys
import zlib

import pytest

from biometal_stream.errors import CompressedInputError

if sys.version_info >= (3, 14):
    pass
else:
    pass


def test_padding_of_xz(text, session_run, read_all):
    packed = lzma.compress(text)
    assert read_all(packed + bytes(4) + packed + bytes(512), session_run) == text * 2
    for count in (1, 2, 3, 5, 511):
        message = f"trailing data at byte {len(packed) + count // 4 * 4} is not an xz stream"
        with pytest.raises(CompressedInputError, match=message):
            read_all(packed + bytes(count), session_run)


def test_an_xz_dictionary_that_is_too_large(session_run, read_all):
    packed = bytearray(lzma.compress(b"ACGT" * 1000))
    packed[packed.index(b"\x21\x01", 12) + 2] = 35  # 768 MiB: making one takes several GB
    end = 12 + 4 * packed[12]  # of the block's header, whose CRC32 follows
    packed[end : end + 4] = zlib.crc32(packed[12:end]).to_bytes(4, "little")
    with pytest.raises(CompressedInputError, match=r"dictionary is above 128 MiB; .*xz -dc"):
        read_all(bytes(packed), session_run)
