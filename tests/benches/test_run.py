"""The bench, run whole on a few reads."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import dnaio
import pytest

from tests.conftest import REPOSITORY

READS = 3_000  # more than the bundled sample holds, so that it is repeated

JOBS = {
    "bare ISA-L: gzip": [0],
    "bare libdeflate: BGZF": [0],
    "gzip → batches": [1, ...],
    "BGZF → batches": [1, ...],
    "plain → batches": [1, ...],
    "gzip → Parquet zstd-1": [1, ...],
    "gzip → Parquet plain": [...],
    "gzip → filter → Parquet zstd-1": [1, ...],
    "gzip → filter → FASTQ": [1, ...],
    "gzip → filter → FASTQ.gz": [1, ...],
    "gzip → Arrow": [...],
    "command: stdin → filter → Parquet zstd-1": [...],
}
KERNELS = {
    "count newlines",
    "find lines",
    "measure lines",
    "check and copy records",
    "sum of Phred scores",
    "sum of error probabilities",
    "count low qualities",
    "decode qualities",
    "count G and C",
    "count N",
    "count changes",
    "format FASTQ",
    "hash names",
}


def bench(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benches.run", *map(str, words)]
    return subprocess.run(
        command, cwd=REPOSITORY, capture_output=True, encoding="utf-8", check=False
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("bench")


@pytest.fixture(scope="module")
def done(folder):
    sample = REPOSITORY / "biometal_stream" / "data"
    options = ("--reads", READS, "--repeats", 1, "--data", sample)
    return bench(*options, "--cache", folder / "cache", "--json", folder / "bench.json")


@pytest.fixture(scope="module")
def figures(done, folder):
    assert done.returncode == 0, done.stderr
    return json.loads((folder / "bench.json").read_text(encoding="utf-8"))


def test_the_input_is_the_same_reads_in_three_forms(figures) -> None:
    about = figures["input"]
    plain = Path(about["paths"]["plain"]).read_bytes()
    for form in ("gzip", "bgzf"):
        with gzip.open(about["paths"][form]) as stream:
            assert stream.read() == plain
    with dnaio.open(about["paths"]["plain"]) as reads:
        lengths = [len(read.sequence) for read in reads]
    assert len(lengths) == about["reads"] == READS
    assert sum(lengths) == about["bases"]
    assert len(plain) == about["text"] == about["sizes"]["plain"]
    assert about["pass_reads"] == 2_000
    assert plain[about["pass_bytes"] :] == plain[: len(plain) - about["pass_bytes"]]


def test_every_job_is_timed(figures) -> None:
    cores = figures["machine"]["cores"]
    expected = [
        (name, number)
        for name, workers in JOBS.items()
        for number in sorted({cores if each is ... else each for each in workers})
    ]
    jobs = figures["jobs"]
    assert [(job["name"], job["workers"]) for job in jobs] == expected
    for job in jobs:
        assert len(job["rounds"]) == figures["repeats"] == 1
        assert 0 < job["best"] == job["median"] == job["rounds"][0]["wall"]
        assert job["cpu"] > 0
        assert job["ratio"] == pytest.approx(job["best"] / jobs[0]["best"])
        assert job["reads_per_second"] == pytest.approx(READS / job["best"])
        if job["name"].startswith("bare"):
            assert job["stages"] == []
            assert job["limit"] is None
            continue
        assert job["limit"] > 0
        assert job["over_limit"] == pytest.approx(job["best"] / job["limit"])
        assert job["bottleneck"] in {"input", *(stage["name"] for stage in job["stages"])}
        if "filter" in job["name"]:
            assert 0 < job["reads_out"] < READS
        else:
            assert job["reads_out"] == READS
        assert (job["bytes_written"] > 0) == ("batches" not in job["name"])


def test_every_kernel_is_timed(figures) -> None:
    assert {kernel["name"] for kernel in figures["kernels"]} == KERNELS
    for kernel in figures["kernels"]:
        assert kernel["kernel"] > 0
        assert kernel["rate"] > 0
        assert (kernel["whole"] is None) == (not kernel["called"])


def test_memory_and_starts_are_measured(figures) -> None:
    assert figures["memory"]["imports"] > 0
    assert figures["memory"]["once"] > 0
    assert [start["name"].split()[-1] for start in figures["starts"]] == [
        "pass",
        "--version",
        "--help",
        "demo",
    ]
    assert all(0 < start["best"] <= start["median"] for start in figures["starts"])


def test_the_machine_is_described(figures) -> None:
    machine = figures["machine"]
    assert machine["cpu"]
    assert machine["packages"].keys() >= {"pyarrow", "numba", "isal"}
    assert len(machine["load"]) == len(machine["load_after"]) == 3


def test_tables_are_printed_and_nothing_is_left(figures, done, folder) -> None:
    for title in ("Input", "Jobs", "Kernels", "Peak memory", "Start-up"):
        assert title in done.stdout
    assert done.stderr == ""
    left = {path.name for path in (folder / "cache").rglob("*") if path.is_file()}
    assert left == {"input.json", "reads.fq", "reads.fq.gz", "reads.bgzf.gz"}
    assert sum(1 for each in (folder / "cache").iterdir()) == 2  # the input, and the warm-up's


def test_one_part_alone(figures, folder) -> None:
    target = folder / "part.json"
    sample = REPOSITORY / "biometal_stream" / "data"
    options = ("--reads", READS, "--repeats", 2, "--data", sample, "--cache", folder / "cache")
    assert bench(*options, "--only", "kernel: count n", "--json", target).returncode == 0
    found = json.loads(target.read_text(encoding="utf-8"))
    assert {kernel["name"] for kernel in found["kernels"]} == {"count newlines", "count N"}
    assert not found.keys() & {"jobs", "memory", "starts"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--reads", "0"), "--reads"),
        (("--only", "("), "--only"),
        (("--data", "nowhere"), "nowhere: holds no .fastq.gz files; name a folder that does"),
    ],
)
def test_what_cannot_work_is_said(words, message) -> None:
    done = bench(*words)
    assert done.returncode == 2
    assert message in done.stderr.splitlines()[-1]
