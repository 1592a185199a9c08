"""fastq-filter, of Leiden University Medical Center."""

from __future__ import annotations

from benches.tasks import MEAN
from benches.tools.base import LEVEL, Line, Work


def line(work: Work, program: str) -> Line:
    """One process, and gzip in another."""
    kept = work.task.filter or MEAN
    words = [program, "--quiet", "--compression-level", str(LEVEL)]
    words += ["--min-length", str(kept.min_length), "--mean-quality", str(kept.min_mean_quality)]
    return Line((*words, "--output", work.targets[0], work.inputs[0]))
