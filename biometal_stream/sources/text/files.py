"""The files of a text source, and the columns to make of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, Self, cast

from biometal_stream.errors import ConfigurationError
from biometal_stream.paths import path_text
from biometal_stream.sources.text.columns import MATE_MARK
from biometal_stream.sources.text.options import TextOptions

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from biometal_stream.interfaces import Source
    from biometal_stream.sources.options import Input


@dataclass(frozen=True)
class TextFiles(TextOptions):
    """Reads of one or several text files, plain or compressed.

    The compression (gzip, BGZF, zstd, bzip2, xz) is detected by the first bytes.

    Attributes:
        paths: Files, ``-`` for standard input, or binary file objects, read one after another.
        columns: The columns to make, by default all; kept in the order of the schema. The whole
            record is always checked. Without any column, batches have only a number of rows.
        text_columns: The text columns of the format, in the order of the schema.
        without_quality: The format's title, if it has no qualities.

    Raises:
        ConfigurationError: These, or the options, contradict each other.
    """

    text_columns: ClassVar[tuple[str, ...]]
    without_quality: ClassVar[str | None] = None

    paths: tuple[Input, ...]
    columns: tuple[str, ...] | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.paths:
            raise ConfigurationError("there is no input; name a file, or - for standard input")
        for path in self.inputs:
            if not hasattr(path, "read"):
                path_text(path)
        if self.mate_paths and len(self.mate_paths) != len(self.paths):
            raise ConfigurationError(
                f"each file needs one with its mates: {len(self.paths)} files,"
                f" {len(self.mate_paths)} with mates"
            )
        if sum(path == "-" for path in self.inputs) > 1:
            raise ConfigurationError("standard input can be read only once")
        if self.columns is not None:
            known = tuple(self._all_columns.names)
            object.__setattr__(self, "columns", _in_order(self.columns, known))

    @property
    def mate_paths(self) -> tuple[Input, ...]:
        """As many files as ``paths``, with mate 2 of each read; empty for single reads."""
        return cast("tuple[Input, ...]", self.mate)

    @property
    def name(self) -> str:
        """The source's name in statistics."""
        return "read"

    @property
    def files_in_step(self) -> list[tuple[Input, ...]]:
        """The files that are read in step: the reads, and those of mate 2; each one for a lane."""
        return [self.paths, self.mate_paths] if self.mate_paths else [self.paths]

    @property
    def lanes(self) -> list[tuple[Input, ...]]:
        """The files of each lane."""
        return list(zip(*self.files_in_step, strict=True))

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The files that are read."""
        return tuple(file for files in self.files_in_step for file in files)

    @property
    def paired(self) -> bool:
        """Whether rows alternate between mates 1 and 2."""
        return self.interleaved or bool(self.mate_paths)

    @property
    def _all_columns(self) -> pa.Schema:
        """The schema with all columns."""
        from biometal_stream.schemas import reads_schema

        return reads_schema(
            paired=self.paired, sample=self.sample, without_quality=self.without_quality
        )

    @property
    def schema(self) -> pa.Schema:
        """The schema of reads, with ``mate`` if they are paired; only the chosen columns."""
        import pyarrow as pa

        schema = self._all_columns
        if self.columns is None:
            return schema
        return pa.schema([schema.field(name) for name in self.columns], metadata=schema.metadata)

    def apart(self) -> Source:
        """Returns a source of all mates 1 and then all mates 2, whose names are not compared."""
        from biometal_stream.sources.text.apart import Apart

        return Apart(self) if self.paired else cast("Source", self)

    def project(self, columns: frozenset[str], /) -> Self:
        """Returns a source of the same reads with only some columns.

        Raises:
            ConfigurationError: The source does not have such a column.
        """
        known = tuple(self.schema.names)
        left = _in_order(columns, known)
        return self if left == known else replace(self, columns=left)

    @property
    def parsed_columns(self) -> tuple[str, ...]:
        """The columns to parse: the text columns of the schema, and the mate's mark."""
        needed = ("name", MATE_MARK) if self.paired else ()
        wanted = {*self.schema.names, *needed}
        return tuple(name for name in (*self.text_columns, MATE_MARK) if name in wanted)


def _in_order(columns: Iterable[str], known: tuple[str, ...]) -> tuple[str, ...]:
    """The columns, each once and in the order of the known ones."""
    if isinstance(columns, str):
        raise ConfigurationError(f"columns must be several names, in a tuple: {columns!r}")
    wanted = set(columns)
    for name in sorted(wanted.difference(known), key=repr):
        raise ConfigurationError(f"columns must be among {', '.join(known)}: {name!r}")
    return tuple(name for name in known if name in wanted)
