"""The report as one HTML page."""

from __future__ import annotations

import dataclasses
import hashlib
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from biometal_stream.reports.document.document import Document
from biometal_stream.reports.page.alternatives import Words, alternative
from biometal_stream.reports.page.checks import checks
from biometal_stream.reports.page.figures import MISSING, Facts
from biometal_stream.reports.page.funnel import funnel, kept
from biometal_stream.reports.page.island import charted, island, note
from biometal_stream.reports.page.modules import MEAN_QUALITY, SECTIONS, Chart, Section
from biometal_stream.reports.page.overview import READS, comparison, headlines
from biometal_stream.reports.page.ranges import in_ranges
from biometal_stream.reports.page.results import ResultTable, results, rows_as_table
from biometal_stream.reports.page.texts import LONGEST, cut
from biometal_stream.reports.page.thinning import Thinned, thinned
from biometal_stream.reports.verdicts.assays import ASSAYS

LINE = 4
"""How many times as long as a name a warning, or a finding, may be."""

COMMAND = 20
"""The same of the command line."""

LONGEST_PLACE = 80
"""Characters of the name of a place."""

LARGEST = 985_000
"""Bytes of a page."""

NOTES = 5_000
"""Bytes of it for what it says of shortened charts."""

BUDGET = 220_000
"""Bytes of it that the numbers of charts may take."""

MOST_STEPS = 120
"""Steps that the page shows."""

MOST_LINES = 50
"""Warnings, findings and counts that the page shows."""


@dataclass(frozen=True)
class ShownChart:
    """A chart with its words.

    Attributes:
        name: What draws it.
        title: The title of its tab.
        table: The table with its numbers.
        about: What it shows.
        alternatives: The chart in words, by place and group of reads.
    """

    name: str
    title: str
    table: str
    about: str
    alternatives: tuple[tuple[str, str, Words], ...]


@dataclass(frozen=True)
class ShownSection:
    """A module with what it has to show.

    Attributes:
        name: Names it in links.
        title: Its heading.
        about: What it shows.
        charts: Its charts that have rows.
        lists: Its tables that have rows.
        note: What was shortened.
    """

    name: str
    title: str
    about: str
    charts: tuple[ShownChart, ...]
    lists: tuple[ResultTable, ...]
    note: str


def render(document: Document) -> str:
    """Makes the page: one file, without a time stamp, that loads nothing.

    Args:
        document: The report.

    Returns:
        HTML of less than a megabyte. Equal documents give equal pages. All texts of the document
        are escaped, and its policy lets no other script run than its own.
    """
    made = ""
    for longest in LONGEST:
        made = _with_texts(document, longest)
        if len(made.encode()) <= LARGEST:
            break
    return made


def _with_texts(document: Document, longest: int) -> str:
    """The page with texts of others of so many characters."""
    document = _with_short_places(document, min(LONGEST_PLACE, 2 * longest))
    facts = Facts(document.to_dict(states=False), longest)
    rest = len(_page(document, facts, Thinned({}, {})).encode())
    budget = min(LARGEST - NOTES - rest, BUDGET)
    return _page(document, facts, thinned(in_ranges(charted(facts)), budget, longest))


def _with_short_places(document: Document, longest: int) -> Document:
    short = {
        name if len(name) <= longest else f"{number}: {cut(name, longest - 5)}": each
        for number, (name, each) in enumerate(document.quality.items(), 1)
    }
    return dataclasses.replace(document, quality=short)


