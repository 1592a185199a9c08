"""cutadapt: Martin, EMBnet.journal 17 (2011), 10-12."""

from __future__ import annotations

from benches.tasks import WINDOW_QUALITY, Filter
from benches.tools.base import LEVEL, Line, Work

_TRUSEQ = "AGATCGGAAGAGC"
"""What it is told, since it finds no adapters: with pairs mostly of a kit that begins like this."""


def only_filter(work: Work, program: str) -> Line:
    """One core, or as many workers."""
    words = [program, "--quiet", "--cores", str(work.threads), "--compression-level", str(LEVEL)]
    if work.task.filter is not None and work.task.filter.trimming:
        # It has no window: --nextseq-trim cuts G and ends of low quality in one.
        words += ["-a", _TRUSEQ, "-A", _TRUSEQ, "--nextseq-trim", str(WINDOW_QUALITY)]
    words += _limits(work.task.filter)
    for option, target in zip(("--output", "--paired-output"), work.targets, strict=False):
        words += [option, target]
    return Line((*words, *work.inputs))


def _limits(kept: Filter | None) -> list[str]:
    if kept is None:
        return []
    words = ["--minimum-length", str(kept.min_length)]
    if kept.max_n is not None:
        words += ["--max-n", str(kept.max_n)]
    if kept.max_expected_errors is not None:
        words += ["--max-expected-errors", str(kept.max_expected_errors)]
    if kept.min_mean_quality is not None:
        # A little more than the limit, since a sum of rounded errors may be above it by rounding.
        rate = 10 ** (-kept.min_mean_quality / 10)
        words += ["--max-average-error-rate", f"{rate * (1 + 1e-9):.15f}"]
    return words
