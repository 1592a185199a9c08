import gzip
import os
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.codecs.bgzf.writer import compress_blocks
from biometal_stream.codecs.gzip.members import GzipDecoder
from biometal_stream.codecs.open import open_bytes
from biometal_stream.codecs.raw.objects import ObjectInput
from biometal_stream.errors import CompressedInputError, InputError

BGZF_BLOCK = bytes(compress_blocks(memoryview(b"x" * 99), 1))


def test_one_member(text, session_run, read_all):
    assert read_all(gzip.compress(text), session_run) == text


def test_an_empty_member(session_run, read_all):
    assert read_all(gzip.compress(b""), session_run) == b""


def test_several_members(text, session_run, read_all):
    parts = [text[:100], b"", text[100:101], text[101:]]
    assert read_all(b"".join(gzip.compress(part) for part in parts), session_run) == text


def test_all_parts_of_a_header_are_understood(text, session_run, read_all):
    member = gzip.compress(text)
    named = b"\x1f\x8b\x08\x1c" + member[4:10] + b"\x03\0abc" + b"reads.fq\0" + b"a note\0"
    assert read_all(named + member[10:], session_run) == text


@given(data=st.data())
def test_any_sizes_of_pieces(data, text, session_run, read_all, piped):
    packed = gzip.compress(text[:900]) + gzip.compress(text[900:1300])
    piece = data.draw(st.integers(1, 300), "bytes that the pipe delivers")
    step = data.draw(st.integers(1, 500), "bytes that are asked for")
    with piped(packed, piece) as source:
        assert read_all(source, session_run, step) == text[:1300]


@pytest.mark.parametrize("members", [1, 2, 3])
def test_a_cut_at_any_byte_is_an_error(members, text, session_run, read_all):
    packed = [gzip.compress(text[at * 200 : at * 200 + 200]) for at in range(members)]
    whole = b"".join(packed)
    ends = {len(b"".join(packed[:count])): count for count in range(members + 1)}
    for cut in range(len(whole) + 1):
        if cut in ends:  # a whole number of members is a valid file
            assert read_all(whole[:cut], session_run) == text[: ends[cut] * 200]
        else:
            with pytest.raises(CompressedInputError, match=rf"at byte {cut}; it is truncated"):
                read_all(whole[:cut], session_run)


def test_a_cut_is_found_on_a_pipe_and_on_a_file(text, session_run, read_all, piped, tmp_path):
    cut = gzip.compress(text)[:-3]
    path = tmp_path / "cut.fq.gz"
    path.write_bytes(cut)
    with pytest.raises(CompressedInputError, match=r"cut\.fq\.gz: .* truncated: copy or download"):
        read_all(path, session_run)
    with piped(cut) as source, pytest.raises(CompressedInputError, match="truncated"):
        read_all(source, session_run)


def test_a_flipped_bit_is_an_error_or_of_no_effect(text, session_run, read_all):
    text = text[:400]
    packed = gzip.compress(text[:250]) + gzip.compress(text[250:])
    unnoticed = set()
    for at in range(len(packed)):
        for bit in range(8):
            flipped = bytearray(packed)
            flipped[at] ^= 1 << bit
            try:
                result = read_all(flipped, session_run)
            except CompressedInputError:
                continue
            if at < 2:  # no gzip any more: plain text, for the parser to refuse
                assert result == flipped
                continue
            assert result == text
            unnoticed.add(at)
    second = len(gzip.compress(text[:250]))
    header = {*range(3, 10), *range(second + 3, second + 10)}
    last_bits = {second - 9, len(packed) - 9}  # those after the end of the DEFLATE data
    assert unnoticed <= header | last_bits


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda crc, size: (crc ^ 1, size), "checksum mismatch"),
        (lambda crc, size: (crc, size + 1), "ISIZE"),
    ],
)
def test_the_trailer_is_checked(change, message, text, session_run, read_all):
    packed = gzip.compress(text)
    crc, size = struct.unpack("<II", packed[-8:])
    bad = packed[:-8] + struct.pack("<II", *change(crc, size))
    with pytest.raises(CompressedInputError, match=message):
        read_all(bad, session_run)


