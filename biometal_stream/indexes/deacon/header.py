"""The first bytes of deacon's files, which say what k-mers follow, and how many.

Sources: deacon 0.19.1, ``index.rs`` and its README; bincode 2 with integers of fixed width.

===================== ==================================================================
format 3              version 3, k, w (a byte each), the number of k-mers (8 bytes), then
                      each k-mer in ``ceil(k / 4)`` bytes, in any order
frozen filter         ``DBF``, the bits of a fingerprint (16 or 32), version 1, k, w (a byte
                      each), the number of k-mers (8 bytes), then a binary fuse filter
===================== ==================================================================

All numbers are little-endian.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

from biometal_stream.errors import InputError
from biometal_stream.indexes.scheme import MOST_K, MOST_K_AND_W, Scheme

VERSION = 3
FROZEN = b"DBF"
FROZEN_VERSION = 1

_EXACT = struct.Struct("<BBBQ")
_FROZEN = struct.Struct("<3sBBBBQ")
_LATEST = 16  # higher first bytes are not a version, but another format
_MOST_K_OF_DEACON = 61
AGAIN = "download or make it again"
_REBUILD = "make one of version 3 with deacon 0.11 or later, or with 'index build'"


@dataclass(frozen=True)
class Header:
    """What a file of deacon says about itself.

    Attributes:
        scheme: Which k-mers of a sequence it holds.
        count: The number of its k-mers.
        bits: The bits of a fingerprint; 0 for a file that lists the k-mers.
        nbytes: The bytes of the header.
    """

    scheme: Scheme
    count: int
    bits: int
    nbytes: int

    @property
    def width(self) -> int:
        """The bytes of a k-mer in a file that lists them."""
        return -(-self.scheme.k // 4)


def is_deacon(head: bytes) -> bool:
    """Whether a file begins like one of deacon's, of any version.

    Args:
        head: The first bytes, 11 or more if there are as many.
    """
    if head.startswith(FROZEN):
        return True
    version, k, w = head[:3] if len(head) >= 3 else (0, 0, 0)
    plausible = version == VERSION or (k <= _MOST_K_OF_DEACON and k + w <= MOST_K_AND_W)
    return 1 <= version < _LATEST and k >= 1 and w >= 1 and plausible and not any(head[9:11])


def read_header(file: BinaryIO, name: str) -> Header:
    """Reads the header of one of deacon's files.

    Args:
        file: The file, at its start; afterwards at the byte after the header.
        name: Its name, for messages.

    Raises:
        InputError: It has another version, another kind of k-mers, or ends within the header.
    """
    head = file.read(len(FROZEN))
    frozen = head == FROZEN
    layout = _FROZEN if frozen else _EXACT
    head += file.read(layout.size - len(head))
    if len(head) < layout.size:
        raise InputError(f"{name}: is truncated: it ends within its header; {AGAIN}")
    if frozen:
        _, bits, version, k, w, count = layout.unpack(head)
        latest, what = FROZEN_VERSION, "a frozen filter of deacon"
    else:
        version, k, w, count = layout.unpack(head)
        bits, latest, what = 0, VERSION, "an index of deacon"
    if version != latest:
        raise InputError(
            f"{name}: is {what}, version {version}, and only version {latest} can be read;"
            f" {_REBUILD}"
        )
    if frozen and bits not in {16, 32}:
        raise InputError(f"{name}: is {what} with {bits}-bit fingerprints, not 16 or 32")
    return Header(_scheme(k, w, name), count, bits, layout.size)


def header_bytes(scheme: Scheme, count: int) -> bytes:
    """The header of format 3.

    Args:
        scheme: Which k-mers the file holds.
        count: Their number.
    """
    return _EXACT.pack(VERSION, scheme.k, scheme.w, count)


def _scheme(k: int, w: int, name: str) -> Scheme:
    if k > MOST_K:
        raise InputError(
            f"{name}: has k {k}, and at most {MOST_K} is supported; make another index with k"
            f" {MOST_K}"
        )
    if k < 3 or k % 2 == 0:
        raise InputError(f"{name}: has k {k}; k must be odd, from 3 to {MOST_K}")
    if not (w % 2 and k + w <= MOST_K_AND_W):
        raise InputError(
            f"{name}: has k {k} and w {w}; w must be odd, and k and w together at most"
            f" {MOST_K_AND_W}"
        )
    return Scheme(k, w)


def check_different(name: str, header: Header, found: int) -> None:
    """Checks that all k-mers of a file of format 3 are different, as deacon does.

    Args:
        name: The file.
        header: Its header.
        found: How many different ones it has.

    Raises:
        InputError: It lists a k-mer twice.
    """
    if found < header.count:
        raise InputError(
            f"{name}: is damaged: {header.count - found:,} of its {header.count:,} k-mers are"
            f" duplicates; {AGAIN}"
        )
