"""What is timed: from one form of the reads to another, by whichever tool can do it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

INFLATE = "nothing"
"""The output of bare decompression."""

COUNT = "count"
"""The output of a task that only counts reads."""

LOOP = "a loop in Python"
"""The output of a task whose script looks at each read in turn, as an object."""

PAIRS = "pairs"
"""The form with mates 1 and 2 in two gzip files."""

_SUFFIXES = {
    "FASTQ": ".fastq",
    "FASTQ.gz": ".fastq.gz",
    "Parquet": ".parquet",
    "plain Parquet": ".parquet",
    "Arrow": ".arrow",
}


_NAMES = {"Parquet": "Parquet zstd-1", "FASTQ.gz": "FASTQ.gz level 1"}


@dataclass(frozen=True)
class Filter:
    """What reads must have. Each tool takes the filters that it has an equal of.

    Attributes:
        name: What it looks at.
        min_length: Bases, at least.
        max_n: N, at most.
        min_mean_quality: Of the Phred score of the mean error probability.
        min_arithmetic_mean_quality: Of the mean Phred score.
        max_expected_errors: Of the sum of the error probabilities.
        trimming: Whether adapters, tails of G and ends of low quality are trimmed before. Each
            tool finds and trims them in its own way.
    """

    name: str
    min_length: int = 50
    max_n: int | None = None
    min_mean_quality: int | None = None
    min_arithmetic_mean_quality: int | None = None
    max_expected_errors: int | None = None
    trimming: bool = False


LENGTH_N = Filter("length, N", max_n=2)
"""What nearly every tool has."""

MEAN = Filter("length, mean quality", min_mean_quality=20)
"""What fastq-filter and seqkit have."""

LENGTH_N_MEAN = Filter("length, N, mean quality", max_n=2, min_mean_quality=20)
"""What cutadapt has: its average error rate is the mean error probability."""

ARITHMETIC = Filter("length, N, arithmetic mean", max_n=2, min_arithmetic_mean_quality=20)
"""What fastp and AdapterRemoval have."""

ERRORS = Filter("length, N, expected errors", max_n=2, max_expected_errors=1)
"""What cutadapt has."""

TRIMMED = Filter("adapters, poly-G, quality, length, N", max_n=2, trimming=True)
"""What fastp, AdapterRemoval and cutadapt are mostly used for."""

WINDOW = 4
"""The bases of a window in which quality is looked at."""

WINDOW_QUALITY = 20
"""The mean Phred score that a window must have."""


@dataclass(frozen=True)
class Prediction:
    """What a model says of each read.

    Attributes:
        model: A shipped model's name, or the path of its folder.
        precision: Which of its files.
    """

    model: str
    precision: str

    @property
    def name(self) -> str:
        """The model and the precision."""
        return f"{PurePath(self.model).name}, {self.precision}"


@dataclass(frozen=True)
class Task:
    """One thing to do with the reads.

    Attributes:
        form: The form that is read.
        output: What comes out: `INFLATE`, `COUNT`, `LOOP`, or a kind of file. FASTQ.gz is level 1,
            Parquet zstd level 1; ``plain Parquet`` and Arrow are not compressed.
        filter: What reads must have; ``None`` keeps all.
        piped: Whether the reads come on standard input.
        prediction: What a model adds; ``None`` for no model.
    """

    form: str
    output: str
    filter: Filter | None = None
    piped: bool = False
    prediction: Prediction | None = None

    @property
    def name(self) -> str:
        """What is done, in one line."""
        form = {"bgzf": "BGZF"}.get(self.form, self.form)
        steps = [f"{form} on stdin" if self.piped else form]
        if self.filter:
            steps.append(f"{'trim' if self.filter.trimming else 'filter'} ({self.filter.name})")
        if self.prediction:
            steps.append(f"predict ({self.prediction.name})")
        steps.append(_NAMES.get(self.output, self.output))
        return " → ".join(steps)

    def targets(self, stem: str) -> tuple[str, ...]:
        """The files that come out, given how their names shall begin."""
        suffix = _SUFFIXES.get(self.output)
        if suffix is None:
            return ()
        if self.form == PAIRS and self.output.startswith("FASTQ"):
            return (f"{stem}_R1{suffix}", f"{stem}_R2{suffix}")
        return (f"{stem}{suffix}",)


INFLATE_GZIP = Task("gzip", INFLATE)
"""What all others are compared with."""


def all_tasks() -> list[Task]:
    """All tasks, bare decompression first."""
    return [
        INFLATE_GZIP,
        Task("bgzf", INFLATE),
        Task("zstd", INFLATE),
        *(Task(form, COUNT) for form in ("gzip", "bgzf", "zstd", "plain")),
        *(Task("gzip", "FASTQ", each) for each in (LENGTH_N, ARITHMETIC, ERRORS, MEAN)),
        *(Task("gzip", "FASTQ.gz", each) for each in (LENGTH_N, MEAN)),
        Task("gzip", "Parquet"),
        Task("gzip", "Parquet", LENGTH_N),
        Task("gzip", "Parquet", LENGTH_N, piped=True),
        Task("gzip", "plain Parquet", LENGTH_N),
        Task("gzip", "Arrow", LENGTH_N),
        Task("bgzf", "Parquet"),
        Task("zstd", "Parquet"),
        *(Task(PAIRS, output, LENGTH_N) for output in ("FASTQ", "FASTQ.gz", "Parquet")),
    ]
