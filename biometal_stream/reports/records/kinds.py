"""All kinds of counts, and records as plain objects for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from biometal_stream.reports.records.base import Record
from biometal_stream.reports.records.by_label import ByLabel
from biometal_stream.reports.records.counts import Counts
from biometal_stream.reports.records.keyed import Keyed
from biometal_stream.reports.records.labels import LabelCounts
from biometal_stream.reports.records.sample import Sample
from biometal_stream.reports.records.spread import Spread
from biometal_stream.reports.records.totals import Totals

KINDS: Mapping[str, type[Record]] = {
    each.kind: each for each in (ByLabel, Counts, Keyed, LabelCounts, Sample, Spread, Totals)
}


def from_plain(plain: Mapping[str, Any]) -> Record:
    """The record of plain objects.

    Raises:
        ValueError: They are not those of a record.
    """
    kind = KINDS.get(plain.get("kind", ""))
    if kind is None:
        raise ValueError(f"unknown kind of counts: {plain.get('kind')!r}")
    return kind.from_plain(plain)
