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
"""Reads of each label, below which the test part would have next to none."""

FEW_NEAR = 200
"""Hard reads below which the accuracy on them is off by some per cent: the test part has 15 % of
them."""


def load_reads(
    task: Task, sources: Sequence[tuple[str, Pipeline]], columns: Iterable[str], limit: int
) -> LabelledReads:
    """Reads files and labels their reads.

    It takes a byte a base for each column that the encoding or the task reads, and 26 bytes a
    read; putting the parts together takes as much again for a moment.

    Args:
        task: What is learnt.
        sources: The name of each file, and what reads it.
        columns: Those that the encoding reads, of ``sequence`` and ``quality``.
        limit: The most reads to take of each.

    Raises:
        DataError: A file has no reads.
        BiometalError: What reading it raises.
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


def check_reads(task: Task, reads: LabelledReads) -> str | None:
    """Looks for what would make the training fail or its figures mean little.

    Returns:
        A warning, for reads that will do but are poor.

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
