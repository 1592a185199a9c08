"""Detects the compression of an input by its first bytes.

Sources: RFC 1952 (gzip), the SAM specification (BGZF, BAM, section 4.1), RFC 8878 (zstd and its
skippable frames), the xz file format 1.2.1, and the documentation of the unsupported formats.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from biometal_stream.errors import ForeignInputError

if TYPE_CHECKING:
    from biometal_stream.codecs.raw.input import RawInput
    from biometal_stream.codecs.reader import Codec

GZIP = b"\x1f\x8b"
ZSTD = b"\x28\xb5\x2f\xfd"
SKIPPABLE = tuple(bytes([low, 0x2A, 0x4D, 0x18]) for low in range(0x50, 0x60))
"""The magic bytes of zstd frames that hold no data."""
BZIP2 = b"BZh"
XZ = b"\xfd7zXZ\x00"

_COMPRESSED: tuple[tuple[bytes, Codec], ...] = (
    (GZIP, "gzip"),
    (ZSTD, "zstd"),
    *((magic, "zstd") for magic in SKIPPABLE),
    (BZIP2, "bzip2"),
    (XZ, "xz"),
)

_BLOCK = GZIP + b"\x08\x04"  # DEFLATE, and only an extra field
_FIXED_HEADER = 12  # up to the extra field
_SUBFIELD = struct.Struct("<2sHH")
_USUAL_HEADER = struct.Struct("<4s6xH2sHH")  # with BGZF's subfield alone
_USUAL_HEAD = [_BLOCK, 6, b"BC", 2]

_UNREAD: tuple[tuple[tuple[bytes, ...], str, str], ...] = (
    ((b"\x04\x22\x4d\x18",), "lz4", "pipe it in with 'lz4 -dc'"),
    ((b"\xff\x06\x00\x00sNaPpY",), "snappy", "unpack it first"),
    ((b"\x1f\x9d",), "compress (.Z)", "pipe it in with 'gzip -dc'"),
    ((b"LZIP",), "lzip", "pipe it in with 'lzip -dc'"),
    ((b"\x89LZO\x00",), "lzop", "pipe it in with 'lzop -dc'"),
)
"""Compression that is recognized but not supported: magic bytes, name, and advice."""

_LONGEST_UNREAD = max(len(magic) for magics, _, _ in _UNREAD for magic in magics)
_FIRST_UNREAD = {magic[:1] for magics, _, _ in _UNREAD for magic in magics}

LOOK = 1 << 16
"""The most bytes at the beginning of a text that a `Look` sees: fewer than the smallest chunk, so
that an input is refused before any of it is parsed."""

FIRST_LOOK = 512
"""Bytes of a file that a `Look` sees first: enough for nearly every file."""


def tell_codec(raw: RawInput) -> Codec:
    """Detects how an input is compressed, without consuming its first bytes.

    A pipe is not waited for longer than necessary. An input that ends inside the magic bytes or
    header of a compressed format counts as that format, so that its decoder reports the truncation.

    Raises:
        ForeignInputError: The compression is not supported.
    """
    first = raw.peek(1)
    if not first:
        return "plain"
    for magic, codec in _COMPRESSED:
        if magic.startswith(first) and magic.startswith(raw.peek(len(magic))):
            return "bgzf" if codec == "gzip" and _starts_bgzf(raw) else codec
    _refuse_unread(raw.peek(_LONGEST_UNREAD if first in _FIRST_UNREAD else 1), raw.name)
    return "plain"


def _starts_bgzf(raw: RawInput) -> bool:
    head = raw.peek(_FIXED_HEADER)
    if len(head) < _FIXED_HEADER or block_size(head) == 0:
        return False
    return bool(block_size(raw.peek(block_header(head))))


def block_header(data: bytes | memoryview, at: int = 0) -> int:
    """The size of a BGZF block's header in bytes, from its first 12 bytes."""
    return _FIXED_HEADER + (data[at + 10] | data[at + 11] << 8)


def block_size(data: bytes | memoryview, at: int = 0) -> int | None:
    """The size of a BGZF block in bytes, from its header.

    Args:
        data: The first bytes of a gzip member.
        at: Where the member begins.

    Returns:
        The compressed size with header and trailer; 0 if the member is not a BGZF block; ``None``
        if more bytes are needed to decide.
    """
    if len(data) - at >= _USUAL_HEADER.size:
        *head, size = _USUAL_HEADER.unpack_from(data, at)
        if head == _USUAL_HEAD:
            return int(size) + 1
    if len(data) - at < _FIXED_HEADER:
        return None
    if bytes(data[at : at + len(_BLOCK)]) != _BLOCK:
        return 0
    header = bytes(data[at : at + block_header(data, at)])
    if len(header) < block_header(header):
        return None
    field = _FIXED_HEADER
    while field + _SUBFIELD.size <= len(header):
        name, length, size = _SUBFIELD.unpack_from(header, field)
        if name == b"BC" and length == 2:
            return int(size) + 1
        field += 4 + int(length)
    return 0


def refuse_recompressed(head: bytes, name: str) -> None:
    """Raises an error if decompressed bytes are compressed themselves.

    Raises:
        ForeignInputError: They are.
    """
    for magic, codec in _COMPRESSED:
        if head.startswith(magic):
            raise ForeignInputError(
                f"{name}: was compressed twice: the decompressed data is {codec} again; "
                "decompress it once"
            )
    _refuse_unread(head, name)


def _refuse_unread(head: bytes, name: str) -> None:
    for magics, what, advice in _UNREAD:
        if head.startswith(magics):
            raise ForeignInputError(
                f"{name}: is compressed with {what}, which is not supported; {advice}"
            )
