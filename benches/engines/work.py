"""What is done with the reads, and what a way to do it is."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import pyarrow as pa

Answer: TypeAlias = Mapping[str, float]
"""What a job comes to: all ways to do it must come to the same."""

TEXT = ("name", "sequence", "quality")
"""The columns that every read has."""

MEASURED = "mean_quality"
"""The column that the pipeline measures, or the function."""

MODEL = "quality"
"""The shipped model that predicts."""

LABEL = "PASS"
"""The label of it that is counted."""

HEAD = 10
"""The rows that are asked for to see how much is read for them."""


@dataclass(frozen=True)
class Job:
    """What is done.

    Attributes:
        name: A word for it, for ``--only``.
        title: What it is.
        reads: ``fastq`` or ``parquet``: what is read.
        columns: The columns that pass from one to the other: what an engine that holds the whole
            input must hold.
        watched: Whether memory, and what 10 rows cost, are measured.
        headed: Whether somebody may want 10 rows of it.
    """

    name: str
    title: str
    reads: str
    columns: tuple[str, ...]
    watched: bool = True
    headed: bool = True


ALL = Job(
    "all columns",
    "FASTQ with the mean quality measured, every column taken: the number of reads, the mean of"
    " their mean qualities, and the bytes of names, sequences and qualities",
    "fastq",
    TEXT,
)
ONE = Job(
    "one column",
    "The same pipeline, read for one column: the mean of the mean qualities",
    "fastq",
    (),
    watched=False,
)
WRITE = Job("write", "FASTQ to files, every column", "fastq", TEXT, headed=False)
FUNCTION = Job(
    "function",
    "Mean quality inside the engine, over Parquet: the mean of the mean qualities",
    "parquet",
    ("quality",),
)
PREDICT = Job(
    "predict",
    f"The model '{MODEL}' (fp32) inside the engine, over Parquet: how many reads are {LABEL}",
    "parquet",
    ("sequence", "quality"),
)
JOBS = (ALL, ONE, WRITE, FUNCTION, PREDICT)
"""All jobs, in the order in which they are shown."""


@dataclass(frozen=True)
class Given:
    """What a way works on.

    Attributes:
        job: What is to be done.
        fastq: Plain FASTQ files.
        parquet: The same reads as Parquet, zstd level 1.
        folder: A folder for outputs.
        cores: How many threads, or processes, may work.
    """

    job: Job
    fastq: tuple[str, ...]
    parquet: tuple[str, ...]
    folder: str
    cores: int
    _runs: Iterable[int] = field(default_factory=itertools.count, compare=False)

    def target(self, suffix: str = "") -> str:
        """A path that no run has written to before."""
        return str(Path(self.folder, f"out{next(iter(self._runs))}{suffix}"))


@dataclass(frozen=True)
class Opened:
    """An engine that is ready.

    Attributes:
        run: Does the job.
        head: Asks for `HEAD` rows, and returns how many came; ``None`` where all rows are needed.
        check: Returns the result of the last run, if that is not part of the job.
    """

    run: Callable[[], Answer | None]
    head: Callable[[], int] | None = None
    check: Callable[[], Answer] | None = None


@dataclass(frozen=True)
class Way:
    """One way to do some jobs.

    Attributes:
        name: What it is called.
        jobs: What it does.
        packages: The packages that it needs, as on PyPI, the engine first; none for our own.
        open: Makes the engine ready: its imports, its session.
        program: A program that it needs too.
    """

    name: str
    jobs: tuple[Job, ...]
    packages: tuple[str, ...]
    open: Callable[[Given], AbstractContextManager[Opened]]
    program: str = ""


class Tally:
    """Counts what there is in batches, with the functions of pyarrow.

    Args:
        job: What is counted.
        totals: What was counted before.
    """

    def __init__(self, job: Job, totals: Mapping[str, float] | None = None) -> None:
        self._job = job
        self._totals = Counter[str](totals or {})

    def add(self, batch: pa.RecordBatch | pa.Table) -> None:
        """Counts a batch."""
        import pyarrow as pa
        import pyarrow.compute as pc

        counted: dict[str, float] = {"reads": batch.num_rows}
        if self._job == PREDICT:
            labels = batch.column(f"{MODEL}_label").cast(pa.string())
            counted["labels"] = pc.sum(pc.equal(labels, LABEL)).as_py() or 0
        else:
            column = batch.column(MEASURED)
            counted["quality"] = pc.sum(column.cast(pa.float64())).as_py() or 0.0
            counted["valid"] = len(column) - column.null_count
        if self._job == ALL:
            counted["bytes"] = sum(
                pc.sum(pc.binary_length(batch.column(name))).as_py() or 0 for name in TEXT
            )
        self._totals.update(counted)

    def totals(self) -> dict[str, float]:
        """The counts, which can be added to others."""
        return dict(self._totals)

    def answer(self) -> Answer:
        """What the counts come to."""
        found = self._totals
        if self._job == PREDICT:
            return predicted(found["reads"], found["labels"])
        mean = found["quality"] / found["valid"] if found["valid"] else 0.0
        return measured(self._job, found["reads"], mean, found["bytes"])


def measured(job: Job, reads: float, mean: float, text: float = 0) -> Answer:
    """The answer of all jobs with a mean quality."""
    answer = {"reads": float(reads), "mean quality": float(mean)}
    return answer | {"bytes of text": float(text)} if job == ALL else answer


def predicted(reads: float, labels: float) -> Answer:
    """The answer of `PREDICT`."""
    return {"reads": float(reads), f"reads that are {LABEL}": float(labels)}


def written(reads: float) -> Answer:
    """The answer of `WRITE`."""
    return {"reads": float(reads)}
