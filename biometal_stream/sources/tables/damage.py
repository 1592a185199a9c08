"""Errors of pyarrow about what a file holds, as errors of ours."""

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
    """Raises an error of pyarrow in the body as an `InputError`.

    Raises:
        InputError: The body fails on what the file holds.
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
