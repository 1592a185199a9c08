"""The files that a FASTQ source reads one after another."""

from __future__ import annotations

import os
import stat
import threading
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from biometal_stream.codecs import ByteReader, open_bytes
from biometal_stream.codecs.ranges import FileRange
from biometal_stream.sources.missing import require_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from biometal_stream.interfaces import Run
    from biometal_stream.sources.fastq import FastqSource

    Input: TypeAlias = str | os.PathLike[str] | BinaryIO | FileRange


class Inputs:
    """Opens lanes in turn, each one file or two with mates, and knows how far reading is.

    One thread reads; any thread may ask for `bytes_read` and may interrupt. Every file is
    opened once in the constructor, so that one that is missing fails at once.

    Args:
        lanes: The files of each lane, or parts of files.
        run: Lends the workers to codecs that can use them.

    Raises:
        InputError: A file cannot be read.
    """

    def __init__(self, lanes: list[tuple[Input, ...]], run: Run) -> None:
        self._lanes = lanes
        self._run = run
        self._lock = threading.RLock()  # see `Channel`
        self._open: tuple[ByteReader, ...] = ()
        self._done = 0
        self._interrupted = False
        require_files(file for lane in lanes for file in lane)
        sizes = [_size(file) for lane in lanes for file in lane]
        self.bytes_total = None if None in sizes else sum(size or 0 for size in sizes)
        for lane in lanes[1:]:
            for file in lane:
                if isinstance(file, str | os.PathLike) and _size(file) is not None:
                    _opened(file, run).close()
        self._first = self._readers(lanes[0])

    def _readers(self, lane: tuple[Input, ...]) -> tuple[ByteReader, ...]:
        with ExitStack() as stack:
            readers = []
            for file in lane:
                readers.append(_opened(file, self._run))
                stack.callback(readers[-1].close)
            stack.pop_all()
        return tuple(readers)

    @property
    def bytes_read(self) -> int:
        """Bytes taken of all files so far."""
        with self._lock:
            return self._done + sum(reader.bytes_read for reader in self._open)

    def lanes(self) -> Iterator[tuple[ByteReader, ...]]:
        """Yields the readers of each lane, and closes them when asked for the next."""
        for index, lane in enumerate(self._lanes):
            readers = self._first if index == 0 else self._readers(lane)
            with self._reading(readers):
                yield readers

    @contextmanager
    def _reading(self, readers: tuple[ByteReader, ...]) -> Iterator[None]:
        with self._lock:
            self._open = readers
            interrupted = self._interrupted
        if interrupted:
            self.interrupt()
        try:
            yield
        finally:
            with self._lock:
                self._done += sum(reader.bytes_read for reader in readers)
                self._open = ()
            for reader in readers:
                reader.close()

    def interrupt(self) -> None:
        """Ends a read that waits; from any thread."""
        with self._lock:
            self._interrupted = True
            readers = self._open
        for reader in readers:
            reader.interrupt()

    def close(self) -> None:
        """Closes what is open."""
        for reader in self._first:
            reader.close()


class OpenReads:
    """A FASTQ source being read, as far as it is its inputs."""

    def __init__(self, source: FastqSource, inputs: Inputs, run: Run) -> None:
        self._source = source
        self._schema = source.schema
        self._inputs = inputs
        self._run = run

    @property
    def bytes_read(self) -> int:
        """Bytes of input taken."""
        return self._inputs.bytes_read

    @property
    def bytes_total(self) -> int | None:
        """Bytes of input in all, where they are files."""
        return self._inputs.bytes_total

    def interrupt(self) -> None:
        """Ends a read that waits."""
        self._inputs.interrupt()


def _opened(file: Input, run: Run) -> ByteReader:
    return file.open(run) if isinstance(file, FileRange) else open_bytes(file, run=run)


def _size(file: Input) -> int | None:
    """The size of a regular file, or of a part of one; ``None`` for everything else."""
    if isinstance(file, FileRange):
        return file.stop_byte - file.first_byte
    if not isinstance(file, str | os.PathLike) or file == "-":
        return None
    try:
        status = Path(file).stat()
    except OSError:
        return 0  # opening it gives the error
    return status.st_size if stat.S_ISREG(status.st_mode) else None
