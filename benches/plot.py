"""The figures as a plot: ``python -m benches.plot BENCH.json docs/bench.svg``."""

from __future__ import annotations

import json
import sys
from itertools import groupby
from pathlib import Path
from typing import Any

from benches.tasks import INFLATE
from benches.tools.bare import NAME as BARE
from benches.tools.biometal import NAME as OURS

_TEXT = "#7a828c"  # is read on white and on nearly black
_OURS = "#2a9d8f"
_OTHER = "#8d99ae"
_FLOOR = "#c9a227"
_WIDTH = 8.0  # inches
_BAR = 0.235  # inches for a bar, with the room around it
_GAP = 1.4  # bars between two tasks
_PLOTTED = (
    "gzip → count",
    "gzip → filter (length, N) → FASTQ",
    "gzip → filter (length, mean quality) → FASTQ",
    "gzip → filter (length, N) → FASTQ.gz level 1",
    "gzip → Parquet zstd-1",
    "gzip → filter (length, N) → Parquet zstd-1",
    "BGZF → Parquet zstd-1",
    "pairs → filter (length, N) → FASTQ",
)


class NothingToDrawError(Exception):
    """None of the tasks of the plot was timed."""


def draw(results: dict[str, Any], target: Path) -> None:
    """Draws a bar for each tool, grouped by task: how many times as long as ours it takes.

    Each tool is drawn at its fastest number of threads, from the fastest to the slowest.

    Args:
        results: What `benches.run` writes as JSON.
        target: Where the plot goes; its suffix is the format.

    Raises:
        NothingToDrawError: No task that is plotted was timed.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    groups = _groups(results)
    if not groups:
        raise NothingToDrawError("there are no jobs to draw; run the bench without --only")
    bars = sum(len(jobs) + _GAP for _, jobs in groups)
    # Text stays text, which keeps the file small; the salt and the missing date keep it the same
    # for the same figures.
    with mpl.rc_context(
        {"svg.fonttype": "none", "svg.hashsalt": "biometal_stream", "font.size": 9}
    ):
        figure = Figure(figsize=(_WIDTH, _BAR * bars + 0.5))
        axes = figure.add_axes((0.17, 0.06, 0.81, 0.93))
        place, longest = 0.0, 1.0
        ticks: dict[float, str] = {}
        for task, jobs in groups:
            axes.text(0, place, task, color=_TEXT, weight="bold", va="center")
            ours = next(float(job["best"]) for job in jobs if job["tool"] == OURS)
            for job in jobs:
                place += 1
                times = float(job["best"]) / ours
                colour = {OURS: _OURS, BARE: _FLOOR}.get(job["tool"], _OTHER)
                axes.barh(place, times, height=0.72, color=colour)
                label = f"  {_label(job, times)}"
                axes.text(times, place, label, color=_TEXT, va="center", fontsize=8)
                ticks[place] = job["tool"]
                longest = max(longest, times)
            place += _GAP
        axes.set_ylim(place - 0.6, -0.7)
        axes.set_xlim(0, 1.2 * longest)
        axes.set_yticks(list(ticks), list(ticks.values()))
        axes.tick_params(length=0, labelcolor=_TEXT)
        for tick in axes.get_yticklabels():
            if tick.get_text() == OURS:
                tick.set_color(_OURS)
                tick.set_fontweight("bold")
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.spines["bottom"].set_color(_TEXT)
        axes.set_xlabel(_caption(results), color=_TEXT)
        metadata = {"Date": None} if target.suffix == ".svg" else None
        target.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(target, transparent=True, bbox_inches="tight", metadata=metadata)


def _groups(results: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The tasks that are plotted, each with its tools from the fastest to the slowest."""
    jobs = results.get("jobs", [])
    bare = [job for job in jobs if job["output"] == INFLATE and job["form"] == "gzip"]
    found = []
    for task, group in groupby(jobs, lambda job: str(job["task"])):
        own = list(group) + (bare if task == _PLOTTED[0] else [])
        own.sort(key=lambda job: float(job["best"]))
        fastest = {job["tool"]: job for job in reversed(own)}
        if task in _PLOTTED and OURS in fastest:
            found.append((task, [job for job in own if fastest[job["tool"]] is job]))
    return found


def _label(job: dict[str, Any], times: float) -> str:
    seconds = f"{job['best']:.1f} s"
    if job["tool"] in {OURS, BARE}:
        return seconds
    return f"{times:.1f}\N{MULTIPLICATION SIGN}, {seconds}"


def _caption(results: dict[str, Any]) -> str:
    reads, machine = results["input"], results["machine"]
    return (
        f"times as long as {OURS}: {reads['reads'] / 1e6:g} M reads on {machine['cores']} cores"
        f" of {machine['cpu']}, {machine['date']:.10}"
    )


def main(arguments: list[str]) -> int:
    """Draws the plot of a file."""
    if len(arguments) != 2:
        sys.stderr.write("usage: python -m benches.plot BENCH.json PLOT.svg\n")
        return 2
    source, target = map(Path, arguments)
    results = json.loads(source.read_text(encoding="utf-8"))
    try:
        draw(results, target)
    except NothingToDrawError as error:
        sys.stderr.write(f"{source}: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
