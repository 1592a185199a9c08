"""Writes pipes, each from its own thread.

One program may read several pipes in turn, as ``seqtk mergepe f1 f2`` does. While it waits for
the second, the writer must not wait for it to read more of the first. So each pipe has a queue,
and a thread that empties it. The thread also opens a named pipe, which waits for a reader, so that
readers may open the pipes in any order.
"""

from __future__ import annotations

import os
import select
import sys
import threading
from contextlib import ExitStack, suppress
from io import FileIO
from typing import TYPE_CHECKING

from biometal_stream.channel import Aborted, Channel
from biometal_stream.descriptors import open_descriptor, open_pipe
from biometal_stream.run import starting_threads

if TYPE_CHECKING:
    from collections.abc import Callable

QUEUE_BYTES = 16 << 20
"""Bytes that may wait for the reader of a pipe: the most that two readers may be apart."""
_MOST_ITEMS = 1 << 16


class PipeWriter:
    """A pipe being written, from `start` on. For use by one thread.

    Args:
        open_end: Opens the write end; runs in the thread, and may wait for a reader.
        end_wait: Opens the read end for a moment, which ends that wait.
        room: Bytes that may wait in the queue; a single write may be larger.

    Raises:
        OSError: There are no more descriptors.
    """

    def __init__(
        self, open_end: Callable[[], FileIO], end_wait: Callable[[], FileIO] | None, room: int
    ) -> None:
        self._open_end = open_end
        self._end_wait = end_wait
        self._queue: Channel[bytes | memoryview] = Channel("pipe", _MOST_ITEMS, room)
        self._done: Channel[None] = Channel("pipe's end", 1, 1)  # which is closed at the end
        self._woken, self._wake = open_pipe()
        self.closed = False
        self._thread = threading.Thread(target=self._run, name="biometal-pipe", daemon=True)

    @classmethod
    def named(cls, path: str, room: int) -> PipeWriter:
        """Writes a named pipe, which is opened as soon as it has a reader.

        Raises:
            PermissionError: The pipe is not writable.
        """
        if not os.access(path, os.W_OK):
            open_descriptor(path, os.O_WRONLY | os.O_NONBLOCK).close()  # to get the system's error
        return cls(
            lambda: _not_blocking(open_descriptor(path, os.O_WRONLY)),
            lambda: open_descriptor(path, os.O_RDONLY | os.O_NONBLOCK),
            room,
        )

    @classmethod
    def inherited(cls, descriptor: int, room: int) -> PipeWriter:
        """Writes a pipe or socket that the caller opened, and will close."""
        return cls(lambda: _opened_again(descriptor), None, room)

    def start(self) -> None:
        """Starts to open the pipe. From then on `stop` must be called in the end.

        Raises:
            ThreadError: The system cannot start a thread.
        """
        with starting_threads():
            self._thread.start()

    def write(self, data: bytes | memoryview) -> None:
        """Queues bytes, which must not change afterwards, as soon as there is room.

        Raises:
            BrokenPipeError: The pipe has no reader any more.
            OSError: The system refuses.
        """
        try:
            self._queue.send(data, memoryview(data).nbytes)
        except Aborted:
            self._wait()
            raise

    def end(self) -> None:
        """Marks the end: the reader sees it after the last byte."""
        self._queue.close()

    def close(self) -> None:
        """Waits until the reader has taken everything. May be called again.

        Raises:
            BrokenPipeError: The pipe has no reader any more.
            OSError: The system refuses.
        """
        self.end()
        self._wait()
        self._close()

    def stop(self) -> None:
        """Drops what is still queued. May be called again; does nothing after `close`."""
        if self.closed:
            return
        self._queue.abort()
        with suppress(OSError), ExitStack() as stack:
            if not self._wake.closed:  # by an interrupt during the last call
                self._wake.write(b"!")
            if self._thread.ident is not None:
                if self._end_wait is not None:
                    stack.enter_context(self._end_wait())
                self._wait()
        self._close()

    def _close(self) -> None:
        self._woken.close()
        self._wake.close()
        self.closed = True

    def _wait(self) -> None:
        """Waits for the thread to end, and raises its error."""
        next(self._done, None)

    def _run(self) -> None:
        try:
            with self._open_end() as file:
                for data in self._queue:
                    self._write(file, memoryview(data).cast("B"))
        except Aborted:
            self._done.close()
        except BaseException as error:  # noqa: BLE001 - it reaches the writer
            self._done.close(error)
            self._queue.abort()
        else:
            self._done.close()

    def _write(self, file: FileIO, view: memoryview) -> None:
        most = len(view)
        if os.get_blocking(file.fileno()):  # this much fits if anything does
            most = select.PIPE_BUF
        while view:
            self._await_room(file)
            try:
                view = view[os.write(file.fileno(), view[:most]) :]
            except BlockingIOError:  # another process writes to it, too
                continue

    def _await_room(self, file: FileIO) -> None:
        written, woken = file.fileno(), self._woken.fileno()
        if sys.platform == "darwin":  # as in reading
            ready, _, _ = select.select([woken], [written], [])
            stopped = bool(ready)
        else:
            poll = select.poll()
            poll.register(written, select.POLLOUT)
            poll.register(woken, select.POLLIN)
            stopped = any(descriptor == woken for descriptor, _ in poll.poll())
        if stopped:
            raise Aborted


def _not_blocking(file: FileIO) -> FileIO:
    os.set_blocking(file.fileno(), False)
    return file


def _opened_again(descriptor: int) -> FileIO:
    """A non-blocking end of a pipe whose other users stay blocking, if the system allows it."""
    if sys.platform == "linux":
        with suppress(OSError):  # a socket, or a pipe without a reader
            return open_descriptor(f"/proc/self/fd/{descriptor}", os.O_WRONLY | os.O_NONBLOCK)
    return FileIO(descriptor, "wb", closefd=False)
