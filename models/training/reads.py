"""Reads to learn from: their text in a few large buffers, and their labels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from biometal_stream.columns import StringColumn
from biometal_stream.errors import DataError
from biometal_stream.models.training.labels import is_near, label
from biometal_stream.operators.head import Head
from biometal_stream.operators.select import Select
from biometal_stream.reading import read_fastq
from biometal_stream.view import BatchView

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from biometal_stream.pipeline import Pipeline

LEAST_OF_A_LABEL = 20
"""Reads of each label, below which the test part would have next to none."""

FEW_NEAR = 200
"""Reads near the threshold, below which the accuracy there is off by some per cent: the test part
has 15 % of them."""


@dataclass(frozen=True, eq=False)
class LabelledReads:
    """Reads and what they are.

    Attributes:
        quality: The qualities.
        sequence: The bases; ``None`` where the encoding does not read them.
        means: ``float64``, (n,): the arithmetic mean of the Phred scores, NaN where empty.
        labels: ``bool``, (n,): whether a read passes.
        files: ``int64``, (n,): which of ``names`` a read is of.
        names: The names of the files.
    """

    quality: StringColumn
    sequence: StringColumn | None
    means: NDArray[np.float64]
    labels: NDArray[np.bool_]
    files: NDArray[np.int64]
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """The bases of each read, (n,)."""
        return self.quality.lengths


def load_reads(
    sources: Sequence[tuple[str, Pipeline]], columns: Iterable[str], limit: int
) -> LabelledReads:
    """Reads files and labels their reads.

    It takes two bytes a base for encodings that read both columns, one for others, and 40 bytes
    a read; putting the fragments together takes as much again for a moment.

    Args:
        sources: The name of each file, and what reads it.
        columns: Those that the encoding reads, of ``sequence`` and ``quality``.
        limit: The most reads to take of each.

    Raises:
        DataError: A file has no reads.
        BiometalError: What reading it raises.
    """
    wanted = sorted({"quality", *columns})
    schema = pa.schema([pa.field(name, pa.large_string(), nullable=False) for name in wanted])
    means, labels, files, tables = [], [], [], []
    for number, (name, pipeline) in enumerate(sources):
        reads = 0
        for batch in (pipeline | Head(limit) | Select(tuple(wanted))).batches():
            mean, passes = label(batch)
            means.append(mean)
            labels.append(passes)
            files.append(np.full(batch.num_rows, number, np.int64))
            tables.append(pa.Table.from_batches([batch]).select(wanted).cast(schema))
            reads += batch.num_rows
        if not reads:
            raise DataError(f"{name}: there are no reads to learn from")
    table = pa.concat_tables(tables).combine_chunks()
    view = BatchView(table.to_batches()[0])
    return LabelledReads(
        view.text("quality"),
        view.text("sequence") if "sequence" in wanted else None,
        np.concatenate(means),
        np.concatenate(labels),
        np.concatenate(files),
        tuple(name for name, _ in sources),
    )


def sources_of(
    paths: Sequence[str], *, synthetic: int = 0, seed: int = 0
) -> list[tuple[str, Pipeline]]:
    """What reads each of some files, and synthetic reads, with names to show.

    Args:
        paths: Files of FASTQ, plain or compressed; ``-`` for standard input.
        synthetic: The number of synthetic reads; none where 0.
        seed: What they are drawn by.
    """
    from biometal_stream.models.training.synthetic import SyntheticReads
    from biometal_stream.pipeline import Pipeline

    names = [_shown(path) for path in paths]
    sources = [
        (name if names.count(name) == 1 else path, read_fastq(path))
        for name, path in zip(names, paths, strict=True)
    ]
    if synthetic:
        made = Pipeline(SyntheticReads(synthetic, seed=seed))
        sources.append((f"synthetic reads (seed {seed})", made))
    return sources


def check_reads(reads: LabelledReads) -> str | None:
    """Looks for what would make the training fail or its figures mean little.

    Returns:
        A warning, for data that will do but is poor.

    Raises:
        DataError: There are not enough reads of a label.
    """
    passing = int(reads.labels.sum())
    failing = len(reads) - passing
    for count, what, remedy in (
        (passing, "pass", "reads of higher quality"),
        (failing, "fail", "reads of lower quality, or --synthetic 10000"),
    ):
        if count < LEAST_OF_A_LABEL:
            raise DataError(
                f"only {count:,} of {len(reads):,} reads {what}, and at least {LEAST_OF_A_LABEL}"
                f" of each label are needed; add {remedy}"
            )
    near = int(is_near(reads.means).sum())
    if near < FEW_NEAR:
        return (
            f"only {near:,} of {len(reads):,} reads are within 1 Phred score of the threshold, so"
            " that the accuracy there will be a rough figure"
        )
    return None


def _shown(path: str) -> str:
    return "standard input" if path == "-" else Path(path).name
