"""AdapterRemoval 3: Schubert et al., BMC Research Notes 9 (2016), 88."""

from __future__ import annotations

from benches.tasks import WINDOW, WINDOW_QUALITY, Filter
from benches.tools.base import LEVEL, Line, Work

PROGRAM = "adapterremoval3"
"""Its name since version 3; version 2, called AdapterRemoval, cannot leave adapters alone."""

MORE = "finds and trims adapters, trims poly-G and low quality, writes a report"


def only_filter(work: Work, program: str) -> Line:
    """No reports, and without trimming no adapters, tails and ends of low quality."""
    words = _files(work, program)
    if work.task.filter is not None and work.task.filter.trimming:
        words += ["--pre-trim-polyx", "G", "--quality-trimming", "window"]
        words += ["--trim-windows", str(WINDOW), "--trim-min-quality", str(WINDOW_QUALITY)]
    else:
        words += ["--adapter-selection", "none"]
        words += ["--pre-trim-polyx", "off", "--quality-trimming", "none"]
    return Line((*words, *_limits(work.task.filter)))


def default_job(work: Work, program: str) -> Line:
    """Everything as it is by default, with the reports in the folder of the outputs."""
    reports = [
        "--out-json",
        str(work.folder / "ar.json"),
        "--out-html",
        str(work.folder / "ar.html"),
    ]
    return Line((*_files(work, program), *reports))


def _files(work: Work, program: str) -> list[str]:
    words = [program, "--threads", str(work.threads), "--compression-level", str(LEVEL)]
    for number, (source, target) in enumerate(zip(work.inputs, work.targets, strict=False), 1):
        words += [f"--in-file{number}", source, f"--out-file{number}", target]
    return words


def _limits(kept: Filter | None) -> list[str]:
    if kept is None:
        return []
    words = ["--min-length", str(kept.min_length), "--max-ns", str(kept.max_n)]
    if kept.min_arithmetic_mean_quality is not None:
        words += ["--min-mean-quality", str(kept.min_arithmetic_mean_quality)]
    return words
