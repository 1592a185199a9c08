"""FASTQ files: plain, gzip as BGZF, or zstd."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

import pyarrow as pa

from biometal_stream.atomic import STANDARD_OUTPUT, AtomicFiles
from biometal_stream.atomic.pipes import QUEUE_BYTES
from biometal_stream.budget import budget_of
from biometal_stream.errors import ConfigurationError, SchemaError
from biometal_stream.paths import path_text
from biometal_stream.schemas import require_columns, require_text
from biometal_stream.settings import check_kinds
from biometal_stream.sinks.base import (
    OpenRebatching,
    RebatchingSink,
    check_choice,
    check_level,
    check_partitions,
)
from biometal_stream.sinks.compressed import COMPRESSIONS, LEVELS, Compression
from biometal_stream.sinks.fastq import layout
from biometal_stream.sinks.fastq.layout import ReadRebatcher, RecordFormat
from biometal_stream.sinks.fastq.quality_encoding import QUALITY_ENCODINGS, encoded
from biometal_stream.sinks.fastq.records import format_batches
from biometal_stream.sinks.formats import FORMATS, SinkFormat
from biometal_stream.sinks.names import check_name, compression_said_by, mates_warning
from biometal_stream.sinks.partitioned import DEFAULT_PARTITIONS, Morsels
from biometal_stream.sinks.routed import TemplateNaming, open_templates
from biometal_stream.sinks.templates import Template, literal

if TYPE_CHECKING:
    from biometal_stream.interfaces import Run

_WAITING_BYTES = 64 * 2**20
"""Bytes of text that wait for complete morsels, over all files that values name."""

Part: TypeAlias = "list[memoryview | bytes]"
"""The bytes of a morsel for each file."""


@dataclass(frozen=True)
class FastqSink(RebatchingSink[Any]):
    """Writes reads as four-line FASTQ: columns name, description (if any), sequence, quality.

    A header is the name, a space and the description, or only the name if the description is
    null. A description that begins with blanks up to a tab is written without the space. So
    headers are written as they were read. Other columns are left out.

    Gzip is written as BGZF, compressed in the workers; zstd as one frame with a checksum,
    compressed by zstd's own threads, as many as there are workers. The bytes are the same for
    every number of workers and every batch size.

    A morsel holds 4 MiB of text, or one read that is longer.

    A target with fields, such as ``out/{sample}_R{mate}.fq.gz``, stands for one file for each
    value of these columns: text, integers, booleans, or dictionaries of these. ``{mate}`` puts
    mates 1 and 2 into two files. A null is called ``unknown``. All files appear at the end, or
    none; existing files are replaced. Mates must have the same values, so that both files of a
    pair stay in step. At most 64 MiB of text wait, whatever the number of files.

    Attributes:
        target: The file; ``-`` is standard output.
        mate: The file for mates 2, for paired reads. Its fields must be those of the target.
        interleaved: Requires rows to alternate between mates 1 and 2, in one file. Without it (and
            without ``mate``) rows are written in input order, so pairs are interleaved too, but a
            name such as ``out_R1.fq`` causes a warning.
        compression: ``none``, ``gzip`` or ``zstd``; by default from the file's suffix: ``.gz`` and
            ``.bgz``, ``.zst``, anything else is plain.
        quality_encoding: ``phred33``, ``phred64`` or ``solexa``. The last two cannot hold a quality
            above 62, which is an error.
        level: For gzip 1 to 12, default 1; for zstd 1 to 22, default 3.
        max_partitions: The most distinct values that the fields may have.
        unpaired: Whether reads may lack their mates. With two files each read then goes to the one
            of its mate number, and nothing is checked.
        reason: A column of text to add to each description, as ``reason=min-length``.

    Raises:
        ConfigurationError: Settings contradict each other or are out of range.
    """

    holds: ClassVar[str] = "FASTQ holds only name, description, sequence and quality"
    format: ClassVar[SinkFormat] = "fastq"
    record: ClassVar[tuple[str, ...]] = ("name", "description", "sequence", "quality")
    """The columns of a record."""

    target: str
    mate: str | None = None
    interleaved: bool = False
    compression: str | None = None
    level: int | None = None
    max_partitions: int = DEFAULT_PARTITIONS
    unpaired: bool = False
    reason: str | None = None
    quality_encoding: str = "phred33"

    def __post_init__(self) -> None:
        object.__setattr__(self, "target", path_text(self.target))
        if self.mate is not None:
            object.__setattr__(self, "mate", path_text(self.mate))
        check_kinds(self)
        if self.mate is not None and self.interleaved:
            raise ConfigurationError("interleaved reads go to one file; leave the mate out")
        if STANDARD_OUTPUT in {self.target, self.mate} and self.mate is not None:
            raise ConfigurationError(
                "standard output cannot take mates separately; interleave them"
            )
        if self.compression is not None:
            check_choice(f"the compression of {self.title}", self.compression, COMPRESSIONS)
        check_choice("the quality encoding", self.quality_encoding, QUALITY_ENCODINGS)
        check_partitions(self.max_partitions)
        _check_fields(self)
        for target, compression in zip(self.targets, self.compressions, strict=True):
            check_name(target, self.format, self.compression)
            check_level(compression, self.level, LEVELS)

    def takes(self, schema: pa.Schema, /) -> frozenset[str]:
        """The columns of a record; those of fields; and ``mate``, which pairs the reads."""
        fields = [field for each in self.templates for field in each.fields]
        added = () if self.reason is None else (self.reason,)
        return frozenset((*self.record, "mate", *fields, *added)).intersection(schema.names)

    @property
    def patterns(self) -> tuple[str, ...]:
        """The targets as typed, those of mates 1 and 2 if they are separate."""
        if self.mate is not None:
            return (self.target, self.mate)
        template = Template.of(self.target)
        if template is None or "mate" not in template.fields:
            return (self.target,)
        return (template.filled(mate="1"), template.filled(mate="2"))

    @property
    def templates(self) -> tuple[Template, ...]:
        """The targets that have fields other than ``{mate}``; empty, or all of `patterns`."""
        found = map(Template.of, self.patterns)
        return tuple(template for template in found if template is not None)

    @property
    def targets(self) -> tuple[str, ...]:
        """The files; for names with fields, the names."""
        if self.templates:
            return self.patterns
        return tuple(map(literal, self.patterns))

    @property
    def compressions(self) -> tuple[str, ...]:
        """The compression of each file."""
        return tuple(self.compression or compression_said_by(each) for each in self.targets)

    @property
    def needs_pairs(self) -> bool:
        """Whether a read of a pair must come with its mate."""
        return not self.unpaired

    @property
    def layout(self) -> str | None:
        """How the files hold pairs, if that needs to be said."""
        return "interleaved pairs" if len(self.patterns) == 1 else None

    @contextmanager
    def open_parallel(self, schema: pa.Schema, run: Run, /) -> Iterator[OpenRebatching[Any]]:
        """Starts writing; commits if the context ends without an error, otherwise discards.

        Raises:
            SchemaError: A column that FASTQ needs is missing or is not text.
            SinkError: A target cannot be written.
        """
        self._check_schema(schema)
        if "mate" in schema.names and not self.interleaved and not self.unpaired:
            targets = self.targets
            warning = mates_warning(targets[0], targets[1] if len(targets) > 1 else None)
            if warning is not None:
                run.warn(warning)
        parted = len(self.patterns) > 1
        in_turn = (parted or self.interleaved) and not self.unpaired
        format = RecordFormat(
            schema,
            self.record,
            self._lay_out,
            self.compressions,
            self.level,
            in_turn=in_turn,
            unpaired=self.unpaired,
            reason=self.reason,
        )
        if self.templates:
            naming = TemplateNaming(self.templates, paired=format.paired)
            limits = Morsels(
                layout.MORSEL_ROWS,
                layout.MORSEL_BYTES,
                _WAITING_BYTES,
                self.max_partitions,
                tuple(format.columns),
            )
            with open_templates(naming, schema, format, limits) as routed:
                yield routed
            return
        with AtomicFiles(self.targets, queue=_queue_bytes(run)) as files:
            opened = OpenFastq(self, format, files, run.workers)
            yield opened
            opened.finish()

    @property
    def title(self) -> str:
        """The format's name in messages."""
        return FORMATS[self.format].title

    def _lay_out(self, batches: list[pa.RecordBatch], mate: int) -> memoryview:
        """Formats rows as text: those of one mate, or all for 0."""
        if self.quality_encoding != "phred33":
            batches = [encoded(batch, self.quality_encoding) for batch in batches]
        return format_batches(batches, mate=mate)

    def _check_schema(self, schema: pa.Schema) -> None:
        needed = [name for name in self.record if name != "description"]
        without_quality = "quality" in needed and "quality" not in schema.names
        try:
            require_text(schema, needed, self.title)
        except SchemaError as error:
            if not without_quality:
                raise
            raise SchemaError(
                f"{error}; FASTA does not need it: --format fasta (write_fasta in Python)"
            ) from None
        if "description" in schema.names:
            require_columns(schema, ("description",), self.title)
        if "description" in schema.names and not pa.types.is_null(schema.field("description").type):
            require_text(schema, ("description",), self.title)
        if len(self.patterns) > 1 or self.interleaved:
            require_columns(schema, ("mate",), f"{self.title} of paired reads")
            if not pa.types.is_integer(schema.field("mate").type):
                raise SchemaError(
                    f"column 'mate' must hold integers: it is {schema.field('mate').type}"
                )


