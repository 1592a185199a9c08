"""Plots of one place."""

import sys

import pytest

import biometal_stream as bs
from tests.reports.runs import fastq, report_of


def test_a_row_of_plots_for_each_group(tmp_path):
    pytest.importorskip("matplotlib")
    for mate in (1, 2):
        (tmp_path / f"R{mate}.fq").write_text(fastq(50, mate))
    reads = bs.read_fastq(tmp_path / "R1.fq", mate=tmp_path / "R2.fq") | bs.QualityControl()
    quality = reads.write_fastq(tmp_path / "o.fq").quality["reads"]
    figure = quality.plot()
    assert [ax.get_title() for ax in figure.axes[::4]] == ["Quality, mate 1", "Quality, mate 2"]
    assert len(figure.axes) == 8
    line = figure.axes[4].lines[0].get_ydata()
    rows = [row for row in quality.per_cycle.to_pylist() if row["group"] == "mate 2"]
    assert list(line) == [row["mean_quality"] for row in rows]
    figure.savefig(tmp_path / "plot.png")


@pytest.mark.parametrize("text", ["", ">a\nACGT\n"])
def test_reads_without_qualities_and_no_reads(tmp_path, text):
    pytest.importorskip("matplotlib")
    path = tmp_path / ("a.fa" if text else "a.fq")
    path.write_text(text)
    quality = (bs.read(path) | bs.QualityControl()).execution()
    list(quality.stream())
    figure = quality.report().quality["reads"].plot()
    figure.savefig(tmp_path / "plot.png")


def test_without_matplotlib(tmp_path, monkeypatch):
    (tmp_path / "a.fq").write_text(fastq(3))
    report = report_of(tmp_path / "a.fq")
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(bs.MissingExtraError, match=r"plot\(\) needs matplotlib .*\[plot\]"):
        report.quality["after"].plot()
