"""The files that a source reads one after another."""

from __future__ import annotations

import os
import stat
import threading
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from biometal_stream.budget import budget_of
from biometal_stream.codecs import ByteReader, open_bytes
from biometal_stream.codecs.open import set_abreast
from biometal_stream.codecs.open_range import open_file_range
from biometal_stream.codecs.ranges import FileRange
from biometal_stream.codecs.raw.abreast import Abreast
from biometal_stream.codecs.raw.unchanged import Seen
from biometal_stream.sources.missing import require_files
from biometal_stream.sources.same_input import check_distinct

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

    from biometal_stream.codecs.reader import Look
    from biometal_stream.interfaces import Run

    Input: TypeAlias = str | os.PathLike[str] | BinaryIO | FileRange


_MOST_PIPES = 64
"""Pipes of later lanes that are opened at the start; each takes three descriptors."""


class Inputs:
    """Opens lanes in turn, each one file or several in step, and counts the bytes read.

    One thread reads; any thread may call `bytes_read` and `interrupt`. Every file is opened once
    in the constructor, so that a missing one fails immediately. It must not change until all of it
    has been read. Pipes of later lanes stay open, and are read ahead while others wait: one program
    may write them in turn.

    Args:
        lanes: The files of each lane, or ranges of files.
        run: Provides workers to the codecs that can use them.
        look: Checks the content of each file.

    Raises:
        InputError: A file cannot be read.
        ConfigurationError: A file is its own mate, or a pipe is named twice.
    """

    def __init__(
        self, lanes: Sequence[tuple[Input, ...]], run: Run, look: Look | None = None
    ) -> None:
        check_distinct(lanes, run.warn)
        self._lanes = lanes
        self._run = run
        self._look = look
        self._lock = threading.RLock()  # see `Channel`
        self._open: tuple[ByteReader, ...] = ()
        self._done = 0
        self._interrupted = False
        require_files(file for lane in lanes for file in lane)
        self._abreast = Abreast(budget_of(run).pipes, partial(run.warn, at_once=True))
        self._seen = [[_seen(file) for file in lane] for lane in lanes]
        sizes = [
            _size(file, seen)
            for lane, before in zip(lanes, self._seen, strict=True)
            for file, seen in zip(lane, before, strict=True)
        ]
        self.bytes_total = None if None in sizes else sum(size or 0 for size in sizes)
        self._early: dict[tuple[int, int], ByteReader] = {}  # pipes, by lane and mate
        with ExitStack() as stack:
            stack.callback(self.close)
            for mate in range(len(lanes[0])):
                self._open_early(0, mate)
            self._look_at_later()
            stack.pop_all()

    def _look_at_later(self) -> None:
        """Opens the files of later lanes once, and keeps pipes open."""
        pipes = {_pipe(file) for file in self._lanes[0]}
        for index, lane in enumerate(self._lanes[1:], 1):
            for mate, file in enumerate(lane):
                pipe = _pipe(file)
                if pipe is None:
                    if isinstance(file, str | os.PathLike) and file != "-":
                        self._opened(index, mate).close()
                elif pipe not in pipes and len(pipes) < _MOST_PIPES:
                    pipes.add(pipe)
                    self._open_early(index, mate)

    def _open_early(self, lane: int, mate: int) -> None:
        self._early[lane, mate] = reader = self._opened(lane, mate)
        set_abreast([reader], self._abreast)

    def _opened(self, lane: int, mate: int) -> ByteReader:
        file = self._lanes[lane][mate]
        if isinstance(file, FileRange):
            return open_file_range(file, self._run, self._look)
        seen, files = self._seen[lane][mate], len(self._lanes[lane])
        return open_bytes(file, run=self._run, seen=seen, look=self._look, files=files)

    def _readers(self, lane: int) -> tuple[ByteReader, ...]:
        with ExitStack() as stack:
            readers = []
            for mate in range(len(self._lanes[lane])):
                if (lane, mate) not in self._early:
                    self._open_early(lane, mate)
                readers.append(self._early.pop((lane, mate)))
                stack.callback(readers[-1].close)
            stack.pop_all()
        return tuple(readers)

    @property
    def bytes_read(self) -> int:
        """Bytes read from all files so far."""
        with self._lock:
            return self._done + sum(reader.bytes_read for reader in self._open)

    def lanes(self) -> Iterator[tuple[ByteReader, ...]]:
        """Yields the readers of each lane, and closes them before the next."""
        for index in range(len(self._lanes)):
            readers = self._readers(index)
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
        """Ends a waiting read; thread-safe."""
        with self._lock:
            self._interrupted = True
            readers = self._open
        for reader in readers:
            reader.interrupt()

    def close(self) -> None:
        """Closes what is open."""
        for reader in (*self._early.values(), *self._open):
            reader.close()


class OpenReads:
    """The part of an open source that concerns its inputs."""

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs

    @property
    def bytes_read(self) -> int:
        """Bytes of input read so far."""
        return self._inputs.bytes_read

    @property
    def bytes_total(self) -> int | None:
        """Total bytes of input, if all are files."""
        return self._inputs.bytes_total

    def interrupt(self) -> None:
        """Ends a waiting read."""
        self._inputs.interrupt()


def _seen(file: Input) -> Seen | None:
    """The state of a regular file, given by its path."""
    if not isinstance(file, str | os.PathLike) or file == "-":
        return None
    return Seen.at(file)


def _size(file: Input, seen: Seen | None) -> int | None:
    """The size of a regular file, or of a range of one; ``None`` for everything else."""
    if isinstance(file, FileRange):
        return file.stop_byte - file.first_byte
    return None if seen is None else seen.size


def _pipe(file: Input) -> tuple[int, int] | None:
    """The identity of a pipe; ``None`` for everything else."""
    if isinstance(file, FileRange):
        return None
    try:
        if file == "-":
            status = os.fstat(0)
        elif isinstance(file, str | os.PathLike):
            status = os.stat(file)  # noqa: PTH116 - the path may be text
        else:
            status = os.fstat(file.fileno())
    except (AttributeError, OSError, TypeError, ValueError):
        return None
    pipe = stat.S_ISFIFO(status.st_mode) or stat.S_ISSOCK(status.st_mode)
    return (status.st_dev, status.st_ino) if pipe else None
