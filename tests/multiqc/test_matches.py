"""The reads that match indexes, as MultiQC shows them."""

import math

import pytest

from biometal_stream.multiqc.matches import NONE, SEVERAL, matches, percent_columns, percents
from biometal_stream.operators.matching.counts import MatchCounts
from biometal_stream.operators.matching.counts import Matches as Result
from biometal_stream.pipeline.plain import plain_object
from biometal_stream.reports.document.document import Document


def document(**results):
    return Document("s", "", "1", 8, 8, results=results)


def counted(only, several, names, matching="counted", **more):
    counts = MatchCounts(only, several, **more)
    return plain_object(Result.of(counts, names, matching=matching, shortest=45))


SCREEN = counted((3, 1), (1, 1), ("human", "phix"), reads=8, matched=5)
DEPLETE = counted((2,), (0,), ("human",), "dropped", reads=8, matched=2, paired=True)


def test_reads_are_shared_out_by_index():
    found = matches(document(screen=SCREEN))["screen"]
    assert found.bars == {"human": 3, "phix": 1, SEVERAL: 1, NONE: 3}
    assert sum(found.bars.values()) == 8
    assert (found.counted, found.drops) == ("reads", False)


def test_of_one_index_none_match_several():
    found = matches(document(deplete=DEPLETE))["deplete"]
    assert found.bars == {"human": 2, NONE: 6}
    assert (found.percent, found.counted, found.drops) == (25, "pairs", True)


def test_steps_that_drop_have_a_column():
    found = {"a": matches(document(screen=SCREEN, deplete=DEPLETE)), "b": {}}
    assert [each["title"] for each in percent_columns(found).values()] == ["% matched"]
    assert percents(found["a"]) == {"deplete_matched": 25}
    assert percents(found["b"]) == {}
    assert percent_columns({"b": {}}) == {}


def test_columns_of_several_steps_have_their_names():
    found = matches(document(**{"deplete": DEPLETE, "deplete-2": DEPLETE, "screen": SCREEN}))
    columns = percent_columns({"a": found})
    assert set(columns) == set(percents(found)) == {"deplete_matched", "deplete-2_matched"}
    assert [each["title"] for each in columns.values()] == [
        "% matched, deplete",
        "% matched, deplete-2",
    ]


def test_without_reads_there_is_no_percentage():
    empty = counted((0,), (0,), ("human",), "kept")
    found = matches(document(**{"keep-matching": empty}))
    assert found["keep-matching"].bars == {"human": 0, NONE: 0}
    assert percents(found) == {}


@pytest.mark.parametrize(
    "result",
    [
        None,
        3,
        [1, 2],
        {"reads": 3},
        {**SCREEN, "indexes": [1]},
        {**SCREEN, "indexes": {"human": 3}},
        {**SCREEN, "indexes": {"human": {"only": None}}},
        {**SCREEN, "reads": "many"},
        {**SCREEN, "matched": math.inf},
        {**SCREEN, "matched": 10**400},
        {"indexes": {}},
    ],
)
def test_results_of_other_steps_are_left_out(result):
    assert matches(document(screen=result, deplete=DEPLETE)).keys() == {"deplete"}
