"""How a file of the compact format begins and ends."""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import dataclass
from typing import Any

from biometal_stream.errors import ConfigurationError, InputError
from biometal_stream.indexes.compact.layout import LINE, directory_size
from biometal_stream.indexes.scheme import Scheme

MAGIC = b"biometal kmers\r\n"
"""How a file begins. Where line ends were changed on the way, it does not."""

END_MAGIC = b"end of kmers\r\n\x1a\n"
"""How it ends."""

VERSION = 1
"""Of the format: another one has other lines, or hashes."""

PAGE = 4096
"""A header is so many bytes or a multiple, so that lines begin with a cache line."""

MOST_LINES = 2**32
"""A file has fewer lines of the first level: numbers of lines have 32 bits."""

_BEGIN = struct.Struct("<16sIIII16sQQI")
_CHECKED = 24  # the fields up to the checksum
_END = struct.Struct("<QQdIIIIQI16s")

_AGAIN = "build or copy it again"

_DAMAGED_HEADER = f"the header is damaged: its checksum is wrong; {_AGAIN}"

HEADER = _BEGIN.size
"""The bytes of a header before its description."""

FOOTER = _END.size
"""The bytes of a footer."""


class DamagedError(InputError):
    """A file that is not a compact index, or not all of one."""


@dataclass(frozen=True)
class Header:
    """What is known before the first k-mer.

    Attributes:
        scheme: Which k-mers the index holds.
        hash: The name of the hash of values.
        count: The number of k-mers.
        lines: The lines of the first level.
        about: What JSON can hold about the index.
    """

    scheme: Scheme
    hash: str
    count: int
    lines: int
    about: dict[str, Any]

    def packed(self) -> bytes:
        """The header as bytes: a whole number of pages."""
        told = json.dumps(self.about, ensure_ascii=False, sort_keys=True)
        about = told.encode(errors="backslashreplace")  # names of files need not be UTF-8
        size = -(-(HEADER + len(about)) // PAGE) * PAGE
        begin = _BEGIN.pack(
            MAGIC,
            VERSION,
            0,
            size,
            self.scheme.k << 16 | self.scheme.w,
            self.hash.encode(),
            self.count,
            self.lines,
            len(about),
        )
        whole = (begin + about).ljust(size, b"\0")
        checksum = struct.pack("<I", zlib.crc32(whole[_CHECKED:]))
        return whole[: _CHECKED - 4] + checksum + whole[_CHECKED:]


def header_size(begin: bytes) -> int:
    """The size of a header.

    Args:
        begin: The first `HEADER` bytes of a file, or all that there are.

    Raises:
        DamagedError: The file does not begin as a compact index, or has another version, or its
            header is damaged.
    """
    if begin[: len(MAGIC)] != MAGIC[: len(begin)] or not begin:
        raise DamagedError("is not a compact index")
    if len(begin) < HEADER:
        raise DamagedError(_truncated(len(begin)))
    _, version, _, size, *_ = _BEGIN.unpack(begin)
    if version != VERSION:
        raise DamagedError(
            f"is a compact index of version {version}, and this program reads version {VERSION};"
            " build the index again, or install the version of biometal-stream that made it"
        )
    if size < HEADER or size % PAGE:
        raise DamagedError(_DAMAGED_HEADER)
    return int(size)


def parsed_header(whole: bytes) -> Header:
    """Reads a header.

    Args:
        whole: As many bytes as `header_size` says, or all that there are.

    Raises:
        DamagedError: It is truncated or damaged, or the index was made with another hash.
    """
    _, _, checksum, size, shape, name, count, lines, length = _BEGIN.unpack(whole[:HEADER])
    if len(whole) < size:
        raise DamagedError(_truncated(len(whole)))
    if zlib.crc32(whole[_CHECKED:]) != checksum or HEADER + length > size:
        raise DamagedError(_DAMAGED_HEADER)
    try:
        scheme = Scheme(shape >> 16, shape & 0xFFFF)
        about = json.loads(whole[HEADER : HEADER + length])
    except (ConfigurationError, ValueError) as error:
        raise DamagedError(f"the header is damaged: {error}; {_AGAIN}") from None
    if not isinstance(about, dict):
        raise DamagedError(f"the header is damaged: its description is not an object; {_AGAIN}")
    if not 0 < lines < MOST_LINES:
        raise DamagedError(f"the header is damaged: it says {lines:,} lines; {_AGAIN}")
    hash = name.rstrip(b"\0").decode("ascii", "replace")
    return Header(scheme, hash, count, lines, about)


@dataclass(frozen=True)
class Footer:
    """What is known only after the last k-mer.

    Attributes:
        later: The lines of later levels.
        rest: The hashes that no level has room for.
        rate: The share of other k-mers that the index takes for its own.
        checksums: The CRC-32 of the first level, later levels, the rest and the directory.
        size: The bytes of the whole file.
    """

    later: int
    rest: int
    rate: float
    checksums: tuple[int, int, int, int]
    size: int

    def packed(self) -> bytes:
        """The footer as bytes."""
        fields = (self.later, self.rest, self.rate, *self.checksums, self.size)
        whole = _END.pack(*fields, 0, END_MAGIC)
        return _END.pack(*fields, zlib.crc32(whole[:-20]), END_MAGIC)


@dataclass(frozen=True)
class Sections:
    """Where the sections of a file begin, in bytes."""

    lines: int
    later: int
    rest: int
    directory: int
    footer: int
    end: int


def sections(header_bytes: int, lines: int, later: int, rest: int) -> Sections:
    """Where the sections of a file begin.

    Args:
        header_bytes: The size of the header.
        lines: The lines of the first level.
        later: Those of later levels.
        rest: The number of whole hashes.
    """
    at_later = header_bytes + LINE * lines
    at_rest = at_later + LINE * later
    at_directory = at_rest + 8 * rest
    at_footer = at_directory + 4 * directory_size(lines)
    return Sections(header_bytes, at_later, at_rest, at_directory, at_footer, at_footer + FOOTER)


def parsed_footer(last: bytes, header_bytes: int, lines: int, size: int) -> Footer:
    """Reads a footer.

    Args:
        last: The last `FOOTER` bytes of the file.
        header_bytes: The size of the header.
        lines: The lines of the first level.
        size: The bytes of the file.

    Raises:
        DamagedError: The file is truncated, or too long, or the footer is damaged.
    """
    least = sections(header_bytes, lines, 0, 0).end
    if size < least:
        raise DamagedError(_truncated(size, least))
    *fields, checksum, magic = _END.unpack(last)
    if magic != END_MAGIC:
        raise DamagedError(
            f"is truncated, or something was appended: its {size:,} bytes do not end as an index"
            f" does; {_AGAIN}"
        )
    footer = Footer(fields[0], fields[1], fields[2], tuple(fields[3:7]), fields[7])
    expected = sections(header_bytes, lines, footer.later, footer.rest).end
    if zlib.crc32(last[:-20]) != checksum or expected != footer.size:
        raise DamagedError(f"the footer is damaged: its checksum is wrong; {_AGAIN}")
    if footer.size != size:
        raise DamagedError(f"has {size:,} bytes where {footer.size:,} were written; {_AGAIN}")
    return footer


def _truncated(size: int, least: int | None = None) -> str:
    of = "" if least is None else f" of at least {least:,}"
    return f"is truncated: {size:,} bytes{of}; {_AGAIN}"
