"""fastq-filter."""

from __future__ import annotations

from dataclasses import dataclass

from benches.machine import package_version
from benches.tasks import MEAN, Task
from benches.tools.base import Line, Peers, Work


@dataclass(frozen=True)
class FastqFilter:
    """The program of Leiden University Medical Center."""

    peers: Peers
    name: str = "fastq-filter"

    def version(self) -> str | None:
        """Of the package."""
        if self.peers.program(self.name) is None:
            return None
        return package_version(self.name, self.peers.python) or "of unknown version"

    def threads(self, task: Task, _: int) -> tuple[int, ...]:
        """It has one process, and gzip in another."""
        fits = task.form == "gzip" and task.output.startswith("FASTQ")
        return (0,) if fits and task.filter == MEAN else ()

    def line(self, work: Work) -> Line:
        """Compression as it is by default."""
        kept = work.task.filter or MEAN
        words = [self.peers.program(self.name) or self.name, "--quiet"]
        words += ["--min-length", str(kept.min_length)]
        words += ["--mean-quality", str(kept.min_mean_quality)]
        return Line((*words, "--output", work.targets[0], work.inputs[0]))
