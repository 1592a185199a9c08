"""The modules of the page, in its order: their charts, and the tables that they show."""

from __future__ import annotations

from dataclasses import dataclass

from biometal_stream.reports.verdicts import modules


@dataclass(frozen=True)
class Chart:
    """A chart.

    Attributes:
        name: What draws it: see ``scripts/``.
        title: The title of its tab, if its module has several.
        table: The table with its numbers.
        column: The column that it draws. There is no chart where all its cells are null.
        about: What it shows, if its module does not say so.
    """

    name: str
    title: str
    table: str
    column: str
    about: str = ""


@dataclass(frozen=True)
class Section:
    """A module as the page shows it.

    Attributes:
        name: Names it in links.
        title: Its heading.
        about: What it shows, and what to look for.
        charts: Its charts; several have tabs.
        lists: Tables that are shown as such.
        judged: The modules of verdicts that it shows.
    """

    name: str
    title: str
    about: str
    charts: tuple[Chart, ...] = ()
    lists: tuple[str, ...] = ()
    judged: tuple[str, ...] = ()

    @property
    def tables(self) -> tuple[str, ...]:
        """All its tables."""
        return tuple(dict.fromkeys((*(chart.table for chart in self.charts), *self.lists)))


MEAN_QUALITY = Chart("mean-quality", "", "per_cycle", "mean_quality")
"""The chart of the first screen."""

SECTIONS = (
    Section(
        "quality",
        "Quality by cycle",
        "The scores of the bases along the reads. They fall towards the end of most short reads.",
        (
            Chart(
                "band",
                "Quartiles",
                "per_cycle",
                "mean_quality",
                "The line is the mean score. The dark band holds the middle half of the bases, the "
                "light band all but the lowest and the highest tenth.",
            ),
            Chart(
                "scores",
                "All scores",
                "qualities_by_cycle",
                "quality",
                "The darker, the more of the bases of a cycle have the score.",
            ),
            Chart("letters", "By base", "per_cycle", "quality_a", "The mean score of each base."),
        ),
        judged=(modules.BASE_QUALITY,),
    ),
    Section(
        "read-quality",
        "Quality of reads",
        "Reads by the mean of their scores. A second hump at a low score is a subset of bad reads.",
        (Chart("read-quality", "", "per_read_quality", "reads"),),
        judged=(modules.READ_QUALITY,),
    ),
    Section(
        "content",
        "Bases by cycle",
        "In a random library the lines are flat. A biased start is normal after random priming.",
        (Chart("content", "Bases", "per_cycle", "a"), Chart("n", "N", "per_cycle", "n")),
        judged=(modules.CONTENT, modules.N),
    ),
    Section(
        "gc",
        "GC content of reads",
        "The thin line is the normal distribution that fits best. Other humps may be another "
        "organism, sharp peaks one sequence in many copies.",
        (Chart("gc", "", "per_read_gc", "reads"),),
        judged=(modules.GC,),
    ),
    Section(
        "lengths",
        "Lengths",
        "Reads by length.",
        (Chart("lengths", "", "lengths", "reads"),),
        judged=(modules.LENGTHS,),
    ),
    Section(
        "duplication",
        "Duplication",
        "How much of the library occurs once, twice, and so on.",
        (
            Chart("copies", "Of all reads", "duplication", "percent_of_total"),
            Chart("distinct", "Of distinct sequences", "duplication", "percent_of_distinct"),
        ),
        ("duplication_totals",),
        judged=(modules.DUPLICATION,),
    ),
    Section(
        "overrepresented",
        "Over-represented sequences",
        "Sequences that are more than 0.1 % of the reads. Where counts are from a sample, the "
        "standard error is given.",
        lists=("overrepresented",),
        judged=(modules.OVERREPRESENTED,),
    ),
    Section(
        "adapters",
        "Adapters",
        "The share of reads in which an adapter has begun by this cycle.",
        (Chart("adapters", "", "adapters", "percent"),),
        judged=(modules.ADAPTERS,),
    ),
    Section(
        "kmers",
        "K-mers",
        "Words that are more frequent at some cycles than elsewhere.",
        lists=("kmers",),
        judged=(modules.KMERS,),
    ),
    Section(
        "tiles",
        "Quality by tile",
        "The mean score of a tile, less the mean of all tiles in the same cycle. Red is worse than "
        "the other tiles: a red line is a bad tile, a red spot a bubble.",
        (Chart("tiles", "", "tiles", "deviation"),),
        judged=(modules.TILES,),
    ),
    Section(
        "inserts",
        "Insert sizes",
        "Pairs by the length of the fragment, where the mates overlap.",
        (Chart("inserts", "", "inserts", "pairs"),),
        ("insert_totals",),
    ),
    Section(
        "length-quality",
        "Length and quality",
        "Reads by length and mean score.",
        (Chart("length-quality", "", "length_quality", "reads"),),
    ),
    Section(
        "time",
        "Sequencing over time",
        "By hour, from the times in the names of reads.",
        (
            Chart("hours-quality", "Quality", "hours", "mean_quality"),
            Chart("hours-bases", "Bases", "hours", "bases"),
            Chart("hours-reads", "Reads", "hours", "reads"),
        ),
    ),
    Section(
        "channels",
        "Channels",
        "By channel or well, from the names of reads.",
        (
            Chart("channels", "Bases", "channels", "bases"),
            Chart("channels-quality", "Quality", "channels", "mean_quality"),
        ),
    ),
    Section(
        "labels",
        "Labels",
        "Reads by the label that a step gave them.",
        (Chart("labels", "", "labels", "reads"),),
    ),
    Section(
        "scores",
        "Scores of labels",
        "Reads by the score of their label.",
        (Chart("label-scores", "", "scores", "reads"),),
    ),
    Section(
        "calibration",
        "Calibration",
        "The share of right labels by score. On the diagonal, scores are probabilities.",
        (Chart("calibration", "", "calibration", "mean_score"),),
    ),
    Section("numbers", "Other columns", "Columns of numbers.", lists=("numbers",)),
)
