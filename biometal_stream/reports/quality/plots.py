"""Plots of one place by matplotlib, which an extra installs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from biometal_stream.extras import need
from biometal_stream.reports.quality.columns import columns_of

if TYPE_CHECKING:
    from biometal_stream.reports.quality.columns import Column, Counted

_BASES = {"a": "#2a9d3a", "c": "#2b5fd9", "g": "#333333", "t": "#d1342f"}
_BAND = 0.15


def plot(quality: Counted, place: str) -> Any:
    """Quality and bases by cycle, GC and lengths, each group of reads in a row of four.

    Args:
        quality: What was counted.
        place: The name of the place.

    Returns:
        A ``matplotlib.figure.Figure``.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    matplotlib = need("matplotlib.figure", "plot", "plot()")
    need("matplotlib.pyplot", "plot", "plot()")  # has notebooks show a figure
    columns = columns_of({place: quality})
    figure = matplotlib.Figure(figsize=(16, 3.4 * max(1, len(columns))), layout="constrained")
    axes = figure.subplots(max(1, len(columns)), 4, squeeze=False)
    for row, column in zip(axes, columns, strict=False):
        for ax, draw in zip(row, (_qualities, _bases, _gc, _lengths), strict=True):
            draw(ax, column)
            if len(columns) > 1:
                ax.set_title(f"{ax.get_title()}, {column.group}")
    if place:
        figure.suptitle(place)
    return figure


def _qualities(ax: Any, column: Column) -> None:
    rows = [row for row in column.rows("per_cycle") if row["mean_quality"] is not None]
    cycles = [_middle(row) for row in rows]
    ax.plot(cycles, [row["mean_quality"] for row in rows], color="black")
    for low, high in (("percentile_10", "percentile_90"), ("lower_quartile", "upper_quartile")):
        bounds = [[row[name] for row in rows] for name in (low, high)]
        ax.fill_between(cycles, *bounds, alpha=_BAND, color="#2b5fd9", linewidth=0)
    ax.set(title="Quality", xlabel="cycle", ylabel="Phred score")
    ax.set_ylim(bottom=0)


def _bases(ax: Any, column: Column) -> None:
    rows = column.rows("per_cycle")
    cycles = [_middle(row) for row in rows]
    for base, color in _BASES.items():
        shares = [100 * row[base] / max(1, row["bases"]) for row in rows]
        ax.plot(cycles, shares, color=color, label=base.upper())
    ax.set(title="Bases", xlabel="cycle", ylabel="% of bases")
    ax.set_ylim(bottom=0)
    if rows:
        ax.legend(loc="upper right", ncols=4, frameon=False)


def _gc(ax: Any, column: Column) -> None:
    rows = column.rows("per_read_gc")
    percents = [row["gc_percent"] for row in rows]
    ax.plot(percents, [row["reads"] for row in rows], color="black", label="reads")
    model = [row["theoretical"] for row in rows]
    ax.plot(percents, model, color="#2b5fd9", linestyle="--", label="normal distribution")
    ax.set(title="GC of reads", xlabel="% GC", ylabel="reads")
    if rows:
        ax.legend(frameon=False)


def _lengths(ax: Any, column: Column) -> None:
    rows = column.rows("lengths")
    ax.bar([row["length"] for row in rows], [row["reads"] for row in rows], width=1.0)
    ax.set(title="Lengths", xlabel="bases", ylabel="reads")


def _middle(row: Any) -> float:
    return float(row["first_cycle"] + row["last_cycle"]) / 2
