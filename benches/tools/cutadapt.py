"""cutadapt, with its filters and no adapters."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass

from benches.tasks import ERRORS, LENGTH_N, Filter, Task
from benches.tools.base import Line, Peers, Work, upto


@dataclass(frozen=True)
class Cutadapt:
    """Martin, EMBnet.journal 17 (2011), 10-12."""

    peers: Peers
    name: str = "cutadapt"

    def version(self) -> str | None:
        """The version that the program reports."""
        program = self.peers.program("cutadapt")
        if program is None:
            return None
        told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
        return told.stdout.strip()

    def threads(self, task: Task, cores: int) -> tuple[int, ...]:
        """FASTQ, and its own filters."""
        fits = task.form in {"gzip", "pairs"} and task.output.startswith("FASTQ")
        return upto(cores) if fits and task.filter in {LENGTH_N, ERRORS} else ()

    def line(self, work: Work) -> Line:
        """One core, or as many workers; compression as it is by default."""
        words = [self.peers.program("cutadapt") or "cutadapt", "--quiet"]
        words += ["--cores", str(work.threads), *_limits(work.task.filter)]
        for option, target in zip(("--output", "--paired-output"), work.targets, strict=False):
            words += [option, target]
        return Line((*words, *work.inputs))


def _limits(kept: Filter | None) -> list[str]:
    if kept is None:
        return []
    words = ["--minimum-length", str(kept.min_length), "--max-n", str(kept.max_n)]
    if kept.max_expected_errors is not None:
        words += ["--max-expected-errors", str(kept.max_expected_errors)]
    return words
