"""Reads that are split on their way: what a run counts, and where the parts go."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass

import pyarrow.parquet as pq
import pytest

import biometal_stream as bs
from biometal_stream.cli.main import main
from biometal_stream.interfaces import Look, Reshaping
from tests.engines.stand_ins import InProcess


def fastq(number: int) -> str:
    """Reads of several stretches of good and of bad quality."""
    draw = random.Random(number)
    records = []
    for read in range(number):
        quality = "".join(draw.choice("I!") * draw.randint(1, 30) for _ in range(8))
        bases = "".join(draw.choices("ACGT", k=len(quality)))
        records.append(f"@r{read} d{read}\n{bases}\n+\n{quality}\n")
    return "".join(records)


SPLIT = bs.SplitQuality(15, window=5)


@pytest.fixture
def reads(tmp_path):
    path = tmp_path / "reads.fq"
    path.write_text(fastq(4000))
    return path


def test_a_splitter_is_recognised():
    assert isinstance(SPLIT, Reshaping)
    assert isinstance(bs.SplitAdapters(), Reshaping)
    assert not isinstance(bs.MaskQuality(), Reshaping)


@pytest.mark.parametrize("threads", [1, 4])
def test_the_report_counts_what_was_split(reads, tmp_path, threads):
    pipeline = bs.read_fastq(reads).with_options(threads=threads) | SPLIT | bs.MinLength(10)
    report = pipeline.write_parquet(tmp_path / "out.parquet")
    table = pq.read_table(tmp_path / "out.parquet")
    step, kept = report.steps
    assert (step.kind, step.reads_in, step.dropped) == ("splitter", 4000, 0)
    assert step.reads_out == kept.reads_in > 4000
    several = report.steps[0].reads_split
    assert 0 < several <= 4000
    assert kept.reads_out == table.num_rows == report.reads_out
    assert report.kept is None
    assert table.num_rows == sum(batch.num_rows for batch in pipeline.batches())


def test_rejected_parts_are_in_the_order_of_the_reads(reads, tmp_path):
    out, rejected = tmp_path / "out.fq", tmp_path / "rejected.fq"
    found = {}
    for threads in ("1", "3"):
        line = ["--threads", threads, "read", str(reads), "max-n", "0", "split-quality", "15"]
        line += ["--window", "5", "min-length", "12", "max-length", "40"]
        assert main([*line, "write", str(out), "--rejected", str(rejected), "--quiet"]) == 0
        found[threads] = out.read_bytes(), rejected.read_bytes()
    assert found["1"] == found["3"]
    names = [line.split()[0][1:] for line in rejected.read_text().splitlines()[::4]]
    numbers = [(int(read), int(part or 1)) for read, _, part in map(_place, names)]
    assert numbers == sorted(numbers)
    kept = len(out.read_text().splitlines()) // 4
    parts = sum(batch.num_rows for batch in (bs.read_fastq(reads) | SPLIT).batches())
    assert kept + len(names) == parts


def _place(name: str) -> tuple[str, str, str]:
    return name[1:].partition("_s")


def test_parts_of_parts_are_rejected_in_order(reads, tmp_path):
    rejected = tmp_path / "rejected.parquet"
    steps = SPLIT, bs.MaxLength(60), bs.SplitQuality(30, window=2), bs.MinLength(12)
    pipeline = bs.read_fastq(reads)
    for step in steps:
        pipeline |= step
    pipeline.write_parquet(tmp_path / "out.parquet", rejected=rejected)
    rows = pq.read_table(rejected).to_pylist()
    assert {row["reason"] for row in rows} == {"max-length", "min-length"}
    places = [(int(row["parent"][1:]), row["parent_start"], row["parent_stop"]) for row in rows]
    assert places == sorted(places)


@dataclass(frozen=True)
class LearnToSplit(bs.SplitQuality):
    """A splitter that learns its window."""

    name = "learn-to-split"
    look = Look(10)

    def learn(self, _batches):
        return SPLIT


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize(
    "steps",
    [(SPLIT, bs.TrimAdapters()), (LearnToSplit(15),), (LearnToSplit(15), bs.TrimAdapters())],
)
def test_splitters_and_learners_go_together(reads, tmp_path, steps, threads):
    def written(*steps):
        pipeline = bs.read_fastq(reads).with_options(threads=threads)
        for step in (*steps, bs.MinLength(12)):
            pipeline |= step
        rejected = tmp_path / "rejected.fq"
        report = pipeline.write_fastq(tmp_path / "out.fq", rejected=rejected)
        step = report.steps[0]
        counts = step.kind, step.reads_in, step.reads_out, step.reads_split, step.dropped
        return counts, (tmp_path / "out.fq").read_bytes(), rejected.read_bytes()

    assert written(*steps) == written(SPLIT)


def test_the_end_of_a_run_shows_no_share_of_reads(reads, tmp_path, capsys):
    stats = tmp_path / "stats.json"
    line = ["--stats", str(stats), "read", str(reads), "split-quality", "15", "--window", "5"]
    assert main([*line, "write", str(tmp_path / "out.fq")]) == 0
    step = json.loads(stats.read_text())["steps"][0]
    parts = step["reads_out"] - step["reads_in"] + step["reads_split"]
    said = capsys.readouterr().err
    assert f"{step['reads_split']:,} reads split into {parts:,}\n" in said
    assert "\n4,000 reads, " in said
    assert "kept" not in said


def test_partitions_of_an_engine_give_the_same_parts(reads, tmp_path):
    pipeline = bs.read_fastq(reads) | SPLIT
    pipeline.write_parquet(tmp_path / "one.parquet")
    report = pipeline.write_parquet(tmp_path / "many", engine=InProcess())
    one = pq.read_table(tmp_path / "one.parquet")
    many = pq.read_table(tmp_path / "many")
    assert many.sort_by("name").equals(one.sort_by("name"))
    assert report.steps[0].kind == "splitter"
    assert report.steps[0].reads_split is not None
