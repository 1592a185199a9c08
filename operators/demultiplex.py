"""Finds the sample of each read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from biometal_stream.errors import ConfigurationError, SchemaError
from biometal_stream.operators.barcodes.structure import ReadStructure, turned_barcodes
from biometal_stream.operators.base import StatelessOperator, with_mates
from biometal_stream.settings import Names, argument, option, settle_names

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.interfaces import Operator
    from biometal_stream.operators.barcodes.assignment import Assigned
    from biometal_stream.operators.barcodes.demultiplexed import DemultiplexTally
    from biometal_stream.operators.barcodes.matching import Matcher
    from biometal_stream.operators.barcodes.sheet import SampleSheet


@dataclass(frozen=True)
class Demultiplex(StatelessOperator):
    """Finds the sample of each read, by its barcode and a sample sheet.

    Adds the columns ``sample`` and ``barcode``. Files by sample are written with the sample in the
    name of the target: write 'out/{sample}_R{mate}.fq.gz'. The end of a run shows how many reads
    each sample has, and which barcodes of no sample are frequent.

    Barcodes are taken from reads and index reads by read structures, with B for the barcode:
    8B+T. Without structures they are the column ``barcode``, or else the index reads, or else the
    index at the end of a description such as 1:N:0:ACGT+TTGA.

    The sample of a read is the one with the fewest mismatches, if they are not more than allowed,
    and if the next sample has more of them by a minimum. N is a mismatch. Other reads are
    undetermined and stay whole. docs/barcodes.md describes the sample sheet.

    Attributes:
        sheet: The sample sheet: a table with sample_id and barcode, or sample_id, barcode_1 and
            barcode_2, or Illumina's SampleSheet.csv.
        read_structure: The structure of each read: mate 1, mate 2, index 1, index 2.
        max_mismatches: The most mismatches, in all barcodes of a read together.
        min_mismatch_delta: How many mismatches more the next sample must have.
        mixed_orientation: Whether reads are in both orientations: single reads are
            reverse-complemented, and mates swapped, if their barcode is found so.
        index_2_reverse_complement: Whether the sheet has the second barcode on the other strand.
        lane: The lane, for sheets with several.
        allow_close: Accepts samples whose barcodes are so close that a read with the mismatches
            may be of either; such reads are undetermined.
        undetermined: What ``sample`` says for reads of no sample.
    """

    columns_named_like_steps: ClassVar[tuple[str, ...]] = ("sample",)

    sheet: str = argument("The sample sheet: a table of sample_id and barcode, or Illumina's.")
    read_structure: Names = option(
        "The segments of a read, such as 8B+T; repeated for mate 2, index 1 and index 2.",
        default=(),
        metavar="STRUCTURE",
    )
    max_mismatches: int = option(
        "The most mismatches, in all barcodes of a read together.", default=1, minimum=0, maximum=16
    )
    min_mismatch_delta: int = option(
        "How many mismatches more the next sample must have.", default=2, minimum=1, maximum=16
    )
    mixed_orientation: bool = option(
        "Reads are in both orientations, and are turned if their barcode is found so.",
        default=False,
    )
    index_2_reverse_complement: bool = option(
        "The sheet has the second barcodes on the other strand.", default=False
    )
    lane: int | None = option("The lane, for sheets with several.", default=None, minimum=1)
    allow_close: bool = option(
        "Accepts barcodes closer than the mismatches need; reads between two are undetermined.",
        default=False,
    )
    undetermined: str = option(
        "What the column says for reads of no sample.", default="undetermined", metavar="NAME"
    )

    def __post_init__(self) -> None:
        from biometal_stream.operators.barcodes.sheet import why_no_file

        settle_names(self, "read_structure")
        super().__post_init__()
        try:
            structures = tuple(map(ReadStructure.parse, self.read_structure))
        except ConfigurationError as error:
            raise ConfigurationError(f"{self.name}: {error}") from None
        kinds = frozenset().union(*(each.kinds for each in structures))
        if structures and "B" not in kinds:
            raise ConfigurationError(
                f"{self.name}: no read structure has a sample barcode, B, such as 8B+T"
            )
        if kinds & {"M", "C"}:
            raise ConfigurationError(
                f"{self.name}: takes only the sample barcode, B; 'extract' takes UMIs and cell"
                " barcodes, before it with the whole structure, or after it from what is left"
            )
        if self.mixed_orientation and not structures:
            raise ConfigurationError(
                f"{self.name}: mixed-orientation is for barcodes in the reads: give the"
                " read-structure"
            )
        reason = why_no_file(self.undetermined)
        if reason is not None:
            raise ConfigurationError(
                f"{self.name}: undetermined, {self.undetermined!r}, cannot name a file: {reason}"
            )

    @property
    def inputs(self) -> tuple[str, ...]:
        """The sample sheet."""
        return (self.sheet,)

    @cached_property
    def _structures(self) -> tuple[ReadStructure, ...]:
        return tuple(map(ReadStructure.parse, self.read_structure))

    @cached_property
    def _sheet(self) -> SampleSheet:
        from biometal_stream.operators.barcodes.sheet import read_sheet

        try:
            sheet = read_sheet(
                self.sheet, lane=self.lane, turn_index_2=self.index_2_reverse_complement
            )
        except ConfigurationError as error:
            raise ConfigurationError(f"{self.name}: {error}") from None
        if self.undetermined in sheet.samples:
            raise ConfigurationError(
                f"{self.name}: {self.sheet}: a sample is called '{self.undetermined}', as reads of"
                " no sample are; give these another name by undetermined"
            )
        return sheet

    def _checked(self, *, paired: bool) -> SampleSheet:
        """The sheet, whose barcodes fit the structures and can be told apart."""
        from biometal_stream.operators.barcodes.distances import check_distances

        sheet = self._sheet
        lengths = [each.length_of("B") for each in self._structures]
        bases = sum(sheet.lengths)
        if lengths and None not in lengths and sum(length or 0 for length in lengths) != bases:
            found = sum(length or 0 for length in lengths)
            raise ConfigurationError(
                f"{self.name}: {self.sheet}: barcodes have {bases} bases, but the read structures"
                f" have {found}"
            )
        turned = (
            turned_barcodes(self._structures, sheet.barcodes, paired=paired)
            if self.mixed_orientation
            else None
        )
        try:
            check_distances(
                sheet,
                self.max_mismatches,
                self.min_mismatch_delta,
                allow_close=self.allow_close,
                turned=turned,
            )
        except ConfigurationError as error:
            raise ConfigurationError(f"{self.name}: {error}") from None
        return sheet

    @property
    def before_merging(self) -> bool:
        """It cannot work on merged reads and pairs."""
        return True

    @property
    def _matcher(self) -> Matcher:
        from biometal_stream.operators.barcodes.matching import matcher_of

        return matcher_of(self._sheet, self.max_mismatches, self.min_mismatch_delta)

    @property
    def needs(self) -> tuple[str, ...]:
        """The string columns that it reads, and that must not be null."""
        return ("sequence",) if self.read_structure else ()

    def _source(self, schema: pa.Schema) -> str:
        """Where barcodes are: the reads, or a column."""
        if self._structures:
            return "reads"
        names = ("barcode", "index_1", "description")
        found = next((name for name in names if name in schema.names), None)
        if found is None:
            raise SchemaError(
                f"{self.name}: no column has a barcode: give a read-structure, or read index reads"
                " with --index"
            )
        return found

    def _needs(self, schema: pa.Schema) -> frozenset[str]:
        from biometal_stream.operators.barcodes.extraction import Sources

        source = self._source(schema)
        if source == "reads":
            sources = Sources.of(schema, self._structures, self.name)
            return frozenset({"sequence", *(bases for bases, _ in sources.indexes)})
        if source == "index_1":
            return frozenset({"index_1", "index_2"}.intersection(schema.names))
        return frozenset({source})

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input and the new columns.

        Raises:
            SchemaError: There is no barcode, a new column exists, there are more structures than
                reads, or a column describes the whole reads, which are cut.
            ConfigurationError: The sample sheet is wrong, or its barcodes are too close.
            InputError: It cannot be read.
        """
        import json

        import pyarrow as pa

        from biometal_stream.schemas.checks import require_absent, require_text
        from biometal_stream.schemas.cutting import require_fresh
        from biometal_stream.schemas.predictions import LABELS_KEY

        source = self._source(input_schema)
        require_text(input_schema, tuple(sorted(self._needs(input_schema))), self.name)
        if source == "reads":
            require_fresh(input_schema, self.name)
        sheet = self._checked(paired="mate" in input_schema.names)
        labels = json.dumps([*sheet.samples, self.undetermined], ensure_ascii=False)
        fields = [
            pa.field(
                "sample",
                pa.dictionary(pa.int16(), pa.string()),
                metadata={LABELS_KEY: labels.encode()},
            )
        ]
        if source != "barcode":
            fields.append(pa.field("barcode", pa.string()))
        if self.mixed_orientation:
            fields.append(pa.field("turned", pa.bool_(), nullable=False))
        require_absent(input_schema, [field.name for field in fields], self.name)
        return pa.schema([*input_schema, *fields], metadata=input_schema.metadata)

    def pushdown(
        self, columns: frozenset[str], input_schema: pa.Schema, /
    ) -> tuple[Operator | None, frozenset[str]]:
        """Finds the samples whatever is used, since its result counts them."""
        added = {"sample", "turned"}
        if self._source(input_schema) != "barcode":
            added.add("barcode")
        needed = (columns - added) | self._needs(input_schema) | {"name"}
        return self, with_mates(needed & frozenset(input_schema.names), input_schema)

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Finds the sample of each read.

        Raises:
            DataError: A read is null, or has a different number of bases and qualities.
        """
        import pyarrow as pa

        from biometal_stream.operators.barcodes import assignment

        schema = self.output_schema(batch.schema)
        found: Assigned
        if self._structures:
            found = assignment.of_reads(
                batch, self._structures, self._matcher, self.name, mixed=self.mixed_orientation
            )
        else:
            found = assignment.of_column(
                batch, self._source(batch.schema), self._matcher, self.name
            )
        made = dict(zip(found.batch.schema.names, found.batch.columns, strict=True))
        made["sample"] = self._labelled(found.samples)
        made.setdefault("barcode", found.barcodes)
        if found.turned is not None:
            made["turned"] = pa.array(found.turned)
        return pa.RecordBatch.from_arrays([made[name] for name in schema.names], schema=schema)

    def _labelled(self, samples: NDArray[np.int32]) -> pa.Array:
        import numpy as np
        import pyarrow as pa

        names = self._names
        indices = np.where(samples < 0, len(names) - 1, samples).astype(np.int16)
        return pa.DictionaryArray.from_arrays(pa.array(indices), names)

    @property
    def _names(self) -> pa.Array:
        import pyarrow as pa

        return pa.array([*self._sheet.samples, self.undetermined], pa.string())

    @property
    def observation(self) -> DemultiplexTally:
        """Counts the reads of each sample, for ``Report.results``."""
        from biometal_stream.operators.barcodes.demultiplexed import DemultiplexTally

        return DemultiplexTally(self._sheet, self._matcher, self.undetermined)
