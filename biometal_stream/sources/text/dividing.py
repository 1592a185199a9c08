"""Checks files that are to be divided into partitions."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from biometal_stream.codecs.gzip.indexed import has_index
from biometal_stream.codecs.open_range import open_file_range
from biometal_stream.codecs.ranges import FileRange
from biometal_stream.codecs.raw.files import FileInput
from biometal_stream.codecs.raw.looked_at import LookedAt
from biometal_stream.codecs.raw.open import open_raw
from biometal_stream.errors import ConfigurationError
from biometal_stream.run import LEAST_MEMORY, LocalRun

if TYPE_CHECKING:
    from biometal_stream.sources.options import Input


def with_codec(part: FileRange) -> FileRange:
    """Adds the compression of a file, if the file can be divided."""
    with LocalRun(1, LEAST_MEMORY) as run, closing(open_file_range(part, run)) as reader:
        codec = reader.codec
    if codec == "plain" or codec == "bgzf":  # noqa: PLR1714 - mypy narrows only this form
        return replace(part, codec=codec)
    indexed = codec == "gzip" and has_index(part.path)
    return replace(part, codec="rapidgzip") if indexed else part


def whole_file(path: Input) -> FileRange:
    """A whole file that other machines can open.

    Raises:
        ConfigurationError: Other machines cannot open it.
        InputError: It is missing.
    """
    again = "; write it to a file first, at a path that all machines share"
    if isinstance(path, LookedAt):
        path = path.target
    if path == "-":
        raise ConfigurationError(f"standard input cannot be divided{again}")
    if not isinstance(path, str | os.PathLike):
        raise ConfigurationError(f"a file object cannot be divided: {path!r}{again}")
    name = os.fspath(path)
    if _is_stream(name):
        raise ConfigurationError(f"{name}: cannot be divided, since it is not a file{again}")
    with closing(open_raw(name)) as raw:
        assert isinstance(raw, FileInput)
        assert raw.bytes_total is not None
        return FileRange(os.path.abspath(name), name, raw.bytes_total)  # noqa: PTH100


def _is_stream(name: str) -> bool:
    """Whether a path exists and is neither a file nor a folder."""
    try:
        path = Path(name)
        return path.exists() and not path.is_file() and not path.is_dir()
    except (OSError, ValueError):  # opening it gives the error
        return False
