"""Loads reads to learn from, and labels them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from biometal_stream.errors import DataError
from biometal_stream.models.training.labelled import LabelledReads
from biometal_stream.operators.head import Head
from biometal_stream.operators.select import Select
from biometal_stream.reading import read_fastq
from biometal_stream.view import BatchView

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from biometal_stream.models.training.task import Task
    from biometal_stream.pipeline import Pipeline

LEAST_OF_A_LABEL = 20
"""The fewest reads of each label; with fewer, the test set would have next to none."""

FEW_NEAR = 200
"""With fewer hard reads, the accuracy on them is off by some per cent: the test set has 15 % of
them."""


def load_reads(
    task: Task, sources: Sequence[tuple[str, Pipeline]], columns: Iterable[str], limit: int
) -> LabelledReads:
    """Reads files and labels their reads.

    It takes a byte per base for each column that the encoding or the task reads, and 26 bytes per
    read; joining the buffers briefly takes as much again.

    Args:
        task: What is learnt.
        sources: The name and the source of each file.
        columns: The columns that the encoding reads, of ``sequence`` and ``quality``.
        limit: The most reads to take from each file.

    Raises:
        DataError: A file has no reads.
        BiometalError: An error while reading.
    """
    wanted = sorted({"quality", *task.columns, *columns})
    schema = pa.schema([pa.field(name, pa.large_string(), nullable=False) for name in wanted])
    labels, near, files, tables = [], [], [], []
    for number, (name, pipeline) in enumerate(sources):
        reads = 0
        for batch in (pipeline | Head(limit) | Select(tuple(wanted))).batches():
            label, is_near = task.label(batch)
            labels.append(label)
            near.append(is_near)
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
        np.concatenate(labels),
        np.concatenate(near),
        np.concatenate(files),
        tuple(name for name, _ in sources),
    )


def sources_of(
    paths: Sequence[str], *, synthetic: int = 0, seed: int = 0
) -> list[tuple[str, Pipeline]]:
    """Returns sources of files and of synthetic reads, with names to show.

    Args:
        paths: FASTQ files, plain or compressed; ``-`` for standard input.
        synthetic: The number of synthetic reads, or 0.
        seed: Their seed.
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


def check_reads(task: Task, reads: LabelledReads) -> str | None:
    """Looks for problems that would make the training fail or its figures meaningless.

    Returns:
        A warning, for reads that are usable but poor.

    Raises:
        DataError: There are not enough reads of a label.
    """
    positive = int(reads.labels.sum())
    counts = (len(reads) - positive, positive)
    for count, label, remedy in zip(counts, task.labels, task.remedies, strict=True):
        if count < LEAST_OF_A_LABEL:
            raise DataError(
                f"only {count:,} of {len(reads):,} reads are {label}, and at least"
                f" {LEAST_OF_A_LABEL} of each label are needed; add {remedy}"
            )
    near = int(reads.near.sum())
    if near < FEW_NEAR:
        return (
            f"only {near:,} of {len(reads):,} reads are {task.hard}, so the accuracy there will be"
            " a rough figure"
        )
    return None


def _shown(path: str) -> str:
    return "standard input" if path == "-" else Path(path).name
