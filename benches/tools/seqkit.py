"""seqkit: Shen et al., PLoS ONE 11 (2016), e0163962."""

from __future__ import annotations

from benches.tasks import COUNT, MEAN
from benches.tools.base import LEVEL, Line, Work

_READS = 3  # the column of ``stats`` with the number of reads


def line(work: Work, program: str) -> Line:
    """``stats``, or ``seq``."""
    common = ("--threads", str(work.threads), work.inputs[0])
    if work.task.output == COUNT:
        return Line((program, "stats", "--tabular", *common), column=_READS)
    kept = work.task.filter or MEAN
    limits = ("--min-len", str(kept.min_length), "--min-qual", str(kept.min_mean_quality))
    level = ("--compress-level", str(LEVEL))
    return Line((program, "seq", *limits, *level, "--out-file", work.targets[0], *common))
