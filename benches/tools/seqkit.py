"""seqkit."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass

from benches.tasks import COUNT, MEAN, Task
from benches.tools.base import Line, Peers, Work, upto

_READS = 3  # the column of ``stats`` with the number of reads


@dataclass(frozen=True)
class Seqkit:
    """Shen et al., PLoS ONE 11 (2016), e0163962."""

    peers: Peers
    name: str = "seqkit"

    def version(self) -> str | None:
        """The version that the program reports."""
        program = self.peers.program("seqkit")
        if program is None:
            return None
        told = subprocess.run([program, "version"], capture_output=True, text=True, check=False)
        return told.stdout.strip().removeprefix("seqkit v")

    def threads(self, task: Task, cores: int) -> tuple[int, ...]:
        """Counts, and its filter by the mean error probability."""
        counts = task.output == COUNT
        filters = task.output.startswith("FASTQ") and task.filter == MEAN
        return upto(cores) if counts or filters else ()

    def line(self, work: Work) -> Line:
        """``stats``, or ``seq``; compression as it is by default."""
        program = self.peers.program("seqkit") or "seqkit"
        common = ("--threads", str(work.threads), work.inputs[0])
        if work.task.output == COUNT:
            return Line((program, "stats", "--tabular", *common), column=_READS)
        kept = work.task.filter or MEAN
        limits = ("--min-len", str(kept.min_length), "--min-qual", str(kept.min_mean_quality))
        return Line((program, "seq", *limits, "--out-file", work.targets[0], *common))
