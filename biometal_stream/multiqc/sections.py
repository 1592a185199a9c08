"""The sections of the module, one function each, in their order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from multiqc.plots import bargraph, heatmap, linegraph

from biometal_stream.multiqc import data
from biometal_stream.multiqc.columns import GENERAL
from biometal_stream.multiqc.hooks import NAME
from biometal_stream.multiqc.matches import NONE, SEVERAL, Matches, percent_columns, percents

if TYPE_CHECKING:
    from multiqc.base_module import BaseMultiqcModule

T = TypeVar("T")


@dataclass(frozen=True)
class Samples:
    """What is shown of all samples.

    Attributes:
        found: What is shown, by the sample's name.
        assay: The assay of all; ``None`` for that of each run.
    """

    found: Mapping[str, data.Shown]
    assay: str | None

    def each(self, part: Callable[[data.Shown], T]) -> dict[str, T]:
        """A part of what is shown, by the sample's name."""
        return {name: part(found) for name, found in self.found.items()}


def general(module: BaseMultiqcModule, samples: Samples) -> None:
    """Adds columns to the table of general statistics."""
    figures = samples.each(lambda each: each.figures | percents(each.matches))
    columns = GENERAL | percent_columns(samples.each(lambda each: each.matches))
    module.general_stats_addcols(figures, columns)
    module.write_data_file(figures, f"multiqc_{NAME}")


def steps(module: BaseMultiqcModule, samples: Samples) -> None:
    """Adds bars of where the reads went."""
    bars = samples.each(lambda each: each.steps)
    names = dict.fromkeys(step for each in bars.values() for step in each if step != data.KEPT)
    categories = {data.KEPT: {"name": "Kept", "color": "#3f7fbf"}}
    categories |= {name: {"name": name} for name in names}
    module.add_section(
        name="Where the reads went",
        anchor=f"{NAME}-steps",
        description="Reads that were kept, and reads that each step dropped.",
        plot=bargraph.plot(
            bars,
            categories,
            {
                "id": f"{NAME}-steps-plot",
                "title": "biometal-stream: Where the reads went",
                "ylab": "Reads",
                "cpswitch_counts_label": "Number of reads",
                "hide_zero_cats": True,
                "tt_decimals": 0,
            },
        ),
    )
    module.write_data_file(bars, f"multiqc_{NAME}_steps")


def indexes(module: BaseMultiqcModule, samples: Samples) -> None:
    """Adds bars of the reads that match indexes, a switch for each step that has counted them."""
    found = samples.each(lambda each: each.matches)
    drops = {step: each[step].drops for each in found.values() for step in each}
    names = sorted(drops, key=drops.__getitem__)
    if not names:
        return
    steps = [{name: each[step] for name, each in found.items() if step in each} for step in names]
    ends = {SEVERAL: {"color": "#820000"}, NONE: {"color": "#cccccc"}}  # as for FastQ Screen
    categories = [
        {bar: {"name": bar} for each in step.values() for bar in each.bars if bar not in ends}
        | {end: {"name": end.capitalize(), **colour} for end, colour in ends.items()}
        for step in steps
    ]
    module.add_section(
        name="Reads by index",
        anchor=f"{NAME}-indexes",
        description="Reads that match one index alone, several indexes, or none, for each step that"
        " looks them up. Both mates of a pair count as one.",
        plot=bargraph.plot(
            [{name: each.bars for name, each in step.items()} for step in steps],
            categories,
            {
                "id": f"{NAME}-indexes-plot",
                "title": "biometal-stream: Reads by index",
                "ylab": "Reads",
                "cpswitch_counts_label": "Counts",
                "cpswitch_c_active": False,
                "data_labels": [
                    {"name": name, "ylab": _counted(step)}
                    for name, step in zip(names, steps, strict=True)
                ],
            },
        ),
    )
    flat = {
        name: {
            f"{step}, {bar}": count
            for step, counts in each.items()
            for bar, count in counts.bars.items()
        }
        for name, each in found.items()
        if each
    }
    module.write_data_file(flat, f"multiqc_{NAME}_indexes")


def _counted(step: Mapping[str, Matches]) -> str:
    """What a step has counted in all samples: ``Reads``, ``Pairs``, ``Reads or pairs``."""
    kinds = {each.counted for each in step.values()}
    return " or ".join(sorted(kinds, reverse=True)).capitalize()


def verdicts(module: BaseMultiqcModule, samples: Samples) -> None:
    """Adds a heat map of the verdicts."""
    rows = samples.each(lambda each: each.verdicts)
    levels = {name: data.worst(each) for name, each in rows.items()}
    modules = list(dict.fromkeys(each for found in levels.values() for each in found))
    if not modules:
        return
    module.add_section(
        name="Verdicts",
        anchor=f"{NAME}-verdicts",
        description="Verdicts on the reads at the end of each run, by the limits of the assay"
        f" {samples.assay or 'of each run'}. Green passes, yellow is a warning, red fails. Of"
        " several groups of reads, such as mates, the worst counts.",
        plot=heatmap.plot(
            [[found.get(each, 0) for each in modules] for found in levels.values()],
            xcats=modules,
            ycats=list(levels),
            pconfig=_VERDICTS,
        ),
    )
    reasons = {
        f"{name}, {row['group']}, {row['module']}": row
        for name, each in rows.items()
        for row in each
        if row["level"] != "pass"
    }
    module.write_data_file(levels, f"multiqc_{NAME}_verdicts")
    module.write_data_file(reasons, f"multiqc_{NAME}_reasons")


