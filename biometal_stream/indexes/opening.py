"""Opens an index of any format, once for all that use it."""

from __future__ import annotations

import os
import stat
import threading
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from biometal_stream.errors import InputError
from biometal_stream.indexes.deacon.header import FROZEN, check_different, is_deacon

if TYPE_CHECKING:
    from biometal_stream.indexes.index import Index

COMPACT, DEACON, FROZEN_FILTER = "compact", "deacon", "frozen"
"""The formats of indexes, as `format_of` names them."""

_HEAD = 64
_UNMISTAKABLE = 8  # of a truncated file
_BUILD = "make one of it: biometal-stream index build {name} --output {output}"
_FOREIGN = (
    ((b"\x1f\x8b",), "compressed with gzip", "gunzip"),
    ((b"\x28\xb5\x2f\xfd",), "compressed with zstd", "unzstd"),
    ((b"BZh",), "compressed with bzip2", "bunzip2"),
    ((b"\xfd7zXZ\x00",), "compressed with xz", "unxz"),
)
_OTHERS = (
    ((b"MMI\x02",), "an index of minimap2"),
    ((b"PAR1",), "a Parquet file"),
    ((b"BAM\x01", b"@HD\t", b"@SQ\t"), "a file of alignments"),
    ((b"<!", b"<h", b"<H"), "a web page"),
)

_lock = threading.Lock()
_opened: WeakValueDictionary[tuple[int, ...], Any] = WeakValueDictionary()


def open_index(path: str | os.PathLike[str]) -> Index:
    """Opens an index: compact, deacon's format 3, or a frozen filter of deacon.

    A compact index and a frozen filter are mapped, so all processes share their pages. Deacon's
    format 3 is read into memory. An unchanged file is opened once in a process, as long as it is
    in use. Thread-safe.

    Args:
        path: The file.

    Raises:
        InputError: It cannot be opened, is not an index, has another version or k-mers that are not
            supported, or is truncated or damaged.
    """
    name = os.fspath(path)
    form = format_of(name)
    with _lock:
        identity = _identity(name)
        index = _opened.get(identity)
        if index is None:
            index = _open(name, form)
            _opened[identity] = index
        found: Index = index
    return found


def format_of(path: str | os.PathLike[str]) -> str:
    """The format of an index by its first bytes: ``compact``, ``deacon`` or ``frozen``.

    Args:
        path: The file.

    Raises:
        InputError: It cannot be opened, or is not an index.
    """
    name = os.fspath(path)
    head = _head(name)
    found = format_in(head)
    if found is None:
        raise InputError(f"{name}: {_what_else(head, name)}")
    return found


def format_in(head: bytes) -> str | None:
    """The format that an index with these first bytes has; ``None`` if it is not an index."""
    from biometal_stream.indexes.compact.header import MAGIC

    if head.startswith(MAGIC) or (len(head) >= _UNMISTAKABLE and MAGIC.startswith(head)):
        return COMPACT
    if head.startswith(FROZEN):
        return FROZEN_FILTER
    return DEACON if is_deacon(head) else None


def _open(name: str, form: str) -> Index:
    if form == COMPACT:
        from biometal_stream.indexes.compact.opening import open_compact

        return open_compact(name)
    if form == FROZEN_FILTER:
        from biometal_stream.indexes.deacon.frozen import FrozenIndex

        return FrozenIndex(name)
    return _open_exact(name)


def _open_exact(name: str) -> Index:
    from biometal_stream.indexes.deacon.values import header_of, values_of
    from biometal_stream.indexes.exact import ExactIndex

    header = header_of(name)
    index = ExactIndex.of(header.scheme, values_of(name), header.count)
    check_different(name, header, index.count)
    return index


def _identity(name: str) -> tuple[int, ...]:
    try:
        status = os.stat(name)  # noqa: PTH116 - the path may be text
    except OSError as error:
        raise InputError(f"{name}: cannot be opened: {error.strerror}") from error
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _head(name: str) -> bytes:
    try:
        mode = os.stat(name).st_mode  # noqa: PTH116 - the path may be text
        if stat.S_ISDIR(mode):
            raise InputError(f"{name}: is a folder, not an index; name the index's file")
        if not stat.S_ISREG(mode):
            raise InputError(f"{name}: an index must be a file, not a pipe or a device")
        with open(name, "rb") as file:  # noqa: PTH123 - errors name the path as given
            return file.read(_HEAD)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{name}: cannot be opened: {reason}") from error


def _what_else(head: bytes, name: str) -> str:
    """What a file is that is not an index, and what to do."""
    if not head:
        return "is empty, not an index; make or download it again"
    stem = os.path.basename(name).split(".")[0] or "host"  # noqa: PTH119 - as given
    build = _BUILD.format(name=name, output=f"{stem}.idx")
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for magics, what in _OTHERS:
        if head.startswith(magics):
            return f"is {what}, not an index; make one of FASTA with 'biometal-stream index build'"
    if text.startswith(b">"):
        return f"is FASTA, not an index; {build}"
    if text.startswith(b"@"):
        return f"is FASTQ, not an index; {build}"
    for magics, what, unpack in _FOREIGN:
        if head.startswith(magics):
            return (
                f"is {what}, and an index is not; if it holds sequences, {build}; if it is an"
                f" index, unpack it with '{unpack}'"
            )
    return "is not an index; make one of FASTA with 'biometal-stream index build'"
