"""What the plugin shows, from tables as a report has them."""

import pyarrow as pa
import pytest

from biometal_stream.multiqc import data
from biometal_stream.reports.document.document import Document
from tests.reports.runs import Shown


def place(**tables):
    return Shown({name: pa.Table.from_pylist(rows) for name, rows in tables.items()})


def step(name, dropped, kind="filter"):
    counts = {"reads_in": None, "reads_out": None, "dropped": dropped, "pairs_merged": None}
    return {"name": name.split()[0], "operator": name, "kind": kind, **counts}


def totals(group, reads, bases, q30, **more):
    counts = {"q20_bases": q30, "q30_bases": q30, "gc_bases": bases // 2, "n_bases": 0}
    spread = {"median_length": 1.0, "n50": 2, "mean_quality": 3.0}
    return {"group": group, "reads": reads, "bases": bases, **counts, **spread, **more}


def document(*places, steps=(), reads_in=100, reads_out=60):
    names = ("reads",) if len(places) == 1 else ("before", "after")
    quality = dict(zip(names, places, strict=False))
    return Document("s", "", "1", reads_in, reads_out, steps=tuple(steps), quality=quality)


def test_steps_show_what_they_dropped_and_what_is_kept():
    steps = [step("min-length 20", 30), step("measure", 0), step("max-n 0", 10)]
    found = data.reads_by_step(document(steps=steps))
    assert found == {"min-length 20": 30, "max-n 0": 10, "kept": 60}
    assert list(found) == ["min-length 20", "max-n 0", "kept"]


def test_equal_steps_add_up_and_long_ones_are_cut():
    steps = [step("min-length 20", 1), step("min-length 20", 2), step("where " + "x" * 90, 3)]
    found = data.reads_by_step(document(steps=steps))
    assert found["min-length 20"] == 3
    assert all(len(name) <= 50 for name in found)


def test_merged_mates_are_not_lost():
    merging = step("merge-pairs", 0, "operator") | {"pairs_merged": 10}
    report = document(steps=[step("max-n 0", 30), merging])
    assert data.reads_by_step(report) == {"max-n 0": 30, data.MERGED: 10, "kept": 60}
    assert data.figures(report)["kept"] == 70


def test_figures_of_mates_are_those_of_both():
    before = place(totals=[totals("mate 1", 50, 500, 400), totals("mate 2", 50, 400, 200)])
    after = place(totals=[totals("mate 1", 30, 300, 300), totals("mate 2", 30, 200, 100)])
    found = data.figures(document(before, after, steps=[step("max-n 0", 40)]))
    assert found["kept"] == 60
    assert found["before_q30"] == pytest.approx(100 * 600 / 900)
    assert found["after_q30"] == 80
    assert found["after_mean_length"] == pytest.approx(500 / 60)
    assert "after_n50" not in found  # that of two groups is unknown


def test_figures_of_one_place_are_those_after():
    found = data.figures(document(place(totals=[totals("reads", 60, 600, 300)]), reads_in=None))
    assert found["after_n50"] == 2
    assert not any(name.startswith("before") for name in found)
    assert "kept" not in found  # the run was stopped early


def test_reads_without_qualities_have_no_shares_of_them():
    row = totals("reads", 60, 600, None, mean_quality=None)
    found = data.figures(document(place(totals=[row])))
    assert "after_q30" not in found
    assert found["after_gc"] == 50


def test_an_empty_run_has_no_figures_of_reads():
    found = data.figures(
        document(place(totals=[totals("reads", 0, 0, 0)]), reads_in=0, reads_out=0)
    )
    assert found == {"reads_in": 0, "reads_out": 0}


def test_curves_are_named_by_place_and_group():
    rows = [
        {"group": "mate 1", "first_cycle": 1, "mean_quality": 30.0},
        {"group": "mate 1", "first_cycle": 2, "mean_quality": None},
        {"group": "mate 2", "first_cycle": 1, "mean_quality": 20.0},
    ]
    found = data.curves(
        document(place(per_cycle=rows), place(per_cycle=rows[:1])),
        "per_cycle",
        ("first_cycle", "mean_quality"),
    )
    assert found == {
        "before, mate 1": {1: 30.0},
        "before, mate 2": {1: 20.0},
        "after, mate 1": {1: 30.0},
    }


def test_lengths_are_shown_as_reads_that_are_as_long():
    rows = [
        {"group": "reads", "length": 100, "reads": 3},
        {"group": "reads", "length": 20, "reads": 1},
    ]
    found = data.reads_as_long(document(place(lengths=rows)))
    assert found == {"reads": {0: 100, 20: 100, 100: 75, 101: 0}}


def test_labels_of_groups_add_up():
    rows = [
        {"group": "mate 1", "column": "origin_label", "label": "human", "reads": 3},
        {"group": "mate 2", "column": "origin_label", "label": "human", "reads": 4},
        {"group": "mate 2", "column": "origin_label", "label": "virus", "reads": 1},
    ]
    found = data.labels(document(place(labels=rows)))
    assert found == {"origin_label": {"human": 7, "virus": 1}}


def test_the_worst_verdict_of_a_module_counts():
    rows = [
        {"module": "GC", "level": "pass"},
        {"module": "GC", "level": "fail"},
        {"module": "N", "level": "pass"},
    ]
    assert data.worst(rows) == {"GC": 0.25, "N": 1.0}


def test_a_report_without_places_or_tables_shows_nothing_of_them():
    assert data.labels(document()) == {}
    assert data.calibration(document(place())) == {}
    assert data.verdicts(document(), "wgs") == []


def test_what_is_shown_of_a_report_does_not_hold_it():
    place_of_reads = place(totals=[totals("reads", 60, 600, 300)], per_cycle=[])
    place_of_reads.state = {}
    report = document(place_of_reads, steps=[step("max-n 0", 40)])
    found = data.shown(report, "rna")
    assert found.steps == {"max-n 0": 40, "kept": 60}
    assert found.figures["kept"] == 60
    assert found.verdicts == []
    assert report not in vars(found).values()
