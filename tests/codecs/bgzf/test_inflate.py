"""Inflating where the functions of libdeflate are hidden."""

import io

import pytest

from biometal_stream.codecs import open_bytes
from biometal_stream.codecs.bgzf.inflate import decompressor
from biometal_stream.errors import CompressedInputError


def test_the_package_inflates(hidden_libraries, text, lend, bgzf, read_all, tmp_path):
    assert decompressor() is None
    path = tmp_path / "reads.fq.gz"
    path.write_bytes(bgzf(text, 300))
    assert read_all(path, lend()) == text
    reader = open_bytes(path, run=lend())
    target = memoryview(bytearray(1000))
    assert reader.job(target)() == 900
    assert bytes(target[:900]) == text[:900]
    reader.close()


def test_the_package_finds_damage(hidden_libraries, text, lend, bgzf):
    first, second = bgzf(text[:300], end=False), bytearray(bgzf(text[300:600], end=False))
    second[-8] ^= 1
    reader = open_bytes(io.BytesIO(first + bytes(second) + first), run=lend())
    target = memoryview(bytearray(1000))
    assert reader.readinto(target) == 300
    with pytest.raises(CompressedInputError, match=rf"at byte {len(first)} has a checksum mism"):
        reader.readinto(target)
    reader.close()
