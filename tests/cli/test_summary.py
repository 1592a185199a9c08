"""The summary shows what was counted, and a dash where nothing was."""

from dataclasses import fields, replace

from biometal_stream.cli.summary import print_summary, rows_of
from biometal_stream.sinks.summary import ColumnSummary, LabelSummary, Summary

NOTHING = Summary(
    **{field.name: None for field in fields(Summary)} | {"reads": 0, "columns": (), "labels": ()}
)
SOME = Summary(
    reads=2000,
    pairs=1000,
    bases=500_000,
    min_length=30,
    mean_length=250.125,
    median_length=250.5,
    max_length=10_000_000,
    n50=251,
    mean_quality=18.849,
    arithmetic_mean_quality=34.912,
    q20=0.9449,
    q30=1.0,
    gc=0.42,
    n=0.0,
    columns=(
        ColumnSummary("tiny\x1b", 1e-9, 0.5, 123_456.789, 7),
        ColumnSummary("none", None, None, None, 2000),
        ColumnSummary("odd", float("-inf"), 0.0, 1e300, 0),
    ),
)


def test_rows():
    shown = dict(rows_of(SOME))
    assert shown["reads"] == "2,000"
    assert shown["pairs"] == "1,000"
    assert shown["mean length"] == "250.1"
    assert shown["longest read"] == "10,000,000"
    assert shown["mean quality (of error probability)"] == "18.85"
    assert shown["bases of Phred 20 or more"] == "94.5 %"


def test_nothing_is_a_dash():
    shown = dict(rows_of(NOTHING))
    assert shown.pop("reads") == "0"
    assert set(shown.values()) == {"-"}
    assert "pairs" not in shown
    assert "bases" not in shown


def test_print(capsys):
    print_summary(SOME)
    text = capsys.readouterr().out
    assert text.endswith(
        "\n"
        "column    least  mean   greatest  missing\n"
        "tiny\\x1b  1e-09   0.5  123,456.8        7\n"
        "none          -     -          -    2,000\n"
        "odd        -inf     0     1e+300        0\n"
    )


def test_labels_are_counted(capsys):
    labels = (LabelSummary("host\x1b", {"human": 1500, "\x1b": 300}, 0, 200),)
    print_summary(replace(SOME, labels=labels))
    lines = [line.split() for line in capsys.readouterr().out.splitlines()[-4:]]
    assert lines == [
        ["host\\x1b", "reads", "share"],
        ["human", "1,500", "75.0", "%"],
        ["\\x1b", "300", "15.0", "%"],
        ["-", "200", "10.0", "%"],
    ]
