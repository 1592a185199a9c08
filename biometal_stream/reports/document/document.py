"""What a run did to the reads and what they are like, without times."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from biometal_stream.reports.assay_names import ASSAY_NAMES, DEFAULT_ASSAY
from biometal_stream.reports.document.conforming import require_conforming
from biometal_stream.reports.document.layout import laid_out
from biometal_stream.reports.document.shown import shown
from biometal_stream.reports.quality.result import Quality

SCHEMA = "biometal-stream/report/1"
"""The name and version of the JSON document. ``schema.json`` describes it."""


@dataclass(frozen=True, eq=False)
class Document:
    """A report. Each way to show one, such as the page, is made from a document alone.

    Attributes:
        sample: The name of the sample; of several runs, the names of all.
        command: The command line, without what does not change the reads; empty if there was none,
            or if those of several runs differ.
        version: The version of biometal-stream.
        reads_in: Reads that were read; ``None`` if the run was stopped early.
        reads_out: Reads that reached the output.
        steps: What each step did to the reads, as in `Report.steps`, as plain objects.
        counts: Named counters, such as ``bad records``.
        findings: Short lines about what steps have found, each with the step's name.
        warnings: The warnings that the user saw, and what could not be added of several runs.
        results: What observers other than quality control have found, as plain objects by name.
        additive: The names of those results that are counts, which add up over runs.
        quality: What the reads are like, by place: ``before``, ``after``.
        assay: What was sequenced, which sets the limits of the verdicts.
        runs: The number of runs that were added.
        samples: The names of all samples, in alphabetical order, if several runs were added.
    """

    sample: str
    command: str
    version: str
    reads_in: int | None
    reads_out: int
    steps: tuple[Mapping[str, Any], ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    findings: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    results: Mapping[str, Any] = field(default_factory=dict)
    quality: Mapping[str, Quality] = field(default_factory=dict)
    assay: str = DEFAULT_ASSAY
    additive: tuple[str, ...] = ()
    runs: int = 1
    samples: tuple[str, ...] = ()

    def to_dict(self, *, states: bool = True) -> dict[str, Any]:
        """The document as plain objects, for JSON.

        Args:
            states: Whether to have all counts, from which reports are added. The tables show what
                they say.
        """
        return {
            "schema": SCHEMA,
            "sample": self.sample,
            "samples": list(self.samples or (self.sample,)),
            "runs": self.runs,
            "command": self.command,
            "version": self.version,
            "assay": self.assay,
            "reads_in": self.reads_in,
            "reads_out": self.reads_out,
            "steps": [dict(step) for step in self.steps],
            "counts": dict(self.counts),
            "findings": [list(finding) for finding in self.findings],
            "warnings": list(self.warnings),
            "results": dict(self.results),
            "additive": list(self.additive),
            "quality": {
                place: {"tables": shown(quality.columns), **(self._state(place) if states else {})}
                for place, quality in self.quality.items()
            },
        }

    def _state(self, place: str) -> dict[str, Any]:
        """The counts of a place: of the first one in full, of others what differs."""
        first = next(iter(self.quality))
        if place == first:
            return {"state": self.quality[place].to_plain()}
        return {"like": first, "state": self.quality[place].to_plain(self.quality[first])}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Document:
        """The document of plain objects; tables are made again from the counts.

        Raises:
            ValueError: They are not those of a document of this version.
        """
        schema = plain.get("schema") if isinstance(plain, Mapping) else None
        if schema != SCHEMA:
            raise ValueError(f"not a report: its schema is {schema!r}, not {SCHEMA!r}")
        require_conforming(plain)
        if plain["assay"] not in ASSAY_NAMES:
            known = ", ".join(ASSAY_NAMES)
            raise ValueError(f"unknown assay {plain['assay']!r}: use one of {known}")
        try:
            return cls(
                sample=plain["sample"],
                command=plain["command"],
                version=plain["version"],
                assay=plain["assay"],
                reads_in=plain["reads_in"],
                reads_out=plain["reads_out"],
                steps=tuple(plain["steps"]),
                counts=plain["counts"],
                findings=tuple((name, line) for name, line in plain["findings"]),
                warnings=tuple(plain["warnings"]),
                results=plain["results"],
                additive=tuple(plain["additive"]),
                runs=plain["runs"],
                samples=tuple(plain["samples"]) if plain["runs"] > 1 else (),
                quality=_quality(plain["quality"]),
            )
        except KeyError as error:
            raise ValueError(f"{error} is missing") from None
        except (TypeError, AttributeError, IndexError, zlib.error) as error:
            raise ValueError(str(error)) from error

    def to_json(self) -> str:
        """The document as JSON: a column of a table, and what was counted, on a line each."""
        return laid_out(self.to_dict())

    @classmethod
    def from_json(cls, text: str | bytes) -> Document:
        """The document of such text.

        Raises:
            ValueError: It is not JSON, or not that of a document of this version.
        """
        return cls.from_dict(json.loads(text))


def _quality(plain: Mapping[str, Any]) -> dict[str, Quality]:
    """The results at all places. Some are written as differences from others."""
    whole = {
        place: Quality.from_plain(each["state"], place)
        for place, each in plain.items()
        if "like" not in each
    }
    return {
        place: whole[place]
        if place in whole
        else Quality.from_plain(each["state"], place, whole[each["like"]])
        for place, each in plain.items()
    }
