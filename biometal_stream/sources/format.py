"""What there is to know of a format that is read."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from importlib import import_module
from typing import TYPE_CHECKING, Any

from biometal_stream.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

_NOT_OPTIONS = frozenset({"paths", "mate_paths", "columns"})
_WRITTEN = {"max_record_bytes": "max-record-size"}


@dataclass(frozen=True)
class SourceFormat:
    """One entry of the table of formats, `biometal_stream.sources.formats`.

    Attributes:
        name: Its name: the choice of ``--format``, the function ``read_NAME``, Spark's format.
        title: Its name in messages, such as ``FASTQ`` or ``a Parquet file``.
        suffixes: What names of its files end in, where they are not compressed as a whole.
        beginning: Matches the first bytes of a file, decompressed; one byte where that is enough.
        source: The source, as ``module:class``; loaded when it is used. Its fields are the
            format's options. ``paths`` must be one of them, and ``mate_paths`` is where the format
            has mates.
        record: Matches a record anywhere in the first 64 KiB of a text, which is then taken for
            this format whatever stands before the record.
        compressed: Whether files may be compressed as a whole, and are read through the codecs.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    beginning: re.Pattern[bytes]
    source: str
    record: re.Pattern[bytes] | None = None
    compressed: bool = True

    def load(self) -> type[Any]:
        """Imports the class of the source."""
        module, _, name = self.source.partition(":")
        found: type[Any] = getattr(import_module(module), name)
        return found

    @property
    def options(self) -> tuple[str, ...]:
        """The names of the options that its source has, without the paths; loads the source."""
        names = [field.name for field in fields(self.load())]
        mates = ("mate",) if "mate_paths" in names else ()
        return (*mates, *(name for name in names if name not in _NOT_OPTIONS))

    def make(
        self,
        paths: tuple[Any, ...],
        mate_paths: tuple[Any, ...] = (),
        options: Mapping[str, Any] | None = None,
    ) -> Any:
        """Makes the source.

        Args:
            paths: What to read.
            mate_paths: As many, with mates 2.
            options: Those that were given, by the names of the source's fields.

        Raises:
            ConfigurationError: The format does not have such an option, or the source refuses it.
        """
        given = dict(options or {})
        if mate_paths:
            given["mate"] = mate_paths
        known = self.options
        for option in given:
            if option not in known:
                written = _WRITTEN.get(option, option.replace("_", "-"))
                raise ConfigurationError(
                    f"{self.title} has no option {option} (--{written}); leave it out"
                )
        if mate_paths:
            given["mate_paths"] = given.pop("mate")
        return self.load()(paths, **given)
