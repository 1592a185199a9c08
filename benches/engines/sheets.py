"""The figures of engines as tables."""

from __future__ import annotations

from typing import Any

from benches.engines.figures import BOUNDED, LAZY, TIMES
from benches.engines.work import HEAD, JOBS, Job
from benches.models.sheets import Results, Sheet
from benches.models.sheets import markdown as _tables
from biometal_stream.cli import figures as words

_MIB = 1024**2


def all_sheets(results: Results) -> list[Sheet]:
    """The tables of what was measured: one of each job."""
    found = []
    for job in JOBS:
        own = [each for each in results["ways"] if each["job"] == job.name]
        if own:
            found.append(_sheet(job, own))
    return found


def markdown(results: Results) -> str:
    """Writes what was measured, and on what, as Markdown."""
    reads, machine = results["input"], results["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in results["tools"].items())
    load = " ".join(f"{each:.1f}" for each in (machine["load"][0], machine["load_after"][0]))
    about = (
        f"{words.count(reads['reads'])} real Illumina reads ({words.size(reads['text'])} of plain"
        f" FASTQ; {words.size(results['parquet'])} of Parquet) on"
        f" {words.counted(machine['cores'], 'cores')}, {machine['cpu']}, {machine['system']},"
        f" Python {machine['python']}, on {machine['date']:.10}; load average before and after:"
        f" {load}. {words.counted(results['rounds'], 'rounds')}. {versions}."
    )
    return f"{about}\n\n{_tables(all_sheets(results))}\n{legend()}\n"


def legend() -> str:
    """What the columns are."""
    return (
        f"Lazy: what {HEAD} rows cost, of what the input {TIMES} times costs: the share of FASTQ"
        " that is read for them, over Parquet the share of the time; lazy is what costs less than"
        f" {LAZY:.0%}. Bounded: MiB of memory of all processes of the way, without pages of"
        f" files, at most, with the input and with {TIMES} times the input; bounded is what grows"
        f" by less than {BOUNDED:.0%} of the text that comes in addition. Busy cores: processor"
        " time over time, in the best round. Start: seconds until the engine is ready, with"
        " Python's start and all imports; first: seconds of the job, done for the first time. The"
        " other figures are of the job done again in the same process, for a second at least: the"
        " fastest round, and"
        " against the local run of the same round (the median; 1.00 is as fast). CPU: processor"
        " time, those of the least."
    )


def _sheet(job: Job, own: list[dict[str, Any]]) -> Sheet:
    watched = ("lazy", "bounded") if job.headed else ("bounded",)
    shown = watched if job.watched else ()
    rows = []
    for each in own:
        cells = [each["way"]]
        cells += [{"lazy": _lazy, "bounded": _bounded}[column](job, each) for column in shown]
        cells += [
            f"{each['cores']:.1f}",
            f"{each['start']:.1f}",
            f"{each['first']:.1f}",
            words.rounded(each["reads_per_second"]),
            f"{each['of_local']:.2f}",
            f"{each['cpu_of_local']:.1f}",
        ]
        rows.append(tuple(cells))
    return Sheet(
        job.title,
        (
            "way",
            *shown,
            "busy cores",
            "start s",
            "first s",
            "reads/s",
            "of local",
            "CPU, of local",
        ),
        rows,
    )


def _lazy(job: Job, each: dict[str, Any]) -> str:
    if each["lazy"] is None:
        return ""
    told = each["head_bytes"] if job.reads == "fastq" else each["head_time"]
    share = each["head_time"] if told is None else told
    return f"{_word(each['lazy'])}, {100 * share:.1f} %"


def _bounded(_: Job, each: dict[str, Any]) -> str:
    if each["bounded"] is None:
        return ""
    once, longer = (f"{each[name] / _MIB:,.0f}" for name in ("once", "longer"))
    return f"{_word(each['bounded'])}, {once} to {longer}"


def _word(yes: bool) -> str:
    return "yes" if yes else "no"
