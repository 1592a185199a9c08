"""Takes UMIs and barcodes from reads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from biometal_stream.errors import ConfigurationError
from biometal_stream.operators.barcodes.naming import STYLES
from biometal_stream.operators.base import StatelessOperator, with_mates
from biometal_stream.settings import Names, option, settle_names

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.interfaces import Operator
    from biometal_stream.operators.barcodes.header import HeaderField
    from biometal_stream.operators.barcodes.segments import Layout
    from biometal_stream.operators.barcodes.tally import ExtractTally
    from biometal_stream.view import BatchView

TAGS = {
    "umi": "RX",
    "umi_quality": "QX",
    "barcode": "BC",
    "barcode_quality": "QT",
    "cell": "CR",
    "cell_quality": "CY",
}
"""The SAM tags of the columns: SAMtags 1.6; CR is a cell barcode that was not corrected."""


@dataclass(frozen=True)
class Extract(StatelessOperator):
    """Takes UMIs and barcodes from reads, index reads or headers.

    They become columns: ``umi``, ``barcode`` for a sample barcode and ``cell``, with their
    qualities in ``umi_quality`` and so on. Both mates have the same, those of all reads joined by
    hyphens. The bases are cut from the reads, and bases to be skipped are left out.

    Say where they are in one of three ways. A read structure has a length and a letter for each
    segment: M for a UMI, B for a sample barcode, C for a cell barcode, S to skip, T for the
    template, and + for the rest of the read: 8M4S+T. A pattern has N for each base of a UMI, C for
    a cell barcode and X for bases that stay, or is a regular expression with groups such as
    (?P<umi_1>.{8}). A header field is a place in the header. docs/barcodes.md has examples.

    A read that is shorter than its structure, or does not match, stays whole, with its mate, and
    its barcodes are null: drop such reads with the step where "not is_null(umi)".

    Attributes:
        read_structure: The structure of each read: mate 1, mate 2, index 1, index 2; those left
            out at the end stay as they are.
        pattern: The pattern of mate 1 or of single reads.
        mate_pattern: The pattern of mate 2.
        three_prime: Whether the letters of a pattern are at the end of reads.
        header: Where the UMI is in the header: ``name`` for the end of the name, after a colon or
            an underscore, ``name:8`` for its eighth field, ``index``, ``index-1`` or ``index-2`` in
            a description such as 1:N:0:ACGT+TTGA, or a SAM tag such as ``RX``.
        name_as: Writes the UMI into the name, as this tool does.
        delimiter: What stands before the UMI in the name, instead of what that tool writes.
        prefix: What stands before the UMI, with an underscore.
        tags: Writes SAM tags into the description: RX and QX for a UMI, BC and QT for a sample
            barcode, CR and CY for a cell barcode.

    Example:
        >>> Extract(read_structure=("5M+T",), name_as="fastp", tags=True)
    """

    read_structure: Names = option(
        "The segments of a read, such as 8M4S+T; repeated for mate 2, index 1 and index 2.",
        default=(),
        metavar="STRUCTURE",
    )
    pattern: str | None = option(
        "The pattern of mate 1 or of single reads, such as NNNNXXXX, or a regular expression.",
        default=None,
    )
    mate_pattern: str | None = option("The pattern of mate 2.", default=None, metavar="PATTERN")
    three_prime: bool = option("The letters of a pattern are at the end of reads.", default=False)
    header: str | None = option(
        "Where the UMI is in the header: name, name:8, index, index-1, index-2, or a SAM tag.",
        default=None,
        metavar="FIELD",
    )
    name_as: str | None = option(
        "Writes the UMI into the name, as this tool does.", default=None, choices=tuple(STYLES)
    )
    delimiter: str | None = option(
        "What stands before the UMI in the name, instead of what that tool writes.",
        default=None,
        metavar="TEXT",
    )
    prefix: str | None = option(
        "What stands before the UMI in the name, with an underscore.", default=None, metavar="TEXT"
    )
    tags: bool = option("Writes the barcodes into the description, as SAM tags.", default=False)

    def __post_init__(self) -> None:
        settle_names(self, "read_structure")
        super().__post_init__()
        patterns = self.pattern is not None or self.mate_pattern is not None
        if bool(self.read_structure) + patterns + (self.header is not None) != 1:
            raise ConfigurationError(
                f"{self.name}: say where the barcodes are: by read-structure, pattern or header,"
                " and only one of these"
            )
        if self.three_prime and not patterns:
            raise ConfigurationError(f"{self.name}: three-prime is for patterns")
        for text in (self.delimiter, self.prefix):
            if text and any(letter.isspace() for letter in text):
                raise ConfigurationError(f"{self.name}: names have no blanks: {text!r}")
        if (self.delimiter is not None or self.prefix) and self.name_as is None:
            raise ConfigurationError(
                f"{self.name}: delimiter and prefix are for names; give name-as, too"
            )
        try:
            codes = self._field is not None or any(
                layout.kinds & {"M", "B", "C"} for layout in self._layouts
            )
        except ConfigurationError as error:
            raise ConfigurationError(f"{self.name}: {error}") from None
        if not codes:
            raise ConfigurationError(
                f"{self.name}: nothing to extract: give a segment M, B or C, such as 8M+T"
            )
        if self.name_as is not None and "umi" not in self._codes:
            raise ConfigurationError(
                f"{self.name}: name-as writes UMIs, and there is none; a UMI is M, such as 8M+T"
            )

    @cached_property
    def _layouts(self) -> tuple[Layout, ...]:
        from biometal_stream.operators.barcodes.pattern import parse_pattern
        from biometal_stream.operators.barcodes.structure import ReadStructure

        if self.read_structure:
            return tuple(map(ReadStructure.parse, self.read_structure))
        if self.header is not None:
            return ()
        texts = (self.pattern, self.mate_pattern) if self.mate_pattern else (self.pattern,)
        return tuple(
            ReadStructure.parse("+T")
            if text is None
            else parse_pattern(text, three_prime=self.three_prime)
            for text in texts
        )

    @cached_property
    def _field(self) -> HeaderField | None:
        from biometal_stream.operators.barcodes.header import HeaderField

        return None if self.header is None else HeaderField(self.header)

    @cached_property
    def _codes(self) -> dict[str, str]:
        """The columns of barcodes, and the kinds of their segments."""
        from biometal_stream.operators.barcodes.segments import COLUMNS

        if self.header is not None:
            return {"umi": ""}
        kinds = frozenset().union(*(layout.kinds for layout in self._layouts))
        return {column: kind for kind, column in COLUMNS.items() if kind in kinds}

    def _added(self, schema: pa.Schema) -> tuple[str, ...]:
        if self.header is not None:
            return tuple(self._codes)
        from biometal_stream.operators.barcodes.extraction import QUALITY, Sources

        sources = Sources.of(schema, self._layouts, self.name)
        qualities = {"quality", *(quality for _, quality in sources.indexes)}
        with_quality = qualities <= set(schema.names)
        return tuple(
            name
            for code in self._codes
            for name in ((code, code + QUALITY) if with_quality else (code,))
        )

    def also_written(self, schema: pa.Schema, /) -> frozenset[str]:
        """The columns that it adds and writes into the name or the description, too."""
        added = frozenset(self._added(schema))
        if self.tags or self.name_as is None:
            return added if self.tags else frozenset()
        codes = ("umi", "cell") if STYLES[self.name_as].cell else ("umi",)
        return added.intersection(name for code in codes for name in (code, f"{code}_quality"))

    @property
    def before_merging(self) -> bool:
        """It cannot work on merged reads and pairs."""
        return True

    @property
    def needs(self) -> tuple[str, ...]:
        """The string columns that it reads, and that must not be null."""
        read = {"sequence"} if self._field is None else {self._field.column} - {"description"}
        if self.name_as is not None:
            read.add("name")
        return tuple(name for name in ("name", "sequence") if name in read)

    @property
    def _reads_description(self) -> bool:
        return self.tags or (self._field is not None and self._field.column == "description")

    def _columns_read(self) -> tuple[str, ...]:
        return (*self.needs, "description") if self._reads_description else self.needs

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input and the new columns, which may be null.

        Raises:
            SchemaError: A string column that is needed is missing, a new column exists, there are
                more structures than reads, or a column describes the whole reads.
        """
        import pyarrow as pa

        from biometal_stream.operators.barcodes.extraction import Sources
        from biometal_stream.schemas.checks import require_absent, require_text
        from biometal_stream.schemas.cutting import require_fresh

        require_text(input_schema, self._columns_read(), self.name)
        if self._field is None:
            Sources.of(input_schema, self._layouts, self.name)
            require_fresh(input_schema, self.name)
        added = self._added(input_schema)
        require_absent(input_schema, added, self.name)
        fields = list(input_schema)
        if self.tags:
            place = input_schema.get_field_index("description")
            fields[place] = fields[place].with_nullable(True)
        fields += [pa.field(name, pa.string()) for name in added]
        return pa.schema(fields, metadata=input_schema.metadata)

    def pushdown(
        self, columns: frozenset[str], input_schema: pa.Schema, /
    ) -> tuple[Operator | None, frozenset[str]]:
        """Extracts whatever is used, since its result counts the reads without barcodes."""
        from biometal_stream.operators.barcodes.extraction import Sources

        added = frozenset(self._added(input_schema))
        needed = columns - added | frozenset(self._columns_read())
        if self._field is None:
            needed |= Sources.of(input_schema, self._layouts, self.name).columns
            if added & columns or self.tags:
                needed |= {"quality"} & frozenset(input_schema.names)
        return self, with_mates(needed, input_schema)

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Takes the barcodes of each read.

        Raises:
            DataError: A read is null, or has a different number of bases and qualities.
        """
        import pyarrow as pa

        from biometal_stream.view import BatchView

        schema = self.output_schema(batch.schema)
        view = BatchView(batch)
        for name in self.needs:
            view.text(name)  # refuses nulls
        made = self._of_header(view) if self._field is not None else self._of_reads(view)
        columns = [_as(made.column(field.name), field.type) for field in schema]
        return pa.RecordBatch.from_arrays(columns, schema=schema)

    def _of_reads(self, view: BatchView) -> pa.RecordBatch:
        """The reads without their barcodes, and these as columns."""
        from biometal_stream.operators.barcodes.extraction import QUALITY, Extraction, Sources
        from biometal_stream.operators.barcodes.mates import mates_of

        sources = Sources.of(view.batch.schema, self._layouts, self.name)
        found = Extraction(view, self._layouts, sources, mates_of(view, self.name))
        made = found.templates()
        added = self._added(view.batch.schema)
        for code, kind in self._codes.items():
            made = made.append_column(code, found.column(kind))
            if code + QUALITY in added:
                made = made.append_column(code + QUALITY, found.column(kind, quality=True))
        return self._written(made)

    def _of_header(self, view: BatchView) -> pa.RecordBatch:
        """The reads with the barcode of their header as a column."""
        import numpy as np
        import pyarrow as pa

        from biometal_stream.operators.barcodes.mates import mates_of

        assert self._field is not None
        batch = view.batch
        found = self._field.values(batch.column(self._field.column))
        if mates_of(view, self.name) > 1:
            found = found.take(pa.array(np.arange(batch.num_rows) // 2 * 2))
        if self.name_as is not None and self._field.column == "name":
            place = batch.schema.get_field_index("name")
            bare = self._field.without(batch.column("name"))
            batch = batch.set_column(place, "name", bare)
        return self._written(batch.append_column("umi", found))

    def _written(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The reads with their barcodes in the name and in the description."""
        from biometal_stream.operators.barcodes.naming import STYLES, named
        from biometal_stream.operators.tag_description import TagDescription

        if self.name_as is not None:
            style = STYLES[self.name_as]
            if self.delimiter is not None:
                style = style._replace(before=self.delimiter)
            cell = ["cell"] if style.cell and "cell" in self._codes else []
            codes = [batch.column(name) for name in (*cell, "umi")]
            place = batch.schema.get_field_index("name")
            names = named(batch.column("name"), codes, style, self.prefix or "")
            batch = batch.set_column(place, "name", names)
        if self.tags:
            there = [name for name in TAGS if name in batch.schema.names and self._is_own(name)]
            tags = [TAGS[name] for name in there]
            batch = TagDescription(there, tags=tags, style="sam")(batch)
        return batch

    def _is_own(self, column: str) -> bool:
        return column.removesuffix("_quality") in self._codes

    @property
    def observation(self) -> ExtractTally:
        """Counts the reads with and without barcodes, for ``Report.results``."""
        from biometal_stream.operators.barcodes.tally import ExtractTally

        return ExtractTally(next(iter(self._codes)), self._why)

    @property
    def _why(self) -> str:
        """Why a read has no barcode."""
        from biometal_stream.operators.barcodes.structure import ReadStructure

        if self.header is not None:
            return f"the header has none in '{self.header}'"
        fixed = all(isinstance(layout, ReadStructure) for layout in self._layouts)
        return "too short" if fixed else "not like the pattern"


def _as(column: pa.Array, kind: pa.DataType) -> pa.Array:
    return column if column.type == kind else column.cast(kind)
