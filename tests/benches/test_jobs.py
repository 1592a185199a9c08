"""Jobs in turn, with tools that are a line of shell each."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from benches import figures, inputs, jobs
from benches.jobs import Job
from benches.kept import Kept
from benches.processes import FailedError
from benches.runs import Check
from benches.tasks import COUNT, INFLATE_GZIP, LENGTH_N, PAIRS, Task
from benches.tools.bare import Bare
from benches.tools.base import Line, Work

COUNTED, FASTQ = Task("plain", COUNT), Task("plain", "FASTQ", LENGTH_N)


@dataclass(frozen=True)
class Shell:
    """Runs a script with the input as ``$1`` and the target as ``$2``."""

    name: str
    script: str
    installed: bool = True
    more: str = ""

    def version(self) -> str | None:
        return "1" if self.installed else None

    def threads(self, task: Task, cores: int) -> tuple[int, ...]:
        return () if task.output == "nothing" else (1, cores)

    def line(self, work: Work) -> Line:
        return Line(("sh", "-c", self.script, "sh", *work.inputs, *work.targets))


COPY = Shell("copy", 'cp "$1" "$2"')
NUMBER = Shell("number", 'echo $(($(wc -l < "$1") / 4))')
FLAKY = Shell("flaky", '[ $(wc -l < "$1") -lt 100 ] && cp "$1" "$2"')


@pytest.fixture(scope="module")
def reads(source, tmp_path_factory) -> tuple[inputs.Input, inputs.Input]:
    cache = tmp_path_factory.mktemp("cache")
    files = [source / "sample.fastq.gz"]
    return inputs.prepare(files, 100, cache), inputs.prepare(files, 10, cache)


def test_what_is_missing_is_left_out(reads) -> None:
    gone = Shell("gone", "false", installed=False)
    tasks = [INFLATE_GZIP, FASTQ, Task(PAIRS, "FASTQ", LENGTH_N)]
    found, left_out = jobs.all_jobs(tasks, [Bare(), COPY, gone], reads[0], cores=2)
    assert [job.name for job in found] == [
        "gzip → nothing: bare inflation, 1",
        "plain → filter (length, N) → FASTQ: copy, 1",
        "plain → filter (length, N) → FASTQ: copy, 2",
    ]
    assert [(each.name, each.tool) for each in left_out] == [("gone", "gone"), (tasks[2].name, "")]


def test_what_comes_out_is_counted(reads, tmp_path) -> None:
    found = jobs.run_once(Job(FASTQ, COPY, 1), reads[0], tmp_path, Check.CONTENTS)
    assert (found.reads, found.sizes) == (100, (reads[0].text,))
    assert jobs.run_once(Job(FASTQ, COPY, 1), reads[0], tmp_path, Check.NOTHING).reads is None
    assert jobs.run_once(Job(COUNTED, NUMBER, 1), reads[0], tmp_path, Check.NOTHING).reads == 100
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("exit 3", "exit status 3"),
        ("true", "cannot be read: .*No such file"),
    ],
)
def test_a_tool_that_cannot_do_its_job_is_left_out(reads, tmp_path, script, message) -> None:
    good, bad = Job(FASTQ, COPY, 1), Job(FASTQ, Shell("bad", script), 1)
    able, (unable,) = jobs.try_jobs([good, bad], reads[1], tmp_path, lambda _: None)
    assert able == [good]
    assert unable.tool == "bad"
    with pytest.raises(FailedError, match=message):
        jobs.run_once(bad, reads[1], tmp_path, Check.CONTENTS)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_missing_is_told_also_where_nothing_is_counted(reads, tmp_path) -> None:
    with pytest.raises(FailedError, match=r"wrote no file out\.fastq"):
        jobs.run_once(Job(FASTQ, Shell("bad", "true"), 1), reads[1], tmp_path, Check.NOTHING)


def test_every_second_round_goes_the_other_way(reads, tmp_path) -> None:
    own = [Job(FASTQ, COPY, 1), Job(FASTQ, COPY, 2), Job(FASTQ, FLAKY, 1)]
    told: list[str] = []
    laps, left_out = jobs.run_jobs(own, *reads, 2, tmp_path, told.append)
    bare, one, two, flaky = "gzip → nothing: bare inflation, 1", *(job.name for job in own)
    assert [each.partition(": ")[2] for each in told] == [
        *(bare, one, two, flaky),
        *(bare, two, one),
    ]
    assert list(laps) == own[:2]
    assert [each.tool for each in left_out] == ["flaky"]
    for each in laps.values():
        assert [lap.full.reads for lap in each] == [100, None]
        assert all(lap.full.usage.wall > 0 < lap.start.usage.wall for lap in each)
        assert each[0].start.sizes == (reads[1].text,)


def test_bare_decompression_is_compared_with_itself(reads, tmp_path) -> None:
    job = Job(INFLATE_GZIP, Bare(), 1)
    laps, _ = jobs.run_jobs([job], *reads, 1, tmp_path, lambda _: None)
    (lap,) = laps[job]
    assert lap.full.usage.wall == lap.bare
    assert not Path(tmp_path, "out").exists()


def test_all_is_counted_and_what_the_most_threads_write_is_read(reads, tmp_path) -> None:
    one, two = Job(FASTQ, COPY, 1), Job(FASTQ, COPY, 2)
    laps, _ = jobs.run_jobs([one, two], *reads, 2, tmp_path, lambda _: None)
    assert [[lap.full.reads for lap in own] for own in laps.values()] == [[100, None]] * 2
    assert laps[one][0].full.contents is None
    assert laps[two][0].full.contents is not None


def test_runs_that_were_kept_are_not_made_again(reads, tmp_path) -> None:
    kept = Kept(tmp_path / "kept.jsonl", "here")
    first, _ = jobs.run_jobs([Job(FASTQ, COPY, 1)], *reads, 2, tmp_path, lambda _: None, kept)
    never = Job(FASTQ, Shell("copy", "exit 1"), 1)
    again = Kept(tmp_path / "kept.jsonl", "here")
    second, failed = jobs.run_jobs([never], *reads, 2, tmp_path, lambda _: None, again)
    assert list(second.values()) == list(first.values())
    assert failed == []
    more, failed = jobs.run_jobs([never], *reads, 3, tmp_path, lambda _: None, again)
    assert more == {}
    assert [each.reason for each in failed]


def test_an_interrupt_keeps_what_is_done(reads, tmp_path) -> None:
    one, two = Job(FASTQ, COPY, 1), Job(FASTQ, COPY, 2)

    def interrupt(told: str) -> None:
        if told == f"round 2 of 3: {one.name}":
            raise KeyboardInterrupt

    laps, left_out = jobs.run_jobs([one, two], *reads, 3, tmp_path, interrupt)
    assert {job: len(own) for job, own in laps.items()} == {one: 1, two: 2}
    assert [each.reason for each in left_out] == [
        "interrupted after 1 of 3 rounds",
        "interrupted after 2 of 3 rounds",
    ]
    found = figures.job_results(laps, reads[0], cores=2)
    assert len(found) == 2
