"""Python packages, each used by a script as its documentation says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from benches.machine import REPOSITORY, package_version
from benches.tasks import COUNT, LENGTH_N, Task
from benches.tools.base import Line, Peers, Work, upto


@dataclass(frozen=True)
class Package:
    """A package in the virtual environment of the peers.

    Attributes:
        peers: Where it is.
        name: Its name on PyPI.
        script: Which of `benches/scripts` does the work.
        forms: What it reads.
        outputs: What it can make of that.
        parallel: Whether the number of threads can be set.
        variables: Environment variables that set the number.
        environment: Other variables that it needs.
    """

    peers: Peers
    name: str
    script: str
    forms: frozenset[str]
    outputs: frozenset[str]
    parallel: bool = True
    variables: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict, hash=False)

    def version(self) -> str | None:
        """As it is installed there."""
        return package_version(self.name, self.peers.python) if self.peers.python else None

    def threads(self, task: Task, cores: int) -> tuple[int, ...]:
        """What it reads and makes, with no filter or the one that every tool has."""
        fits = task.form in self.forms and task.output in self.outputs and not task.piped
        if not fits or task.filter not in {None, LENGTH_N}:
            return ()
        return upto(cores) if self.parallel else (0,)

    def line(self, work: Work) -> Line:
        """The script, and what it is to do as JSON."""
        kept = work.task.filter
        asked = {
            "inputs": work.inputs,
            "output": work.task.output,
            "targets": work.targets,
            "threads": work.threads,
            "min_length": kept.min_length if kept else None,
            "max_n": kept.max_n if kept else None,
        }
        script = str(REPOSITORY / "benches" / "scripts" / self.script)
        words = (self.peers.python or "python", "-I", script, json.dumps(asked))
        told = dict.fromkeys(self.variables, str(work.threads)) if work.threads else {}
        return Line(words, {**self.environment, **told})


def all_packages(peers: Peers) -> list[Package]:
    """dnaio, polars-bio, oxbow and biobear."""
    gzips = frozenset({"gzip", "bgzf"})
    tables = frozenset({COUNT, "Parquet", "plain Parquet", "Arrow"})
    return [
        Package(
            peers,
            "dnaio",
            "with_dnaio.py",
            frozenset({"gzip", "bgzf", "zstd", "plain", "pairs"}),
            frozenset({COUNT, "FASTQ", "FASTQ.gz"}),
            parallel=False,
        ),
        Package(
            peers,
            "polars-bio",
            "with_polars_bio.py",
            gzips | {"plain"},
            tables | {"FASTQ", "FASTQ.gz"},
            variables=("POLARS_MAX_THREADS",),
            environment={"TQDM_DISABLE": "1"},
        ),
        Package(
            peers,
            "oxbow",
            "with_oxbow.py",
            gzips | {"plain"},
            tables,
            variables=("POLARS_MAX_THREADS",),
            environment={"PYTHONWARNINGS": "ignore"},
        ),
        Package(
            peers,
            "biobear",
            "with_biobear.py",
            gzips | {"zstd", "plain"},
            tables - {"Arrow"},  # it compresses that
            variables=("TOKIO_WORKER_THREADS",),
        ),
    ]
