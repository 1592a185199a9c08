"""biometal_stream itself, by its command line."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import biometal_stream as bs
from benches.machine import REPOSITORY
from benches.tasks import COUNT, INFLATE, LOOP, WINDOW, WINDOW_QUALITY, Filter, Prediction, Task
from benches.tools.base import LEVEL, Line, Work, upto

NAME = "biometal-stream"

_STEPS = {
    "min_length": "min-length",
    "max_n": "max-n",
    "min_mean_quality": "min-mean-quality",
    "min_arithmetic_mean_quality": "min-arithmetic-mean-quality",
    "max_expected_errors": "max-expected-errors",
}

_SCRIPTS = {COUNT: "count_batches.py", LOOP: "loop_over_reads.py"}


@dataclass(frozen=True)
class Biometal:
    """The code of the clone.

    Attributes:
        name: What it is called.
        more: Nothing.
        statistics: Whether it reports on its stages, which costs a little.
    """

    name: str = NAME
    more: str = ""
    statistics: bool = True

    def version(self) -> str | None:
        """The version of the package."""
        return bs.__version__

    def threads(self, task: Task, cores: int) -> tuple[int, ...]:
        """One worker, and one for each core."""
        return () if task.output == INFLATE else upto(cores)

    def line(self, work: Work) -> Line:
        """The command line; a count or a loop, which have no step, by the pipeline in Python."""
        paths = {"PYTHONPATH": str(REPOSITORY)}
        script = _SCRIPTS.get(work.task.output)
        if script is not None:
            path = str(REPOSITORY / "benches" / "scripts" / script)
            report = (str(work.report),) if self.statistics else ()
            words = (path, work.inputs[0], str(work.threads), *report)
            return Line((sys.executable, *words), paths)
        options = ["--quiet", "--no-progress", "--threads", str(work.threads)]
        options += ["--stats", str(work.report)] if self.statistics else []
        return Line((*command(*options), *steps(work)), paths)


def command(*options: str) -> tuple[str, ...]:
    """The command, with options that may stand anywhere on the line."""
    return (sys.executable, "-m", "biometal_stream", *options)


def steps(work: Work) -> tuple[str, ...]:
    """The pipeline."""
    inputs, targets = work.inputs, work.targets
    words = ["read", "-" if work.task.piped else inputs[0]]
    if len(inputs) > 1:
        words += ["--mate", inputs[1]]
    words += filter_steps(work.task.filter)
    words += prediction_steps(work.task.prediction)
    words += ["write", targets[0]]
    if len(targets) > 1:
        words += ["--mate", targets[1]]
    if work.task.output == "Parquet":
        words += ["--compression", "zstd", "--level", "1"]
    elif work.task.output == "FASTQ.gz":
        words += ["--level", str(LEVEL)]
    elif work.task.output in {"plain Parquet", "Arrow"}:
        words += ["--compression", "none"]
    return tuple(words)


def filter_steps(kept: Filter | None) -> list[str]:
    """The steps of a filter."""
    words = []
    if kept is not None and kept.trimming:
        words += ["trim-adapters", "trim-poly-g", "--when", "always"]
        words += ["trim-quality", str(WINDOW_QUALITY), "--algorithm", "cut-right"]
        words += ["--window", str(WINDOW)]
    for attribute, step in _STEPS.items():
        limit = getattr(kept, attribute, None)
        if limit is not None:
            words += [step, str(limit)]
    return words


def prediction_steps(prediction: Prediction | None) -> list[str]:
    """The step of a model."""
    if prediction is None:
        return []
    return ["predict", prediction.model, "--precision", prediction.precision]