def _check_fields(sink: FastqSink) -> None:
    """Checks that both files of mates have the same fields, and that `{mate}` makes two files."""
    template = Template.of(sink.target)
    other = None if sink.mate is None else Template.of(sink.mate)
    typed = [each for each in (template, other) if each is not None]
    parting = [each for each in typed if "mate" in each.fields]
    if parting and (sink.mate is not None or sink.interleaved):
        option = "mate" if sink.mate is not None else "interleaved"
        raise ConfigurationError(
            f"{parting[0].text}: {{mate}} puts mates into two files; leave {option} out"
        )
    if sink.mate is None:
        return
    if len(typed) == 1 or (
        template is not None and other is not None and set(template.fields) != set(other.fields)
    ):
        raise ConfigurationError(
            f"{sink.target} and {sink.mate}: the files of mates must have the same fields; write"
            " {mate} in place of 1 and 2"
        )
    if template is not None and other is not None and template.folder != other.folder:
        raise ConfigurationError(
            f"{sink.target} and {sink.mate}: names with fields must begin with the same folder"
        )


def _queue_bytes(run: Run) -> int:
    """The bytes that may wait for the reader of each pipe, if there are several."""
    return max(layout.MORSEL_BYTES, min(QUEUE_BYTES, budget_of(run).queue))