_VERDICTS = {
    "id": f"{NAME}-verdicts-plot",
    "title": "biometal-stream: Verdicts",
    "xlab": "Module",
    "ylab": "Sample",
    "min": 0,
    "max": 1,
    "square": False,
    "colstops": [[0, "#ffffff00"], [0.25, "#d9534f"], [0.5, "#fee391"], [1, "#5cb85c"]],
    "legend": False,
    "display_values": False,
    "xcats_samples": False,
}


def quality(module: BaseMultiqcModule, samples: Samples) -> None:
    """Adds the mean quality by cycle, before and after."""
    _plot_lines(
        module,
        samples.each(lambda each: each.quality),
        name="Quality by cycle",
        description="The mean Phred score of the bases of each cycle, at each place of the run.",
        labels=("Cycle", "Phred score"),
    )


def lengths(module: BaseMultiqcModule, samples: Samples) -> None:
    """Adds the lengths of reads, before and after."""
    _plot_lines(
        module,
        samples.each(lambda each: each.lengths),
        name="Lengths",
        description="The percentage of reads that have at least a length, at each place of the"
        " run.",
        labels=("Length in bases", "Reads in percent"),
        more={"smooth_points": 500, "ymax": 100},
    )


def hours(module: BaseMultiqcModule, samples: Samples) -> None:
    """Adds the quality by hour of sequencing, where names or tags have the time."""
    _plot_lines(
        module,
        samples.each(lambda each: each.hours),
        name="Quality over time",
        description="The mean quality of the reads of each hour since the first read.",
        labels=("Hour", "Phred score"),
    )


def labels(module: BaseMultiqcModule, samples: Samples) -> None:
    """Adds bars of labels, such as those of models, a switch for each column."""
    counts = samples.each(lambda each: each.labels)
    columns = list(dict.fromkeys(column for each in counts.values() for column in each))
    if not columns:
        return
    bars = [{name: each.get(column, {}) for name, each in counts.items()} for column in columns]
    module.add_section(
        name="Labels",
        anchor=f"{NAME}-labels",
        description="Reads by label at the end of each run, for each column of labels.",
        plot=bargraph.plot(
            bars,
            pconfig={
                "id": f"{NAME}-labels-plot",
                "title": "biometal-stream: Labels",
                "ylab": "Reads",
                "tt_decimals": 0,
                "data_labels": [{"name": column, "ylab": "Reads"} for column in columns],
            },
        ),
    )
    flat = {
        name: {
            f"{column}, {label}": reads for column in each for label, reads in each[column].items()
        }
        for name, each in counts.items()
    }
    module.write_data_file(flat, f"multiqc_{NAME}_labels")


def calibration(module: BaseMultiqcModule, samples: Samples) -> None:
    """Adds how often labels are correct by their score, where the truth is known."""
    found = samples.each(lambda each: each.calibration)
    _plot_lines(
        module,
        found,
        name="Calibration",
        description="How often labels are correct, by their score. A calibrated model is on the"
        " diagonal.",
        labels=("Score in percent", "Correct in percent"),
        more={"ymin": 0, "ymax": 100, "xmin": 0, "xmax": 100},
    )


def _plot_lines(
    module: BaseMultiqcModule,
    found: Mapping[str, Mapping[str, data.Curve]],
    *,
    name: str,
    description: str,
    labels: tuple[str, str],
    more: Mapping[str, Any] | None = None,
) -> None:
    """Adds lines by sample, with a switch for each set of them; nothing if there are none."""
    sets = list(dict.fromkeys(each for curves in found.values() for each in curves))
    if not sets:
        return
    lines = [
        {sample: curves[each] for sample, curves in found.items() if each in curves}
        for each in sets
    ]
    key = f"{NAME}-{name.lower().replace(' ', '-')}"
    across, up = labels
    module.add_section(
        name=name,
        anchor=key,
        description=description,
        plot=linegraph.plot(
            lines,
            {
                "id": f"{key}-plot",
                "title": f"biometal-stream: {name}",
                "xlab": across,
                "ylab": up,
                "ymin": 0,
                "data_labels": [{"name": each, "ylab": up} for each in sets],
                **(more or {}),
            },
        ),
    )


ALL: tuple[Callable[[BaseMultiqcModule, Samples], None], ...] = (
    general,
    verdicts,
    steps,
    indexes,
    quality,
    lengths,
    hours,
    labels,
    calibration,
)
