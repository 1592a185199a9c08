"""The first bytes by which formats are told apart.

Sources: RFC 1952 (gzip), the SAM specification (BGZF, BAM, section 4.1), RFC 8878 (zstd and its
skippable frames), the xz file format 1.2.1, and the formats' own documents for those refused.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from biometal_stream.errors import InputError

if TYPE_CHECKING:
    from biometal_stream.codecs.raw import RawInput
    from biometal_stream.codecs.reader import Codec

GZIP = b"\x1f\x8b"
ZSTD = b"\x28\xb5\x2f\xfd"
SKIPPABLE = tuple(bytes([low, 0x2A, 0x4D, 0x18]) for low in range(0x50, 0x60))
"""The beginnings of zstd frames that hold no data of the stream."""
BZIP2 = b"BZh"
XZ = b"\xfd7zXZ\x00"

_COMPRESSED: tuple[tuple[bytes, Codec], ...] = (
    (GZIP, "gzip"),
    (ZSTD, "zstd"),
    *((magic, "zstd") for magic in SKIPPABLE),
    (BZIP2, "bzip2"),
    (XZ, "xz"),
)

_BLOCK = GZIP + b"\x08\x04"  # DEFLATE, and an extra field alone
_FIXED_HEADER = 12  # up to the extra field
_SUBFIELD = struct.Struct("<2sHH")
_USUAL_HEADER = struct.Struct("<4s6xH2sHH")  # with the one subfield that BGZF needs
_USUAL_HEAD = [_BLOCK, 6, b"BC", 2]

_UNPACK = "unpack it and give the FASTQ in it"

_FOREIGN: tuple[tuple[bytes, str, str], ...] = (
    (b"BAM\x01", "a BAM file", "convert it with 'samtools fastq'"),
    (b"CRAM", "a CRAM file", "convert it with 'samtools fastq'"),
    (b"NCBI.sra", "an SRA file", "convert it with 'fasterq-dump'"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file (FAST5?)", "call its bases with 'dorado' first"),
    (b"\x8bPOD\r\n\x1a\n", "a POD5 file", "call its bases with 'dorado' first"),
    (b"BLOW5\x01", "a BLOW5 file", "call its bases first"),
    (b"PAR1", "a Parquet file", "it holds tables and no FASTQ"),
    (b"ARROW1", "an Arrow file", "it holds tables and no FASTQ"),
    (b"PK\x03\x04", "a zip archive", f"{_UNPACK}, for example with 'unzip -p'"),
    (b"PK\x05\x06", "an empty zip archive", "give the FASTQ itself"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (b"\x04\x22\x4d\x18", "compressed with lz4", "pipe it in with 'lz4 -dc'"),
    (b"\xff\x06\x00\x00sNaPpY", "compressed with snappy", _UNPACK),
    (b"\x1f\x9d", "compressed with compress (.Z)", "pipe it in with 'gzip -dc'"),
    (b"LZIP", "compressed with lzip", "pipe it in with 'lzip -dc'"),
    (b"\x89LZO\x00", "compressed with lzop", "pipe it in with 'lzop -dc'"),
)

_TAR_OFFSET = 257
_TAR = b"ustar"

LONGEST = max(len(magic) for magic, _, _ in _FOREIGN)
"""Bytes that `refuse_content` wants to see."""


def tell_codec(raw: RawInput) -> Codec:
    """Tells by its first bytes how an input is compressed; they stay unread.

    No more bytes are waited for than are needed. An input that ends inside the beginning of a
    compressed format counts as that, so that its decoder finds it truncated.

    Raises:
        InputError: The input is of a known format that cannot be read.
    """
    first = raw.peek(1)
    if first in (b"", b"@"):
        return "plain"
    for magic, codec in _COMPRESSED:
        if magic.startswith(first) and magic.startswith(raw.peek(len(magic))):
            return "bgzf" if codec == "gzip" and _starts_bgzf(raw) else codec
    if any(magic.startswith(first) for magic, _, _ in _FOREIGN):
        refuse(raw.peek(LONGEST), raw.name)
    if raw.peek(_TAR_OFFSET + len(_TAR))[_TAR_OFFSET:] == _TAR:
        raise InputError(f"{raw.name}: is a tar archive, not FASTQ; {_UNPACK}")
    return "plain"


def _starts_bgzf(raw: RawInput) -> bool:
    head = raw.peek(_FIXED_HEADER)
    if len(head) < _FIXED_HEADER or block_size(head) == 0:
        return False
    return bool(block_size(raw.peek(block_header(head))))


def block_header(data: bytes | memoryview, at: int = 0) -> int:
    """Tells the bytes of a BGZF block's header by the first 12 of them."""
    return _FIXED_HEADER + (data[at + 10] | data[at + 11] << 8)


def block_size(data: bytes | memoryview, at: int = 0) -> int | None:
    """Tells the bytes of a BGZF block by its header.

    Args:
        data: Holds the first bytes of a gzip member.
        at: Where the member begins.

    Returns:
        The compressed bytes with header and trailer; 0 where the member is no BGZF block, and
        ``None`` where more bytes are needed to know.
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


def refuse(head: bytes, name: str) -> None:
    """Raises an error if bytes are the beginning of a format that is known but not read.

    Raises:
        InputError: They are.
    """
    for magic, what, advice in _FOREIGN:
        if head.startswith(magic):
            raise InputError(f"{name}: is {what}, not FASTQ; {advice}")


def refuse_content(head: bytes, name: str) -> None:
    """Raises an error if what was compressed cannot be FASTQ.

    Raises:
        InputError: It begins like a format that is not read, or is compressed once more.
    """
    refuse(head, name)
    for magic, codec in _COMPRESSED:
        if head.startswith(magic):
            raise InputError(
                f"{name}: what is compressed in it is compressed with {codec} once more; "
                "decompress it once"
            )
