"""The table of steps: what each did, and bars where they are wanted."""

from dataclasses import asdict, replace

from biometal_stream.pipeline.step import Step
from biometal_stream.reports.text.steps import step_table


def steps(*given):
    return [asdict(each) for each in given]


FILTER = Step("max-n", "max-n 0", "filter", 100, 50, dropped=50, reason="more than 0 N")
TRIMMER = Step("trim-n", "trim-n", "trimmer", 50, 50, dropped=0, reads_trimmed=1, bases_trimmed=7)


def test_rows():
    columns, rows = step_table(
        steps(Step("summarize", "summarize", "observer", 9, 9), FILTER, TRIMMER)
    )
    assert columns == ("step", "reads in", "reads out", "dropped", "why")
    assert rows == [
        ("max-n 0", "100", "50", "50", "more than 0 N"),
        ("trim-n", "50", "50", "0", "1 read trimmed, 7 bases cut off"),
    ]


def test_bars():
    columns, rows = step_table(steps(FILTER, TRIMMER), bars_of=100)
    assert columns == ("step", "reads in", "reads out", "dropped", "", "why")
    assert [row[4] for row in rows] == ["█████     ", "█████     "]
    _, rows = step_table(steps(FILTER), bars_of=100, unicode=False)
    assert rows[0][4] == "#####     "


def test_unknown_numbers_have_no_bar():
    _, rows = step_table(steps(Step("head", "head 5", "operator", None, None)), bars_of=100)
    assert rows == [("head 5", "-", "-", "-", "", "")]


def test_splits():
    split = Step("split-adapters", "split-adapters", "splitter", 10, 11, dropped=0, reads_split=1)
    assert step_table(steps(split))[1][0][-1] == "1 read split into 2"


def test_merged_pairs():
    merge = Step("merge-pairs", "merge-pairs", "operator", 10, 7, dropped=0, pairs_merged=3)
    assert step_table(steps(merge))[1][0][-2:] == ("0", "3 pairs merged")
    merge = replace(merge, reads_out=3, dropped=4, reason="not merged")
    assert step_table(steps(merge))[1][0][-2:] == ("4", "not merged; 3 pairs merged")
