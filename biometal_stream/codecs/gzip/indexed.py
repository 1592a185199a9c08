"""gzip with an index file, so that its text can be read from any byte.

An index ``reads.fq.gz.gzidx`` of ``reads.fq.gz``, as written by ``rapidgzip --export-index`` and
the Python package ``indexed_gzip``, holds a location every few MiB and the 32 KiB of text before
it, from which inflating can start.
"""

from __future__ import annotations

import contextlib
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isal import isal_zlib

from biometal_stream.codecs.gzip.headers import check_file
from biometal_stream.errors import CompressedInputError, InputError
from biometal_stream.extras import need

if TYPE_CHECKING:
    from biometal_stream.codecs.ranges import FileRange
    from biometal_stream.codecs.reader import Codec
    from biometal_stream.interfaces import Run

INDEX = ".gzidx"
"""What an index's file name has after the name of the gzip file."""

# What Cython makes of C++ exceptions; rapidgzip throws several kinds.
FAULTS = (RuntimeError, ValueError, OSError, IndexError, ArithmeticError, TypeError)


def has_index(path: str) -> bool:
    """Whether a gzip file has an index that can be used here."""
    return Path(path + INDEX).is_file() and find_spec("rapidgzip") is not None


def open_indexed(path: str, name: str, threads: int) -> Any:
    """Opens a gzip file with its index.

    Args:
        path: The file's path.
        name: The file's name in messages.
        threads: The number of threads that may inflate.

    Returns:
        A ``rapidgzip.RapidgzipFile``. It must be closed, or it aborts the program at exit.

    Raises:
        MissingExtraError: rapidgzip is not installed.
        InputError: The index does not belong to the file.
        CompressedInputError: The file's first header has reserved flags.
    """
    check_file(path, name)
    rapidgzip = need("rapidgzip", "rapidgzip", "a part of a gzip file")
    try:
        file = rapidgzip.RapidgzipFile(path, parallelization=threads)
        try:
            file.import_index(path + INDEX)
        except BaseException:
            file.close()
            raise
    except FAULTS as error:
        reason = str(error).partition("\n")[0]
        raise InputError(
            f"{name}{INDEX}: is not an index of {name} ({reason}); make it again with"
            f" 'rapidgzip --export-index {name}{INDEX} --count {name}', or remove it"
        ) from error
    return file


class IndexedReader:
    """A `ByteReader` of a partition of a gzip file that has an index.

    rapidgzip does not verify checksums when it starts in the middle. So the CRC32 of the
    partition, computed when the file was divided, is compared at its end.

    Args:
        part: What to read, with its CRC32.
        run: Says how many threads may be used.

    Raises:
        InputError: The file cannot be read or has changed, or the index belongs to another file.
        MissingExtraError: rapidgzip is not installed.
    """

    codec: Codec = "rapidgzip"

    def __init__(self, part: FileRange, run: Run) -> None:
        from biometal_stream.codecs.raw.files import open_range

        self.name = part.name
        self.bytes_total = part.stop_byte - part.first_byte
        self.bytes_read = 0
        self._part = part
        # Not for reading: it detects changes of the file, and can be interrupted.
        self._raw = open_range(part.path, part.name, part.first_byte, part.stop_byte, part.size)
        self._at = 0 if part.start is None else part.start.within
        self._crc = 0
        try:
            self._file = open_indexed(part.path, part.name, run.workers)
        except BaseException:
            self._raw.close()
            raise
        try:
            self._file.seek(self._at)
        except FAULTS as error:
            self.close()
            raise self._bad(error) from error

    def readinto(self, target: memoryview, /) -> int:
        """As `ByteReader.readinto`."""
        self._raw.check()
        stop = self._part.stop
        room = len(target) if stop is None else min(len(target), stop.within - self._at)
        try:
            count = int(self._file.readinto(target[:room])) if room else 0
        except FAULTS as error:
            raise self._bad(error) from error
        if count == 0:
            self._finish()
            return 0
        self._crc = isal_zlib.crc32(target[:count], self._crc)
        self._at += count
        inflated = int(self._file.tell_compressed()) // 8 - self._part.first_byte
        self.bytes_read = max(self.bytes_read, min(inflated, self.bytes_total))
        return count

    def _finish(self) -> None:
        self._raw.confirm()
        stop = self._part.stop
        if self._crc != self._part.crc or (stop is not None and self._at != stop.within):
            raise self._bad("the whole file has different text there")
        self.bytes_read = self.bytes_total

    def _bad(self, reason: object) -> CompressedInputError:
        first = str(reason).partition("\n")[0]
        return CompressedInputError(
            f"{self.name}: a partition cannot be inflated with the index {self.name}{INDEX}"
            f" ({first}); make the index again, or remove it"
        )

    def job(self, target: memoryview, /) -> None:
        """Has no jobs for the workers: rapidgzip has its own threads."""

    def interrupt(self) -> None:
        """As `ByteReader.interrupt`."""
        self._raw.interrupt()

    def close(self) -> None:
        """Stops rapidgzip's threads; may be called again."""
        with contextlib.suppress(ValueError):
            self._file.close()
        self._raw.close()
