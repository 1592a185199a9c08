"""The figures as the README has them: ``python -m benches.markdown BENCH.json``."""

from __future__ import annotations

import json
import sys
from itertools import groupby
from pathlib import Path
from typing import Any

from benches.tasks import COUNT, INFLATE
from benches.tools.biometal import NAME as OURS
from biometal_stream.cli import figures as words

_MB = 1e6
_MIB = 1024**2
_ALIKE = 0.01  # smaller differences of file sizes are not reported


def markdown(results: dict[str, Any]) -> str:
    """Writes the figures of a bench as Markdown.

    Args:
        results: What `benches.run` writes as JSON.
    """
    parts = [_about(results)]
    if results.get("jobs"):
        parts += [_jobs(results), _workers(results)]
    if results.get("kernels"):
        parts.append(_kernels(results))
    parts += [_memory(results), _starts(results), _overhead(results)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _about(results: dict[str, Any]) -> str:
    reads, machine = results["input"], results["machine"]
    tools = ", ".join(
        f"{name} {version}" for name, version in results["tools"].items() if name != OURS
    )
    return (
        f"{reads['reads']:,} real Illumina reads ({reads['bases'] / 1e6:,.0f} Mbp of"
        f" {reads['files']} files, mixed; {reads['text'] / _MB:,.0f} MB of text,"
        f" {reads['sizes']['gzip'] / _MB:,.0f} MB of gzip) on {machine['cores']} cores of"
        f" {_a(machine['cpu'])}, {machine['system']}, Python {machine['python']}, on"
        f" {machine['date']:.10}, commit {machine['commit'] or 'unknown'}. {tools}."
        f" The fastest of {results['repeats']} rounds; whole processes, their start included."
    )


def _jobs(results: dict[str, Any]) -> str:
    cores = results["machine"]["cores"]
    head = f"work, {words.counted(cores, 'threads')}"
    lines = [
        f"| {head} | seconds | of ISA-L | of the limit | others: seconds (times ours) |",
        "|---|--:|--:|--:|---|",
    ]
    for task, group in groupby(results["jobs"], lambda job: str(job["task"])):
        jobs = list(group)
        ours = _fastest(jobs, OURS, cores)
        if ours is None:
            if jobs[0]["output"] == INFLATE:
                lines.append(_bare(jobs[0]))
            continue
        tools = dict.fromkeys(job["tool"] for job in jobs if job["tool"] != OURS)
        best = [each for tool in tools if (each := _fastest(jobs, tool, None))]
        others = ", ".join(
            _other(each, ours) for each in sorted(best, key=lambda each: float(each["best"]))
        )
        limit = "" if ours["of_limit"] is None else f"{ours['of_limit']:.2f}"
        lines.append(
            f"| {task} | {ours['best']:.2f} | {ours['of_isal']:.2f} | {limit} | {others} |"
        )
    return "\n".join(lines)


def _bare(job: dict[str, Any]) -> str:
    form = {"bgzf": "BGZF"}.get(job["form"], job["form"])
    return f"| {form}, inflated and dropped | {job['best']:.2f} | {job['of_isal']:.2f} | | |"


def _fastest(jobs: list[dict[str, Any]], tool: str, threads: int | None) -> dict[str, Any] | None:
    """The fastest run of a tool, with so many threads, or with any number."""
    own = [job for job in jobs if job["tool"] == tool and threads in {None, job["threads"]}]
    return min(own, key=lambda job: float(job["best"]), default=None)


def _other(job: dict[str, Any], ours: dict[str, Any]) -> str:
    times = job["of_ours"] or job["best"] / ours["best"]
    notes = [f"{times:.1f}\N{MULTIPLICATION SIGN}"]
    if job["more"]:
        notes.append("more work")
    elif job["reads_out"] != ours["reads_out"]:
        notes.append(f"{job['reads_out']:,} reads")
    if ours["bytes_written"] and job["output"] != COUNT:
        share = job["bytes_written"] / ours["bytes_written"] - 1
        if abs(share) >= _ALIKE:
            notes.append(f"file {share:+.0%}".replace("-", "\N{MINUS SIGN}"))
    return f"{job['tool']} {job['best']:.1f} ({', '.join(notes)})"


def _workers(results: dict[str, Any]) -> str:
    """What a second worker brings, and what the files and the memory come to."""
    cores = results["machine"]["cores"]
    head = f"work | 1 worker, s | {cores} workers, s | gain"
    lines = [
        f"| {head} | MB/s a core | MB out | peak MiB |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for task, group in groupby(results["jobs"], lambda job: str(job["task"])):
        jobs = list(group)
        one, all_cores = _fastest(jobs, OURS, 1), _fastest(jobs, OURS, cores)
        if one is None or all_cores is None:
            continue
        out = f"{all_cores['bytes_written'] / _MB:,.0f}" if all_cores["bytes_written"] else ""
        lines.append(
            f"| {task} | {one['best']:.2f} | {all_cores['best']:.2f} |"
            f" {one['best'] / all_cores['best']:.2f} | {one['text_per_core'] / _MB:,.0f} |"
            f" {out} | {all_cores['peak'] / _MIB:.0f} |"
        )
    return "\n".join(lines)


def _kernels(results: dict[str, Any]) -> str:
    lines = [
        "| kernel, one core | ns a read of 150 bases | GB/s | as called |",
        "|---|--:|--:|--:|",
    ]
    for each in results["kernels"]:
        whole = "" if each["whole"] is None else f"{each['whole']:.1f}"
        lines.append(
            f"| {each['name']} | {each['kernel']:.1f} | {each['rate'] / 1e9:.1f} | {whole} |"
        )
    return "\n".join(lines)


def _memory(results: dict[str, Any]) -> str:
    found = results.get("memory")
    if not found:
        return ""
    head = "peak memory beyond the imports, MiB"
    lines = [
        f"| {head} | once | {found[0]['times']} times the input | with `--memory 64M` |",
        "|---|--:|--:|--:|",
    ]
    for each in found:
        sizes = " | ".join(f"{each[key] / _MIB:.0f}" for key in ("once", "longer", "tight"))
        lines.append(f"| {each['task']} | {sizes} |")
    return "\n".join(lines)


def _starts(results: dict[str, Any]) -> str:
    found = [each for each in results.get("starts", []) if each["best"] is not None]
    if not found:
        return ""
    lines = ["| start | state | seconds |", "|---|---|--:|"]
    lines += [f"| {each['name']} | {each['state']} | {each['best']:.2f} |" for each in found]
    return "\n".join(lines)


def _overhead(results: dict[str, Any]) -> str:
    found = results.get("overhead")
    if not found:
        return ""
    counted = found["instructions"]
    text = (
        f"Statistics and progress cost {found['cpu'] - 1:+.1%} of the processor time"
        f" ({found['task']}, the least of {found['rounds']} runs each)"
    )
    return f"{text}, {counted - 1:+.2%} of the instructions." if counted else f"{text}."


def _a(noun: str) -> str:
    return f"{'an' if noun[:1] in 'AEIOU' else 'a'} {noun}"


def main(arguments: list[str]) -> int:
    """Prints the tables of a file."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m benches.markdown BENCH.json\n")
        return 2
    sys.stdout.write(markdown(json.loads(Path(arguments[0]).read_text(encoding="utf-8"))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
