"""What laps come to, and what is said of tools that did not do the same."""

from dataclasses import replace
from pathlib import Path

import pytest

from benches import figures, inputs
from benches.contents import Contents
from benches.jobs import Job
from benches.processes import Usage
from benches.runs import Lap, Run
from benches.tasks import COUNT, LENGTH_N, Task
from benches.tools import Peers, all_tools

READS = inputs.Input("", 1, 100, 15_000, 100, 100, 30_000, 0, {"plain": 1}, {}, "/in")
TOOLS = {tool.name: tool for tool in all_tools(Peers(Path("/none")))}
FASTQ, COUNTED = Task("gzip", "FASTQ", LENGTH_N), Task("gzip", COUNT)


def stage(name: str, kind: str, cpu: float) -> dict:
    return {"name": name, "kind": kind, "cpu": cpu}


def run(wall: float, cpu: float = 0.0, reads: int | None = None, size: int = 0, **report) -> Run:
    return Run(Usage(wall, cpu, 0.0, 1 << 20, ""), (size,) if size else (), reads, report)


SAME = Contents(90, (1, 2, 3), (4, 5, 6))
OTHER = Contents(90, (1, 0, 0), (4, 0, 0))


def lap(wall: float, reads: int = 90, size: int = 1000, contents: Contents = SAME) -> Lap:
    full = replace(run(wall, reads=reads, size=size), contents=contents)
    return Lap(full, run(0.5), bare=2.0)


@pytest.mark.parametrize(
    ("source", "work", "cpu", "workers", "seconds"),
    [
        (4.0, 2.0, 6.0, 2, 4.0),  # the source
        (1.0, 8.0, 9.0, 1, 8.0),  # the one worker
        (1.0, 8.0, 9.0, 2, 4.5),  # the cores
        (1.0, 8.0, 20.0, 2, 10.0),  # work that no stage has counted
    ],
)
def test_the_limit_is_the_largest_of_three(source, work, cpu, workers, seconds) -> None:
    stages = [stage("read", "source", source + 0.25), stage("parse", "workers", work + 0.5)]
    before = [stage("read", "source", 0.25), stage("parse", "workers", 0.5)]
    full = run(12.0, cpu + 1.0, stages=stages, workers=workers)
    found = figures.machine_limit(
        Lap(full, run(1.5, 1.0, stages=before, workers=workers), bare=1.0), cores=2
    )
    assert found is not None
    assert found.seconds == pytest.approx(seconds)
    assert found.stage == "read"
    assert found.metered == pytest.approx((source + work) / cpu)


def test_other_tools_have_no_limit() -> None:
    assert figures.machine_limit(lap(3.0), cores=2) is None


def test_ratios_are_those_of_one_round() -> None:
    ours, fastp = Job(FASTQ, TOOLS["biometal-stream"], 2), Job(FASTQ, TOOLS["fastp"], 2)
    laps = {ours: [lap(2.5), lap(1.5), lap(4.5)], fastp: [lap(10.0), lap(7.5), lap(45.0)]}
    one, two = figures.job_results(laps, READS, cores=2)
    assert (one.best, one.median, one.start) == (1.5, 2.5, 0.5)
    assert one.of_isal == pytest.approx(1.25)
    assert one.of_isal_best == pytest.approx(0.75)
    assert one.of_ours == 1.0
    assert two.of_ours == pytest.approx(5.0)
    assert two.reads_per_second == pytest.approx(100 / 7.5)
    assert (two.reads_out, two.bytes_written, two.peak) == (90, 1000, 1 << 20)
    assert [each["wall"] for each in two.rounds] == [10.0, 7.5, 45.0]


def differences(*jobs: tuple[Task, str, Lap]) -> list[str]:
    laps = {Job(task, TOOLS[tool], 2): [own] for task, tool, own in jobs}
    return figures.differences(figures.job_results(laps, READS, 2), [FASTQ, COUNTED], READS)


def test_tools_that_do_the_same_are_not_told_of() -> None:
    assert differences((FASTQ, "biometal-stream", lap(1)), (FASTQ, "fastp", lap(2, 90, 1040))) == []


def test_other_reads_and_other_sizes_are_told() -> None:
    assert differences((FASTQ, "fastp", lap(2, 89)), (FASTQ, "biometal-stream", lap(1))) == [
        f"{FASTQ.name}: fastp has 89 reads, biometal-stream 90: not the same job"
    ]
    assert differences((FASTQ, "fastp", lap(2, 90, 2000)), (FASTQ, "biometal-stream", lap(1))) == [
        f"{FASTQ.name}: the file of fastp is 100% larger than that of biometal-stream"
    ]


def test_other_reads_of_the_same_number_are_told() -> None:
    other = lap(2, contents=OTHER)
    (told,) = differences((FASTQ, "biometal-stream", lap(1)), (FASTQ, "fastp", other))
    start = f"{FASTQ.name}: fastp has as many reads as biometal-stream, but "
    assert told == f"{start}other sequences and qualities"
    unordered = replace(SAME, ordered=(3, 2, 1))
    other = lap(2, contents=unordered)
    (told,) = differences((FASTQ, "biometal-stream", lap(1)), (FASTQ, "fastp", other))
    assert told == f"{start}another order"


def test_a_tool_that_does_more_is_not_compared() -> None:
    more = (FASTQ, "fastp by default", lap(2, 80, 2000))
    assert differences((FASTQ, "biometal-stream", lap(1)), more) == []


def test_a_count_is_compared_with_the_input() -> None:
    assert differences((COUNTED, "biometal-stream", lap(1, 100, 0))) == []
    assert differences((COUNTED, "seqkit", lap(1, 99, 0))) == [
        f"{COUNTED.name}: seqkit has 99 of 100 reads"
    ]
