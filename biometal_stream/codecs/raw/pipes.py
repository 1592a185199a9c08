"""Pipes, sockets, terminals and other devices."""

from __future__ import annotations

import os
import select
import sys
import threading
from io import FileIO

from biometal_stream.channel import Aborted
from biometal_stream.codecs.raw.abreast import Abreast, ReadAhead
from biometal_stream.codecs.raw.input import RawInput
from biometal_stream.descriptors import open_pipe

PIPE_CAPACITY = 1 << 20
"""Bytes requested for a pipe's buffer: Linux's limit for users; 64 KiB is the default."""
_AHEAD = 1 << 18  # bytes read ahead at a time


class PipeInput(RawInput):
    """A pipe, socket, terminal or other device, whose waiting reads can be interrupted.

    Each read first waits until the input or a wake pipe has data. `interrupt` writes to the wake
    pipe, which is never read, so all later waits end immediately too.

    Attributes:
        abreast: The pipes to read ahead while this one waits; ``None`` for none.
    """

    def __init__(self, name: str, file: FileIO, held: bytes = b"") -> None:
        super().__init__(name, None)
        self.abreast: Abreast | None = None
        self._ahead.append(held)
        self._ended = self._failing = False
        self._taken = len(held)
        self._file = file
        self._lock = threading.RLock()  # a signal handler may interrupt a thread inside `close`
        _widen(file.fileno())
        self._woken, self._wake = open_pipe()
        self._open = True

    def _wait(self, *, block: bool) -> bool:
        """Whether the input has data or is at its end; reads other pipes ahead while it waits."""
        own = self.fileno()
        while True:
            others: list[ReadAhead] = []
            patience = None if block else 0.0
            if block and self.abreast is not None:
                others = self.abreast.others(self)
                patience = self.abreast.patience(self)
            found = self._poll([own, *(other.fileno() for other in others)], patience)
            if own in found or not block:
                return own in found
            if not found and self.abreast is not None:
                self.abreast.warn(self)
            for other in others:
                if other.fileno() in found:
                    other.read_ahead()

    def _poll(self, inputs: list[int], seconds: float | None) -> set[int]:
        """Returns the inputs that are ready, as soon as one is; an empty set after ``seconds``.

        Raises:
            Aborted: `interrupt` was called.
        """
        woken = self._woken.fileno()
        if sys.platform == "darwin":  # its poll does not support terminals
            found = set(select.select([*inputs, woken], [], [], seconds)[0])
        else:
            poll = select.poll()
            for descriptor in (*inputs, woken):
                poll.register(descriptor, select.POLLIN)
            ready = poll.poll(None if seconds is None else 1000 * seconds)
            found = {descriptor for descriptor, _ in ready}
        if woken in found:
            raise Aborted
        return found

    @property
    def ahead(self) -> int:
        """Bytes taken from the pipe and not read yet."""
        return len(self._ahead)

    @property
    def may_give(self) -> bool:
        """Whether there may be more to read ahead."""
        return self._open and not self._ended and not self._failing

    def fileno(self) -> int:
        """The descriptor to wait for."""
        return self._file.fileno()

    def read_ahead(self) -> None:
        """Takes what is available; an error is left for the next read of this pipe."""
        try:
            data = os.read(self.fileno(), _AHEAD)
        except BlockingIOError:
            return
        except OSError:
            self._failing = True
            return
        self._ahead.append(data)
        self._note(len(data))
        self._ended = not data

    @property
    def ready(self) -> bool:
        """Whether there is data to read, or the end was reached."""
        return bool(self._ahead) or self._ended or self._wait(block=False)

    def _take(self, target: memoryview) -> int:
        while not self._ended:
            self._wait(block=True)
            try:
                return os.readv(self.fileno(), [target])
            except BlockingIOError:  # another reader of the pipe was faster
                continue
        return 0

    def interrupt(self) -> None:
        """Ends a waiting read and all later ones; thread-safe, may be called again."""
        with self._lock:
            if self._open and not self._interrupted:
                self._wake.write(b"!")
            super().interrupt()

    def close(self) -> None:
        """Closes the wake pipe, and the input unless the caller opened it."""
        with self._lock:
            if not self._open:
                return
            self._open = False
            self._wake.close()
            self._woken.close()
            self._file.close()


def _widen(descriptor: int) -> None:
    """Enlarges a pipe if the system allows it, so that its ends wait less for each other."""
    if sys.platform == "linux":
        import fcntl

        try:
            if fcntl.fcntl(descriptor, fcntl.F_GETPIPE_SZ) < PIPE_CAPACITY:
                fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, PIPE_CAPACITY)
        except OSError:  # not a pipe, or the user has reached their limit
            pass