@pytest.mark.parametrize("flags", [0x20, 0x40, 0x80, 0xE0, 0x88])
@pytest.mark.parametrize("before", [b"", gzip.compress(b"x" * 99, mtime=0), BGZF_BLOCK])
def test_reserved_flags_are_an_error(flags, before, text, session_run, read_all, piped):
    packed = bytearray(before + gzip.compress(text, mtime=0) + gzip.compress(text))
    packed[len(before) + 3] |= flags
    message = f"member at byte {len(before)} has flags that RFC 1952 reserves"
    for piece in (1, 7, 10_000):
        with piped(bytes(packed), piece) as source, pytest.raises(CompressedInputError) as caught:
            read_all(source, session_run)
        assert caught.match(message)


def test_data_that_look_like_reserved_flags_are_read(session_run, read_all, piped):
    stored = (
        b"@" + b"".join(b"\x1f\x8b\x08" + os.urandom(9) for _ in range(3000)) + b"\x1f\x8b\x08\xff"
    )
    packed = gzip.compress(stored, 0) + gzip.compress(stored[::-1], 0)
    assert read_all(packed, session_run) == stored + stored[::-1]
    for piece in (1, 64, 1000):
        with (
            piped(packed[:40_000], piece) as source,
            pytest.raises(CompressedInputError, match="truncated"),
        ):
            read_all(source, session_run)


@pytest.mark.parametrize("count", [1, 7, 512, 1_000_000])
def test_padding_is_accepted(count, text, session_run, read_all):
    assert read_all(gzip.compress(text) + bytes(count), session_run) == text


@pytest.mark.parametrize("length", range(1, 30))
def test_text_after_the_last_member(length, text, session_run, read_all):
    junk = b"lorem ipsum dolor sit amet consetetur"[:length]
    message = (
        "trailing data at byte .* is not a gzip"
        if length < 10
        else "trailing data, somewhere before .*is not a gzip"
    )
    for members in (1, 2):
        packed = b"".join(gzip.compress(text[:300]) for _ in range(members))
        with pytest.raises(CompressedInputError) as caught:
            read_all(packed + junk, session_run)
        if members == 1:
            assert caught.match(message)


@pytest.mark.parametrize("junk", [b"\x1f", b"\x1f\x8b", b"\x1fjunk", b"\0\0x", b"\x1f\x8b\x08zzz"])
def test_junk_that_begins_like_a_member_or_padding(junk, text, session_run, read_all):
    with pytest.raises(CompressedInputError):
        read_all(gzip.compress(text) + junk, session_run)


def test_a_header_without_an_end_takes_no_memory(session_run, read_all):
    endless = b"\x1f\x8b\x08\x08" + bytes(6) + b"a" * 3_000_000
    with pytest.raises(CompressedInputError, match="cannot be inflated"):
        read_all(endless, session_run)


def test_incompressible_and_very_compressible_data(session_run, read_all):
    for data in (os.urandom(2_000_000), bytes(30_000_000)):
        result = read_all(gzip.compress(data, 1), session_run, 1 << 20)
        assert zlib.crc32(result) == zlib.crc32(data)
        assert len(result) == len(data)


def test_a_failing_file_is_reported_as_that(text, session_run):
    class Failing:
        name = "reads.fq.gz"

        def __init__(self):
            self.pieces = [gzip.compress(text)[:50]]

        def read(self, size):
            if self.pieces:
                return self.pieces.pop()[:size]
            raise OSError(5, "Input/output error")

    decoder = GzipDecoder(ObjectInput("reads.fq.gz", Failing(), None))
    message = "reads.fq.gz: cannot be read after byte 50: Input/output error"
    with pytest.raises(InputError, match=message):
        decoder.readinto(memoryview(bytearray(1000)))


def test_bytes_read_counts_what_is_compressed(text, session_run, tmp_path):
    path = tmp_path / "reads"
    path.write_bytes(gzip.compress(text))
    reader = open_bytes(path, run=session_run)
    assert reader.codec == "gzip"
    assert reader.bytes_total == path.stat().st_size
    while reader.readinto(memoryview(bytearray(100))):
        pass
    assert reader.bytes_read == path.stat().st_size
    reader.close()
