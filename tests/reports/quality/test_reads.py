"""The reads of one group."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from biometal_stream.reports.quality.modules.per_read import PerRead
from biometal_stream.reports.quality.reads import Reads, groups_of
from biometal_stream.view import BatchView
from tests.reports.quality.batches import batch, rows

MIDDLE = np.array([True, True, False, False, True, True])


def texts(reads: Reads, name: str) -> list[str]:
    column = reads.text(name)
    assert column is not None
    return [
        column.data[start:stop].tobytes().decode()
        for start, stop in zip(column.starts, column.stops, strict=True)
    ]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
def test_a_null_is_an_empty_text(kind: pa.DataType) -> None:
    column = pa.array(["AC", None, "G", "", None, "TTT"], pa.string()).cast(kind)
    view = BatchView(pa.RecordBatch.from_arrays([column], ["sequence"]).slice(1))
    (reads,) = groups_of(view, {})
    assert texts(reads, "sequence") == ["", "G", "", "", "TTT"]
    nulls = reads.nulls("sequence")
    assert nulls is not None
    assert nulls.tolist() == [True, False, False, True, False]
    some = view.keep(np.array([False, True, True, True, False]))
    (reads,) = groups_of(some, {})
    assert texts(reads, "sequence") == ["G", "", ""]
    (reads,) = groups_of(view.keep(np.array([False, True, True, False, True])), {})
    assert texts(reads, "sequence") == ["G", "", "TTT"]
    assert reads.nulls("sequence") is None


def test_mates_and_merged_reads() -> None:
    reads = batch(["A", "C", "G", "T", "AA"], None, [1, 2, None, 1, 2])
    groups = list(groups_of(BatchView(reads), {}))
    assert {each.group: texts(each, "sequence") for each in groups} == {
        "merged": ["G"],
        "mate 1": ["A", "T"],
        "mate 2": ["C", "AA"],
    }


def test_columns_that_are_missing() -> None:
    (reads,) = groups_of(BatchView(batch(["A"])), {})
    assert reads.text("quality") is None
    assert reads.nulls("quality") is None


def test_counts_are_not_those_of_an_earlier_step() -> None:
    """As many reads as there are means, so that counts look like values of reads."""
    module = PerRead()
    view = BatchView(batch(None, ["#", "#", "#"]))
    for left in (view, view.keep(np.array([True, False, True]))):
        (reads,) = groups_of(left, {})
        found = rows(module, {"reads": module.observe(reads)}, "per_read_quality")
        assert found == [{"group": "reads", "quality": 2, "reads": left.num_rows}]


def test_mates_know_their_rows() -> None:
    """Also after a filter, so that an error names the row of the batch."""
    view = BatchView(batch(["A", "C", "G", "T", "AA", "CC"], None, [1, 2, 1, 2, 1, 2]))
    for some, wanted in ((view, [[0, 2, 4], [1, 3, 5]]), (view.keep(MIDDLE), [[0, 4], [1, 5]])):
        columns = [each.text("sequence") for each in groups_of(some, {})]
        found = [column.rows for column in columns if column is not None]
        assert [None if each is None else each.tolist() for each in found] == wanted
        assert [texts(each, "sequence") for each in groups_of(some, {})] == [
            [["A", "C", "G", "T", "AA", "CC"][row] for row in each] for each in wanted
        ]
