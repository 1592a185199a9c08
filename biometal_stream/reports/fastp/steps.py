"""What steps did to the reads, by fastp's names."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

StepRow: TypeAlias = Mapping[str, Any]
"""A step of a document; see `biometal_stream.pipeline.step.Step`."""

REASONS = {
    "max-low-quality-fraction": "low_quality_reads",
    "min-arithmetic-mean-quality": "low_quality_reads",
    "min-mean-quality": "low_quality_reads",
    "max-expected-errors": "low_quality_reads",
    "max-n": "too_many_N_reads",
    "min-complexity": "low_complexity_reads",
    "min-entropy": "low_complexity_reads",
    "max-dust": "low_complexity_reads",
    "min-length": "too_short_reads",
    "max-length": "too_long_reads",
}
"""fastp's name for the reads that a step drops. Reads that other steps drop are counted by the name
of the step, such as ``drop_duplicates_reads``."""

_ALWAYS = ("low_quality_reads", "too_many_N_reads", "too_short_reads", "too_long_reads")
_NO_ADAPTER = "unspecified"


def filtering_result(
    steps: Sequence[StepRow], reads_in: int, reads_out: int, results: Mapping[str, Any]
) -> dict[str, int]:
    """Reads that passed, and those that did not, by reason.

    As in fastp, both mates of a merged pair count as passed. The numbers add up to the reads that
    came in, unless a step splits reads or ends the run early.

    Args:
        steps: The steps in order.
        reads_in: Reads before the first of them.
        reads_out: Reads that reached the output.
        results: What the run's observers have found, by name.
    """
    dropped: Counter[str] = Counter(dict.fromkeys(_ALWAYS, 0))
    for step in steps:
        if step["dropped"] or step["name"] in REASONS:
            dropped[reason(step["name"])] += step["dropped"] or 0
    merging = any(step["name"] == "merge-pairs" for step in steps)
    passed = reads_in - dropped.total() if merging else reads_out
    found = {"passed_filter_reads": passed}
    corrected = results_of("correct-pairs", results)
    if corrected:
        found["corrected_reads"] = sum(each["reads_corrected"] for each in corrected)
        found["corrected_bases"] = sum(each["bases_corrected"] for each in corrected)
    return found | dropped


def reason(step: str) -> str:
    """The key under which reads are counted that a step drops."""
    return REASONS.get(step, f"{step.replace('-', '_')}_reads")


def results_of(operator: str, results: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The results of all steps of a name: ``summarize``, ``summarize-2``."""
    names = [name for name in results if _is(name, operator)]
    return [results[name] for name in names if isinstance(results[name], Mapping)]


def adapter_cutting(
    steps: Sequence[StepRow], results: Mapping[str, Any], command: str, *, paired: bool
) -> dict[str, Any] | None:
    """What was cut as adapters; ``None`` if no step cuts them.

    Sequences are those that the first `trim-adapters` has found, or those of the command line.
    Reads are counted by adapter where it has counted them, which is by rules.

    Args:
        steps: The steps in order.
        results: What the run's observers have found, by name.
        command: The command line.
        paired: Whether reads are paired.
    """
    cutting = [step for step in steps if step["name"] in {"trim-adapters", "trim-overhangs"}]
    if not cutting:
        return None
    first, second = _adapters([*(step["operator"] for step in cutting), command])
    counts: Counter[str] = Counter()
    for result in results_of("trim-adapters", results):
        counts.update(result.get("adapters", {}))
    found: dict[str, Any] = {
        "adapter_trimmed_reads": _sum(cutting, "reads_trimmed"),
        "adapter_trimmed_bases": _sum(cutting, "bases_trimmed"),
        "read1_adapter_sequence": first,
        "read1_adapter_counts": {name: count for name, count in counts.items() if count},
    }
    return found | ({"read2_adapter_sequence": second} if paired else {})


def tail_trimming(steps: Sequence[StepRow]) -> dict[str, int] | None:
    """What was cut as tails of one base; ``None`` if no step cuts them."""
    cutting = [step for step in steps if step["name"] in {"trim-poly-g", "trim-poly-x"}]
    if not cutting:
        return None
    return {
        "total_polyx_trimmed_reads": _sum(cutting, "reads_trimmed"),
        "total_polyx_trimmed_bases": _sum(cutting, "bases_trimmed"),
    }


def _is(name: str, operator: str) -> bool:
    return name == operator or name.removeprefix(f"{operator}-").isdigit()


def _sum(steps: Iterable[StepRow], column: str) -> int:
    return sum(step[column] or 0 for step in steps)


def _adapters(lines: Iterable[str]) -> tuple[str, str]:
    """The adapters of mates 1 and 2 that are on the first line that has some."""
    for line in lines:
        given = dict(pairwise(_words(line)))
        if "--adapter" in given:
            first = given["--adapter"]
            return first, given.get("--mate-adapter", first)
    return _NO_ADAPTER, _NO_ADAPTER


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:  # a quote without its end, in a report that was edited
        return line.split()