class OpenFastq(OpenRebatching[Part]):
    """A FASTQ file being written, or one for each mate."""

    def __init__(
        self, sink: FastqSink, format: RecordFormat, files: AtomicFiles, workers: int
    ) -> None:
        self._sink = sink
        self._files = files
        self._format = format
        self._writers = [
            Compression(compression, sink.level).start(file.write, workers)
            for file, compression in zip(files.files, sink.compressions, strict=True)
        ]

    def rebatcher(self) -> ReadRebatcher:
        """Makes morsels, each compressed in one step."""
        return ReadRebatcher(self._format.columns, paired=self._format.paired)

    def encode(self, batches: list[pa.RecordBatch], /) -> Part:
        """Formats records and compresses them.

        Raises:
            DataError: A row is not a valid FASTQ record, or mates do not alternate.
        """
        return self._format.encode(batches)

    def write(self, part: Part, /) -> None:
        """Writes the bytes of a morsel to each file."""
        for writer, data in zip(self._writers, part, strict=True):
            writer.write(data)

    def finish(self) -> None:
        """Writes the end of each file."""
        for writer in self._writers:
            writer.finish()

    @property
    def bytes_written(self) -> int:
        """Bytes written to the files so far."""
        return self._files.bytes_written

    @property
    def outputs(self) -> tuple[str, ...]:
        """The files."""
        return self._sink.targets
