"""The bench of reports: its commands and its goals."""

import pytest

from benches.inputs import Input
from benches.reports import goals
from benches.reports.goals import TIMES
from benches.reports.ways import ALONE, JOBS, OURS, trimming
from benches.tools.base import Peers, Work


def test_goals_are_met_or_missed():
    seconds = {OURS: 1.0, "FastQC": 5.0, "sequali": 2.0, "fastp, no filter": 1.0}
    assert goals.alone(seconds, 200e6, OURS) == [
        f"FastQC takes 5.00{TIMES} our time, goal at least 5{TIMES}: met",
        f"sequali takes 2.00{TIMES} our time, goal at least 3{TIMES}: missed",
        "memory 200 MB, goal at most 300 MB: met",
    ]
    assert goals.added("job", 1.2).endswith(f"goal at most 1.10{TIMES}: missed")


@pytest.mark.parametrize("way", ALONE, ids=lambda way: way.name)
def test_each_way_reads_the_input_and_writes_into_the_folder(way):
    words = way.words("program", "in.fq.gz", "folder", "2")
    assert "in.fq.gz" in words
    assert "2" in words
    assert any(word.startswith("folder") for word in words) or way.name == "polars-bio"
    assert way.path(Peers()) == OURS if way.name == OURS else True


def test_two_reports_are_all_that_differs(tmp_path):
    reads = Input("", 1, 1, 1, 1, 1, 1, 1, {"gzip": 1}, {}, str(tmp_path))
    for task in JOBS:
        work = Work(task, reads, tmp_path, 2)
        without, with_report = trimming(work, report=False), trimming(work, report=True)
        added = ["--report", str(tmp_path / "report.html")]
        assert sorted(with_report) == sorted([*without, *added])
