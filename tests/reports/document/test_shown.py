"""The tables as a document shows them."""

import numpy as np

from biometal_stream.reports.document.shown import shown


def test_curves_of_adapters_keep_what_they_need():
    reads = [0, 0, 0, 0, 2, 3, 3, 3, 3, 9] + [0] * 5
    adapters = {
        "group": ["reads"] * 15,
        "adapter": ["x"] * 10 + ["y"] * 5,
        "first_cycle": [*range(1, 11), *range(1, 6)],
        "reads": reads,
    }
    found = shown({"adapters": adapters, "totals": {"group": ["reads"], "reads": [9]}})
    assert found["totals"] == {"group": ["reads"], "reads": [9]}
    assert found["adapters"]["first_cycle"] == [1, 4, 5, 6, 9, 10, 1, 5]
    x = slice(0, 6)
    cycles, counts = (found["adapters"][name][x] for name in ("first_cycle", "reads"))
    known = np.interp(range(1, 11), cycles, counts)
    assert known.tolist() == reads[:10]


def test_curves_of_groups_do_not_run_into_each_other():
    adapters = {"group": ["mate 1", "mate 2"], "adapter": ["x", "x"], "reads": [0, 0]}
    assert shown({"adapters": adapters})["adapters"] == adapters
