"""The files of a FASTQ source, and how to read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from biometal_stream.errors import ConfigurationError
from biometal_stream.sources.fastq.columns import TEXT_COLUMNS
from biometal_stream.sources.fastq.options import FastqOptions
from biometal_stream.sources.options import IN_STEP
from biometal_stream.sources.text.files import TextFiles

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.sources.options import Input

MOST_INDEXES = IN_STEP["index"]
"""The most index reads of a read: i7 and i5."""


@dataclass(frozen=True)
class FastqFiles(TextFiles, FastqOptions):
    """Reads of one or several FASTQ files, plain or compressed.

    Records have four lines. CRLF line ends, a byte order mark, blank lines at the end, and a
    missing newline after the last record are accepted; anything else is an error with its location.

    Index reads, from files in step with the reads, are columns: ``index_1``, ``index_1_quality``,
    and ``index_2`` likewise. Mates have the same.

    If ``on_bad_record`` is not ``stop``, the source's thread parses the records, since where a
    record starts then depends on the records before it.
    """

    text_columns: ClassVar[tuple[str, ...]] = TEXT_COLUMNS

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self._index) not in range(0, (MOST_INDEXES + 1) * len(self.paths), len(self.paths)):
            raise ConfigurationError(
                f"each file needs one or two with its index reads: {len(self.paths)} files,"
                f" {len(self._index)} with index reads"
            )

    @property
    def _index(self) -> tuple[Input, ...]:
        return cast("tuple[Input, ...]", self.index)

    @property
    def indexes(self) -> int:
        """The number of index reads of each read: 0, 1 or 2."""
        return len(self._index) // len(self.paths)

    @property
    def reads(self) -> int:
        """The number of files of each lane that hold reads: 2 with mates, otherwise 1."""
        return 2 if self.mate_paths else 1

    @property
    def bases(self) -> NDArray[np.bool_]:
        """Which bytes may stand in a sequence, (256,)."""
        from biometal_stream.simd.bases import IUPAC, IUPAC_AND_DOT

        return IUPAC_AND_DOT if self.dots_to_n else IUPAC

    @property
    def files_in_step(self) -> list[tuple[Input, ...]]:
        """As for all text formats, with those of the index reads after them."""
        lanes = len(self.paths)
        index = [self._index[at : at + lanes] for at in range(0, len(self._index), lanes)]
        return [*super().files_in_step, *index]

    @property
    def _all_columns(self) -> pa.Schema:
        from biometal_stream.schemas import reads_schema

        return reads_schema(paired=self.paired, sample=self.sample, indexes=self.indexes)

    @property
    def parsed_columns(self) -> tuple[str, ...]:
        """As for all text formats; with the name, by which index reads are checked."""
        columns = super().parsed_columns
        return ("name", *columns) if self.indexes and "name" not in columns else columns
