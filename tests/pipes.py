"""Pipes that a thread fills."""

import os
import threading
from contextlib import contextmanager


@contextmanager
def piped(data, piece=1 << 16):
    """Lends the reading end, unbuffered, of a pipe that a thread fills piece by piece."""
    reading, writing = os.pipe()

    def write():
        try:
            for at in range(0, len(data), piece):
                os.write(writing, data[at : at + piece])
        except BrokenPipeError:
            pass
        finally:
            os.close(writing)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        with os.fdopen(reading, "rb", buffering=0) as source:
            yield source
    finally:
        writer.join()
