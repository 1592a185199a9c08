"""fastp, with its filters and nothing else of it."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass

from benches.tasks import ARITHMETIC, LENGTH_N, Filter, Task
from benches.tools.base import Line, Peers, Work, upto


@dataclass(frozen=True)
class Fastp:
    """Chen et al., Bioinformatics 34 (2018), i884-i890."""

    peers: Peers
    name: str = "fastp"

    def version(self) -> str | None:
        """The version that the program reports."""
        program = self.peers.program("fastp")
        if program is None:
            return None
        told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
        return (told.stdout or told.stderr).strip().removeprefix("fastp ")

    def threads(self, task: Task, cores: int) -> tuple[int, ...]:
        """FASTQ, and its own filters."""
        fits = task.form in {"gzip", "pairs"} and task.output.startswith("FASTQ")
        return upto(cores) if fits and task.filter in {LENGTH_N, ARITHMETIC} else ()

    def line(self, work: Work) -> Line:
        """Adapters, poly-G, duplicates and reports off; compression as it is by default."""
        inputs, targets = work.inputs, work.targets
        words = [self.peers.program("fastp") or "fastp", "--in1", inputs[0], "--out1", targets[0]]
        if len(inputs) > 1:
            words += ["--in2", inputs[1], "--out2", targets[1]]
        words += ["--disable_adapter_trimming", "--disable_trim_poly_g"]
        words += ["--dont_eval_duplication", "--json", "/dev/null", "--html", "/dev/null"]
        return Line((*words, *_limits(work.task.filter), "--thread", str(work.threads)))


def _limits(kept: Filter | None) -> list[str]:
    if kept is None:
        return []
    # Every base may be of low quality, so that of the quality filters only those named work.
    words = ["--length_required", str(kept.min_length), "--unqualified_percent_limit", "100"]
    words += ["--n_base_limit", str(kept.max_n)]
    if kept.min_arithmetic_mean_quality is not None:
        words += ["--average_qual", str(kept.min_arithmetic_mean_quality)]
    return words
