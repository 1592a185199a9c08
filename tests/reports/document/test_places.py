"""Places have the names that they were given, or names by their order."""

import pytest

from biometal_stream.reports.document.places import by_place
from biometal_stream.reports.quality.result import Quality


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ([], []),
        ([""], ["reads"]),
        (["raw"], ["raw"]),
        (["", ""], ["before", "after"]),
        (["", "", ""], ["before", "step 2", "after"]),
        (["", "", "", ""], ["before", "step 2", "step 3", "after"]),
        (["raw", "", ""], ["raw", "step 2", "after"]),
        (["", "mid", ""], ["before", "mid", "after"]),
        (["x", "x"], ["x", "x 2"]),
        (["after", ""], ["after", "after 2"]),
    ],
)
def test_names(given, names):
    results = [Quality({}, place) for place in given]
    results.insert(len(results) // 2, {"another": "result"})
    found = by_place(results)
    assert list(found) == names
    assert [each.place for each in found.values()] == names