def _page(document: Document, facts: Facts, tables: Thinned) -> str:
    scripts = [Markup(text) for text in _scripts()]  # noqa: S704 -- files of this package
    sections = [shown for each in SECTIONS if (shown := _section(facts, each, tables)) is not None]
    levels, steps, lines = funnel(facts), facts.most(MOST_STEPS), facts.most(MOST_LINES)
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            document=document,
            sample=facts.cut(document.sample) or "Report",
            command=facts.cut(document.command, COMMAND),
            samples=facts.cut(", ".join(document.samples), COMMAND),
            warnings=[facts.cut(line, LINE) for line in document.warnings[:lines]],
            findings=[
                (facts.cut(name), facts.cut(line, LINE)) for name, line in document.findings[:lines]
            ],
            assay=ASSAYS[document.assay],
            places=facts.places,
            places_left_out=facts.places_left_out,
            groups=[
                each
                for each in READS
                if any(facts.rows(place, "totals", each) for place in facts.places)
            ],
            reads_in=facts.figure(("reads_in",), unit="count"),
            reads_out=facts.figure(("reads_out",), unit="count"),
            kept=kept(facts),
            headlines=headlines(facts),
            funnel=(*levels[:steps], levels[-1]) if len(levels) > steps else levels,
            steps_left_out=max(0, len(levels) - steps - 1),
            counts=[
                (facts.cut(name), facts.figure(("counts", name), unit="count"))
                for name in tuple(document.counts)[:lines]
            ],
            counts_left_out=max(0, len(document.counts) - lines),
            checks=checks(document, facts.places),
            links=_links(sections),
            mean_quality=_words(facts, MEAN_QUALITY),
            comparison=comparison(facts),
            sections=sections,
            results=results(facts),
            missing=MISSING,
            policy=_policy(scripts),
            style=Markup(_text("style")),  # noqa: S704 -- files of this package
            island=Markup(island(facts, tables)),  # noqa: S704 -- it holds no "<"
            scripts=scripts,
        )
    )


@cache
def _environment() -> Environment:
    templates = files(__package__) / "templates"
    made = Environment(
        loader=FunctionLoader(lambda name: (templates / name).read_text("utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["by_place"] = _by_place
    made.globals["place_group"] = _place_group
    return made


def _by_place(columns: Sequence[tuple[str, str]]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    for place, some in groupby(columns, key=lambda column: column[0]):
        yield place, list(some)


def _place_group(place: str, group: str) -> str:
    return place if group == "reads" else group if place == "reads" else f"{place}, {group}"


def _section(facts: Facts, section: Section, tables: Thinned) -> ShownSection | None:
    charts = tuple(
        ShownChart(each.name, each.title, each.table, each.about, words)
        for each in section.charts
        if (words := _words(facts, each))
    )
    lists = tuple(
        table for name in section.lists if (table := rows_as_table(facts, name)) is not None
    )
    if not charts and not lists:
        return None
    return ShownSection(
        section.name, section.title, section.about, charts, lists, note(tables, section.tables)
    )


def _words(facts: Facts, chart: Chart) -> tuple[tuple[str, str, Words], ...]:
    return tuple(
        (place, group, words)
        for place in facts.places
        for group in dict.fromkeys(facts.tables(place).get(chart.table, {"group": ()})["group"])
        if (words := alternative(facts, chart, place, group))
    )


def _links(sections: Sequence[ShownSection]) -> dict[str, str]:
    """Where the modules of verdicts stand on the page, by their names."""
    shown = {each.name for each in sections}
    return {module: each.name for each in SECTIONS for module in each.judged if each.name in shown}


@cache
def _text(folder: str) -> str:
    found = sorted((files(__package__) / folder).iterdir(), key=lambda each: each.name)
    return "".join(each.read_text("utf-8") for each in found)


@cache
def _scripts() -> tuple[str, str]:
    """The chart library, and the scripts of the page as one."""
    library = (files(__package__) / "vendor" / "echarts.min.js").read_text("utf-8")
    return library, f'(() => {{\n"use strict";\n{_text("scripts")}}})();\n'


def _policy(scripts: Sequence[str]) -> str:
    """A policy that forbids the network, and all scripts but these."""
    hashes = (b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in scripts)
    allowed = " ".join(f"'sha256-{each}'" for each in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
