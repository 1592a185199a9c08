"""fastp: Chen et al., Bioinformatics 34 (2018), i884-i890."""

from __future__ import annotations

from benches.tasks import WINDOW, WINDOW_QUALITY, Filter
from benches.tools.base import LEVEL, Line, Work

MORE = "trims adapters and poly-G, filters by quality, writes a report"


def only_filter(work: Work, program: str) -> Line:
    """No duplicates and reports, and without trimming no adapters and poly-G."""
    words = _files(work, program)
    if work.task.filter is not None and work.task.filter.trimming:
        words += ["--trim_poly_g", "--cut_right", "--cut_right_window_size", str(WINDOW)]
        words += ["--cut_right_mean_quality", str(WINDOW_QUALITY)]
    else:
        words += ["--disable_adapter_trimming", "--disable_trim_poly_g"]
    words += ["--dont_eval_duplication", "--json", "/dev/null", "--html", "/dev/null"]
    return Line((*words, *_limits(work.task.filter)))


def default_job(work: Work, program: str) -> Line:
    """Everything as it is by default, with the reports in the folder of the outputs."""
    reports = ["--json", str(work.folder / "fastp.json"), "--html", str(work.folder / "fastp.html")]
    return Line((*_files(work, program), *reports))


def _files(work: Work, program: str) -> list[str]:
    inputs, targets = work.inputs, work.targets
    words = [program, "--in1", inputs[0], "--out1", targets[0]]
    if len(inputs) > 1:
        words += ["--in2", inputs[1], "--out2", targets[1]]
    return [*words, "--compression", str(LEVEL), "--thread", str(work.threads)]


def _limits(kept: Filter | None) -> list[str]:
    if kept is None:
        return []
    # Every base may be of low quality, so that of the quality filters only those named work.
    words = ["--length_required", str(kept.min_length), "--unqualified_percent_limit", "100"]
    words += ["--n_base_limit", str(kept.max_n)]
    if kept.min_arithmetic_mean_quality is not None:
        words += ["--average_qual", str(kept.min_arithmetic_mean_quality)]
    return words
