"""The description of a format that can be read."""

from __future__ import annotations

import re
from dataclasses import fields
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class SourceFormat(NamedTuple):
    """One entry of the table of formats, `biometal_stream.sources.formats`.

    Attributes:
        name: Its name: the choice of ``--format``, the function ``read_NAME``, and, where it is
            ``on_engines``, Spark's format.
        title: Its name in messages, such as ``FASTQ`` or ``a Parquet file``.
        suffixes: The suffixes of its files, without that of a compression.
        beginning: Matches the first bytes of a file, decompressed; one byte if that is enough.
        options: The dataclass of its options, as ``module:class``; see
            `biometal_stream.sources.options`.
        source: Its source, as ``module:class``: takes the paths, and the options by name.
        record: Matches a record anywhere in the first 64 KiB of a text, which then has this format,
            whatever comes before the record.
        folders: Whether a folder of such files is read as one input.
        on_engines: Whether Ray and Spark have a source of its name, and not one of their own.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    beginning: re.Pattern[bytes]
    options: str
    source: str
    record: re.Pattern[bytes] | None = None
    folders: bool = False
    on_engines: bool = False

    def load_options(self) -> type[Any]:
        """Imports the class of the options."""
        return _loaded(self.options)

    def has_option(self, name: str) -> bool:
        """Whether there is an option of this name."""
        return any(field.name == name for field in fields(self.load_options()))

    def make(self, paths: tuple[Any, ...], options: Mapping[str, Any]) -> Any:
        """Makes the source.

        Args:
            paths: What to read.
            options: Options of the format, by name.

        Raises:
            ConfigurationError: The options contradict each other.
        """
        return _loaded(self.source)(paths, **options)


def _loaded(where: str) -> type[Any]:
    module, _, name = where.partition(":")
    found: type[Any] = getattr(import_module(module), name)
    return found
