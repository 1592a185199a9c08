"""The figures of models as tables, for the terminal and in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from benches.models.calls import DISPATCH, ENCODE
from benches.models.experiment import ONCE
from benches.models.stream import MEMORY
from benches.table import new_table
from biometal_stream.cli import figures as words
from biometal_stream.models.training.tasks.quality import NEAR

if TYPE_CHECKING:
    from rich.console import Console

Results: TypeAlias = dict[str, Any]
"""What the bench writes as JSON."""

EXPERIMENT_NS = 13_200
"""Nanoseconds a read that the experiment took on the Neural Engine, once per read."""

EXPERIMENT_LOOP_NS = 4.4
"""Nanoseconds a read of its loop on NEON."""

_MIB = 1024**2


@dataclass(frozen=True)
class Sheet:
    """A table.

    Attributes:
        title: What it is of.
        columns: Their heads; the first is of texts, the others of numbers.
        rows: Their cells.
        note: What is to be said below; may be empty.
    """

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    note: str = ""


def all_sheets(results: Results) -> list[Sheet]:
    """The tables of what was measured."""
    found: list[Sheet] = []
    if results.get("goals"):
        found.append(_goals(results["goals"]))
    if results.get("experiment"):
        kinds = dict.fromkeys(each["reads"] for each in results["experiment"])
        found += [_experiment(results, kind) for kind in kinds]
    if results.get("calls"):
        found.append(_calls(results["calls"]))
    if results.get("stream"):
        found.append(_stream(results["stream"]))
    return found


def print_sheets(out: Console, sheets: Iterable[Sheet]) -> None:
    """Prints tables on the terminal."""
    for sheet in sheets:
        table = new_table(sheet.title, *sheet.columns)
        for row in sheet.rows:
            table.add_row(*row)
        out.print(table)
        if sheet.note:
            out.print(sheet.note, markup=False, soft_wrap=True)


def markdown(sheets: Iterable[Sheet]) -> str:
    """Writes tables as Markdown."""
    parts = []
    for sheet in sheets:
        lines = [
            f"**{sheet.title}**\n",
            _line(sheet.columns),
            _line(("---", *("--:" for _ in sheet.columns[1:]))).replace(" ", ""),
            *map(_line, sheet.rows),
        ]
        parts.append("\n".join(lines))
        if sheet.note:
            parts.append(sheet.note)
    return "\n\n".join(parts) + "\n"


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _goals(goals: list[dict[str, Any]]) -> Sheet:
    return Sheet(
        "Goals, for two cores",
        ("goal", "asked", "measured"),
        [(each["name"], each["asked"], each["measured"]) for each in goals],
    )


def _experiment(results: Results, kind: str) -> Sheet:
    own = [each for each in results["experiment"] if each["reads"] == kind]
    sizes = sorted({each["number"] for each in own})
    rows: dict[str, list[str]] = {}
    for each in own:
        cells = rows.setdefault(each["work"], [])
        cells.append(f"{_ns(each['best'])} ({_ns(each['median'])})")
        if each["number"] == sizes[-1]:
            cells.append(words.rounded(1e9 / each["best"]))
    agreed = [each for each in results["agreement"] if each["reads"] == kind]
    notes = [
        f"{each['precision']} says what the rule says of {_share(each['same'], each['number'])}"
        f" reads, and of {_share(each['near_same'], each['near'])} within {NEAR:g} Q of the limit."
        for each in agreed
    ]
    notes.append(
        f"The experiment published {EXPERIMENT_LOOP_NS} ns for its loop on NEON and"
        f" {EXPERIMENT_NS:,} ns for its model, once per read on the Neural Engine."
    )
    return Sheet(
        f"The experiment's table: {kind} reads of 150 bases, one thread; ns a read, the least"
        " (and the median)",
        ("work", *(f"{size:,} reads" for size in sizes), "reads/s"),
        [(work, *cells) for work, cells in rows.items()],
        " ".join(notes),
    )


def _calls(calls: list[dict[str, Any]]) -> Sheet:
    found = {(each["work"], each["rows"], each["threads"]): each["best"] for each in calls}
    cores = max(each["threads"] for each in calls)
    precisions = list(
        dict.fromkeys(each["work"] for each in calls if each["work"] not in {ENCODE, DISPATCH})
    )
    threads = sorted({1, cores})
    rows = []
    for batch in sorted({each["rows"] for each in calls}):
        dispatch = found[DISPATCH, batch, 1]
        cells = [f"{batch:,}", _ns(found[ENCODE, batch, 1]), _ns(dispatch)]
        for precision in precisions:
            cells.append(_ns(max(found[precision, batch, 1] - dispatch, 0.0)))
            cells += [
                words.rounded(1e9 / found[precision, batch, number])
                for number in threads
                if (precision, batch, number) in found
            ]
        rows.append(tuple(cells))
    heads = []
    for precision in precisions:
        heads.append(f"inference, {precision}")
        heads += [f"{precision} reads/s, {words.counted(each, 'threads')}" for each in threads]
    return Sheet(
        "The model alone, by the rows of a call; ns a read in one thread, the least",
        ("rows", "encode", "dispatch", *heads),
        rows,
        "Dispatch is the call of a model that does nothing with the same input, inference what the"
        " model takes beyond that. Reads a second are those of the session: the features are"
        " there.",
    )


def _stream(results: list[dict[str, Any]]) -> Sheet:
    rows = [
        (
            f"{each['model']}, {each['precision']}, {each['source']}",
            f"{each['rows']:,}",
            words.rounded(each["bare"]),
            words.rounded(each["stream"]),
            f"{100 * each['best_share']:.0f} %",
            f"{100 * each['share']:.0f} %",
            _ns(each["work"]),
        )
        for each in results
    ]
    return Sheet(
        "The model in the stream against the bare session, on all cores",
        (
            *("model and source", "rows a call", "bare rows/s", "stream rows/s"),
            *("of bare", "median", "CPU ns a row beyond it"),
        ),
        rows,
        f"Of bare: the fastest rounds of both; median: of the rounds. From {MEMORY} the stream does"
        " nothing but encode, predict and add columns; bare calls drop what they get. A long"
        " read is several rows to some models.",
    )


def find_goals(results: Results) -> list[dict[str, str]]:
    """What was asked for, and what was measured of it."""
    calls, stream = results.get("calls") or [], results.get("stream") or []
    goals = [*_of_calls(calls), *_of_stream(stream), *_of_jobs(results), *_of_memory(results)]
    return [{"name": name, "asked": asked, "measured": measured} for name, asked, measured in goals]


def _of_calls(calls: list[dict[str, Any]]) -> Iterable[tuple[str, str, str]]:
    if not calls:
        return
    cores = max(each["threads"] for each in calls)
    rates = {
        work: max(
            1e9 / each["best"]
            for each in calls
            if each["work"] == work and each["threads"] == cores
        )
        for work in dict.fromkeys(each["work"] for each in calls if each["threads"] == cores)
        if work not in {ENCODE, DISPATCH}
    }
    for precision, asked in (("fp32", "1 M"), ("int8", "2 M")):
        if precision in rates:
            measured = words.rounded(rates[precision])
            yield f"the session alone, {precision}, reads/s", f"at least {asked}", measured
    once = [
        each["best"]
        for each in calls
        if (each["work"], each["rows"], each["threads"]) == ("fp32", 1, 1)
    ]
    for precision, rate in rates.items():
        times = rate * once[0] / 1e9 if once else 0.0
        yield f"in batches, {precision}, over {ONCE}, fp32", "at least 15", f"{times:.1f}"
    encode = min(each["best"] for each in calls if each["work"] == ENCODE)
    yield "encode, ns a read", "at most 30", f"{encode:.1f}"


def _of_stream(stream: list[dict[str, Any]]) -> Iterable[tuple[str, str, str]]:
    for each in stream:
        name = f"{each['model']}, {each['precision']}, from {each['source']}, of the bare session"
        yield name, "at least 95 %", f"{100 * each['best_share']:.0f} %"


def _of_jobs(results: Results) -> Iterable[tuple[str, str, str]]:
    for job in results.get("jobs", []):
        predicts, cores = "predict" in job["task"], results["machine"]["cores"]
        if predicts and job["threads"] == cores:
            asked = "at most 4" if "int8" in job["task"] else ""
            yield f"{job['task']}, of bare inflation", asked, f"{job['of_isal']:.2f}"


def _of_memory(results: Results) -> Iterable[tuple[str, str, str]]:
    tasks = results.get("memory", [])
    without = [each for each in tasks if "predict" not in each["task"]]
    for each in tasks:
        if "predict" in each["task"] and without:
            more = [(each[key] - without[0][key]) / _MIB for key in ("once", "longer")]
            measured = f"{more[0]:+.0f} and {more[1]:+.0f} MiB"
            times = each["times"]
            yield f"memory of {each['task']}, beyond none: once, {times} times", "fixed", measured


def _share(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,}{f' ({100 * part / whole:.2f} %)' if whole else ''}"


def _ns(nanoseconds: float) -> str:
    return f"{nanoseconds:,.1f}" if nanoseconds < 1_000 else f"{nanoseconds:,.0f}"
