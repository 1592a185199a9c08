"""The decompressors, against those of Python's standard library (and zlib for gzip)."""

from __future__ import annotations

import bz2
import functools
import gzip
import io
import lzma
import struct
import sys
import zlib
from collections.abc import Callable, Hashable

from biometal_stream.codecs import open_bytes
from biometal_stream.codecs.detect import BZIP2, GZIP, SKIPPABLE, XZ, ZSTD
from biometal_stream.errors import CompressedInputError, FastqError, InputError
from biometal_stream.sources.alone import batches_of
from biometal_stream.sources.fastq.source import FastqSource
from tests.fuzz.fastq import BAD, GOOD, naively
from tests.fuzz.target import QuietRun, Target, check_message, magnitude
from tests.sources.naive import Record

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MOST = 1 << 19
"""Bytes that are inflated of an input at most: a mutated stream may be a bomb."""

_STEPS = (65536, 997, 4096)
_TARGET = bytearray(max(_STEPS))


def read(data: bytes, step: int = 65536) -> bytes:
    """What is inflated, up to `MOST`.

    Raises:
        CompressedInputError: It is refused.
        InputError: So is what is inflated.
    """
    reader = open_bytes(io.BytesIO(data), run=QuietRun())  # type: ignore[arg-type]
    target = memoryview(_TARGET)[:step]
    out = bytearray()
    try:
        while len(out) < MOST and (count := reader.readinto(target)):
            out += target[:count]
        if len(out) < MOST:
            assert reader.readinto(target) == 0  # the end stays the end
    finally:
        reader.close()
    return bytes(out[:MOST])


def _gzip(data: bytes) -> bytes:
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
        return file.read(MOST)


def _streams(start: object, beginnings: tuple[bytes, ...], padding: int, data: bytes) -> bytes:
    """One stream after the other, and nothing else."""
    out = b""
    while data and len(out) < MOST:
        while padding and data[:padding] == bytes(padding):
            data = data[padding:]
        if not data:
            break
        if not data.startswith(beginnings):
            raise ValueError("junk")
        one = start()  # type: ignore[operator]
        out += one.decompress(data, max_length=MOST - len(out))
        while not one.eof and len(out) < MOST and (more := one.decompress(b"", MOST - len(out))):
            out += more
        if len(out) < MOST and not one.eof:
            raise ValueError("truncated")
        data = one.unused_data
    return out


_zstd = functools.partial(_streams, zstd.ZstdDecompressor, (ZSTD, *SKIPPABLE), 0)
_bzip2 = functools.partial(_streams, bz2.BZ2Decompressor, (BZIP2,), 0)
_xz = functools.partial(_streams, lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ), (XZ,), 4)
_FAULTS = (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError, zstd.ZstdError, struct.error)


def _is_strict_gzip(data: bytes) -> bool:
    """Whether zlib takes each member for good, and so do the sizes that BGZF blocks tell."""
    bgzf = data[:4] == b"\x1f\x8b\x08\x04" and b"BC\2\0" in data[:64]
    while data:
        member = zlib.decompressobj(wbits=31)
        try:
            inflated = member.decompress(data, MOST)
        except zlib.error:
            return False
        if not member.eof or (bgzf and len(inflated) > 1 << 16):
            return False
        used = len(data) - len(member.unused_data)
        if bgzf and data[12:16] == b"BC\2\0" and used != data[16] + 256 * data[17] + 1:
            return False
        data = member.unused_data.lstrip(b"\0")
    return True


def check_decompressors(data: bytes) -> Hashable:
    """What Python's decompressor refuses is refused; otherwise the bytes are the same."""
    step = _STEPS[len(data) % len(_STEPS)]
    try:
        ours, refused = read(data, step), ""
    except (CompressedInputError, InputError) as error:
        ours, refused = None, f"{type(error).__name__} {str(error)[10:30]}"
        check_message(str(error))
        lower_level = isinstance(error, InputError)
    oracles = ((GZIP, _gzip), (ZSTD, _zstd), (SKIPPABLE, _zstd), (BZIP2, _bzip2), (XZ, _xz))
    found = [pair for pair in oracles if data.startswith(pair[0])]
    if not found:
        if ours is not None and not any(m.startswith(data) for m in (GZIP, ZSTD, BZIP2, XZ)):
            assert ours == data[:MOST]
        return "plain", refused
    beginning, oracle = found[0]
    name = oracle.__name__ if oracle is _gzip else str(beginning)
    try:
        theirs = oracle(data)
    except _FAULTS:
        assert ours is None, "accepted, but Python refuses it"
        return name, refused
    if ours is not None:
        assert ours == theirs[:MOST]
        return name, magnitude(len(ours))
    if not lower_level and len(theirs) < MOST and "too much memory" not in refused:
        assert oracle is _gzip, "refused, but Python accepts it"
        assert not _is_strict_gzip(data), "refused, but Python and zlib accept it"
    return name, refused, magnitude(len(theirs))


_SQUEEZES: tuple[Callable[[bytes], bytes], ...] = (
    lambda text: gzip.compress(text, 1, mtime=0),
    lambda text: _bgzf(text),  # noqa: PLW0108 - it is defined below
    zstd.compress,
    bz2.compress,
    lambda text: lzma.compress(text, preset=0),
)


