"""Turns errors of pyarrow about the content of a file into our own."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa

from biometal_stream.channel import Aborted
from biometal_stream.errors import BiometalError, InputError
from biometal_stream.sources.tables.seekable import AGAIN

_OF_THE_CONTENT = (
    pa.ArrowException,
    OSError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    struct.error,
)


@contextmanager
def damage(name: str, what: str) -> Iterator[None]:
    """Raises pyarrow's errors in the body as an `InputError`.

    Raises:
        InputError: The body fails because of the content of the file.
    """
    try:
        yield
    except (BiometalError, Aborted):
        raise
    except (
        pa.ArrowException,
        OSError,
        ValueError,
        TypeError,
        LookupError,
        EOFError,
        struct.error,
    ) as error:
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise InputError(f"{name}: {what} ({reason}); {AGAIN}") from error
