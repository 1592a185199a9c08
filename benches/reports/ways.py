"""The commands that are timed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from benches.machine import REPOSITORY
from benches.tasks import PAIRS, TRIMMED, Task
from benches.tools.base import Peers, Work
from benches.tools.biometal import command, steps

_FASTP = ("--disable_adapter_trimming", "--disable_trim_poly_g", "--disable_quality_filtering")


@dataclass(frozen=True)
class Way:
    """A way to make a report.

    Attributes:
        name: What it is called.
        program: What is looked for: a program, or ``python`` for that of the environment of
            peers; empty for the code of the clone.
        words: Makes the words of the command from its program, the path of the reads, a folder for
            what comes out, and the number of threads.
        environment: Variables that it needs.
    """

    name: str
    program: str
    words: Callable[[str, str, str, str], tuple[str, ...]]
    environment: Mapping[str, str] = field(default_factory=dict)

    def path(self, where: Peers) -> str | None:
        """The program; ``None`` where it is not installed."""
        if not self.program:
            return self.name
        return where.python if self.program == "python" else where.program(self.program)


OURS = "biometal-stream"


def _ours(*further: str) -> Callable[[str, str, str, str], tuple[str, ...]]:
    def words(_: str, reads: str, folder: str, threads: str) -> tuple[str, ...]:
        options = ("--quiet", "--no-progress", "--threads", threads)
        report = ("--report", f"{folder}/report.html")
        return (*command(*options), "read", reads, *report, *further)

    return words


ALONE = (
    Way(OURS, "", _ours(), {"PYTHONPATH": str(REPOSITORY)}),
    Way(
        "FastQC",
        "fastqc",
        lambda program, reads, folder, threads: (
            *(program, "--quiet", "--threads", threads, "--outdir", folder, reads),
        ),
    ),
    Way(
        "falco 1",
        "falco1",
        lambda program, reads, folder, threads: (program, "-t", threads, "-o", folder, reads),
    ),
    Way(
        "falco 2",
        "falco",
        lambda program, reads, folder, threads: (
            *(program, "--no-tiles", "-t", threads, "-o", folder, reads),
        ),
    ),
    Way(
        "sequali",
        "sequali",
        lambda program, reads, folder, threads: (
            *(program, "--threads", threads, "--outdir", folder, reads),
        ),
        {"TQDM_DISABLE": "1"},
    ),
    Way(
        "polars-bio",
        "python",
        lambda program, reads, _, threads: (
            *(program, str(REPOSITORY / "benches/scripts/qc_with_polars_bio.py"), reads, threads),
        ),
        {"TQDM_DISABLE": "1"},
    ),
    Way(
        "fastp, no filter",
        "fastp",
        lambda program, reads, folder, threads: (
            *(program, *_FASTP, "--disable_length_filtering", "--in1", reads, "--thread", threads),
            *("--json", f"{folder}/fastp.json", "--html", f"{folder}/fastp.html"),
        ),
    ),
)
"""gzip to a report, and nothing else."""

JOBS = (Task("gzip", "FASTQ.gz", TRIMMED), Task(PAIRS, "FASTQ.gz", TRIMMED))
"""The jobs to which two reports are added, before and after."""


def trimming(work: Work, *, report: bool) -> tuple[str, ...]:
    """Our command of a job, with or without its reports."""
    options = ["--quiet", "--no-progress", "--threads", str(work.threads)]
    options += ["--report", str(work.folder / "report.html")] if report else []
    return (*command(*options), *steps(work))