def check_streams(data: bytes) -> Hashable:
    """Streams of one format in a row are read as one text, and cut anywhere are refused.

    The first byte chooses the format, the second where the text is parted into streams, and
    the third where the whole is cut.
    """
    kind, parting, cut = (*data[:3], 0, 0, 0)[:3]
    text = data[3:]
    middle = len(text) * parting // 255
    first, second = (
        _SQUEEZES[kind % len(_SQUEEZES)](part) for part in (text[:middle], text[middle:])
    )
    whole = first + second
    try:
        assert read(whole, 1 + kind) == text
    except InputError as error:  # the text itself begins like a format that is not read
        return str(error)[10:40]
    stop = len(whole) * cut // 255
    if stop in {0, len(first), len(whole)}:
        assert read(whole[:stop]) == {0: b"", len(first): text[:middle]}.get(stop, text)
        return "whole", kind
    try:
        read(whole[:stop])
    except CompressedInputError as error:
        check_message(str(error))
        return kind % len(_SQUEEZES), str(error)[10:40]
    raise AssertionError("a stream that is cut is taken for whole")


def check_source(data: bytes) -> Hashable:
    """The whole source reads what its decompressor and its parser read, and refuses the rest."""
    run = QuietRun()
    records: list[Record] = []
    error: Exception | None = None
    with FastqSource((io.BytesIO(data),)).open(run) as source:  # type: ignore[arg-type]
        try:
            for batch in batches_of(source):
                columns = [column.to_pylist() for column in batch.columns]
                records += [Record(*row) for row in zip(*columns, strict=True)]
        except (CompressedInputError, InputError, FastqError) as fault:
            error = fault
            check_message(str(fault))
    try:
        text = read(data)
    except (CompressedInputError, InputError):
        assert error is not None
        return type(error).__name__, "bytes"
    wanted, _ = naively(text)
    if len(text) < MOST:
        assert (error is None) == (wanted is not None)
        assert error is not None or records == wanted
    for warning in run.warnings:
        check_message(warning)
    return type(error).__name__, magnitude(len(records))


def _bgzf(*texts: bytes) -> bytes:
    blocks = []
    for text in texts:
        squeeze = zlib.compressobj(6, zlib.DEFLATED, -15)
        deflated = squeeze.compress(text) + squeeze.flush()
        field = b"BC" + struct.pack("<HH", 2, 25 + len(deflated))
        head = b"\x1f\x8b\x08\x04" + bytes(4) + b"\0\xff" + struct.pack("<H", 6) + field
        blocks.append(head + deflated + struct.pack("<II", zlib.crc32(text), len(text)))
    return b"".join(blocks)


def _named_gzip(text: bytes) -> bytes:
    """A member with an extra field, a name, a comment and a check sum of the header."""
    head = b"\x1f\x8b\x08\x1e" + bytes(6) + b"\4\0ab\0\0name\0comment\0"
    head += struct.pack("<H", zlib.crc32(head) & 0xFFFF)
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    deflated = squeeze.compress(text) + squeeze.flush()
    return head + deflated + struct.pack("<II", zlib.crc32(text), len(text))


def _seeds() -> tuple[bytes, ...]:
    text = GOOD[1] * 3
    checked = {zstd.CompressionParameter.checksum_flag: 1}
    stored = zlib.compressobj(0, zlib.DEFLATED, 31)
    return (
        gzip.compress(text, mtime=0),
        gzip.compress(GOOD[0], mtime=0) + gzip.compress(text, mtime=0) + bytes(9),
        stored.compress(GOOD[0]) + stored.flush(),
        _named_gzip(text),
        gzip.compress(b"", mtime=0),
        _bgzf(GOOD[0], text, b""),
        _bgzf(text) + gzip.compress(GOOD[0], mtime=0),
        zstd.compress(text),
        zstd.compress(text, options=checked) + zstd.compress(GOOD[0]),
        zstd.compress(b"A" * 3000, options=checked),
        b"\x50\x2a\x4d\x18\3\0\0\0abc" + zstd.compress(text),
        bz2.compress(text),
        bz2.compress(GOOD[0]) + bz2.compress(GOOD[2]),
        lzma.compress(text, preset=0),
        lzma.compress(GOOD[0], check=lzma.CHECK_CRC32) + bytes(4) + lzma.compress(GOOD[2]),
        lzma.compress(text, filters=[{"id": lzma.FILTER_DELTA}, {"id": lzma.FILTER_LZMA2}]),
        text,
    )


_WORDS = (
    *(GZIP, ZSTD, SKIPPABLE[0], BZIP2 + b"9", XZ, b"\x1f\x8b\x08\x04", b"BC\2\0", bytes(4)),
    *(b"\xff" * 4, b"\0\0\1\0", b"\x1f", b"\xff\xff\0\0", b"\1\0\0\xff\xff", b"\3\0", bytes(12)),
    *(b"1AY&SY", b"\x17rE8P\x90", b"YZ", b"BAM\1", b"@a\nA\n+\nI\n"),
)

TARGETS = (
    Target(
        "decompressors",
        check_decompressors,
        _seeds(),
        _WORDS,
        longest=2048,
    ),
    Target(
        "streams",
        check_streams,
        tuple(
            bytes([kind, 100 + kind, cut]) + GOOD[kind]
            for kind in range(5)
            for cut in (0, 130, 255)
        ),
        (*_WORDS, b"A" * 60, *(bytes([kind]) for kind in range(5))),
        longest=1024,
    ),
    Target(
        "source",
        check_source,
        (*_seeds(), *map(gzip.compress, BAD)),
        _WORDS,
        longest=2048,
    ),
)
