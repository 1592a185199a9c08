"""The command lines of the tools."""

import json
import sys
from pathlib import Path

import pytest

from benches import inputs
from benches.processes import FailedError
from benches.tasks import (
    ARITHMETIC,
    COUNT,
    ERRORS,
    INFLATE_GZIP,
    LENGTH_N,
    MEAN,
    PAIRS,
    Task,
    all_tasks,
)
from benches.tools import Peers, all_tools
from benches.tools.base import Line, Work

READS = inputs.Input("", 1, 10, 10, 10, 10, 10, 5, {"plain": 1}, {}, "/in")
TOOLS = {tool.name: tool for tool in all_tools(Peers())}
OWN = {"length, N, arithmetic mean": {"fastp"}, "length, N, expected errors": {"cutadapt"}}


def words(tool: str, task: Task, threads: int = 2) -> str:
    return " ".join(TOOLS[tool].line(Work(task, READS, Path("/out"), threads)).words)


def able(task: Task) -> set[str]:
    return {name for name, tool in TOOLS.items() if tool.threads(task, 2)}


def test_every_task_is_ours_and_has_a_name_of_its_own() -> None:
    tasks = all_tasks()
    assert tasks[0] == INFLATE_GZIP
    assert len({task.name for task in tasks}) == len(tasks)
    for task in tasks:
        ours = "bare inflation" if task.output == "nothing" else "biometal-stream"
        assert ours in able(task)


def test_a_tool_does_only_tasks_that_it_has_an_equal_of() -> None:
    assert able(Task("gzip", "FASTQ", LENGTH_N)) == {
        *("biometal-stream", "fastp", "cutadapt", "dnaio", "polars-bio")
    }
    assert able(Task("gzip", "FASTQ", ARITHMETIC)) == {"biometal-stream", "fastp"}
    assert able(Task("gzip", "FASTQ", ERRORS)) == {"biometal-stream", "cutadapt"}
    assert able(Task("gzip", "FASTQ", MEAN)) == {"biometal-stream", "seqkit", "fastq-filter"}
    assert able(Task("gzip", "Parquet", LENGTH_N)) == {
        *("biometal-stream", "polars-bio", "oxbow", "biobear")
    }
    assert able(Task("gzip", "Parquet", LENGTH_N, piped=True)) == {"biometal-stream"}
    assert able(Task(PAIRS, "FASTQ", LENGTH_N)) == {
        *("biometal-stream", "fastp", "cutadapt", "dnaio")
    }
    assert able(Task("zstd", COUNT)) == {"biometal-stream", "seqkit", "dnaio", "biobear"}
    assert able(INFLATE_GZIP) == {"bare inflation"}


def test_one_thread_and_as_many_as_there_are_cores() -> None:
    task = Task("gzip", "FASTQ", LENGTH_N)
    assert TOOLS["fastp"].threads(task, 1) == (1,)
    assert TOOLS["fastp"].threads(task, 4) == (1, 4)
    assert TOOLS["dnaio"].threads(task, 4) == (0,)


def test_every_tool_is_told_the_same_filter() -> None:
    task = Task("gzip", "FASTQ", LENGTH_N)
    ours = words("biometal-stream", task)
    assert "--threads 2" in ours
    assert ours.endswith("read /in/reads.fastq.gz min-length 50 max-n 2 write /out/out.fastq")
    fastp = words("fastp", task)
    assert "--length_required 50 --unqualified_percent_limit 100 --n_base_limit 2" in fastp
    assert "--average_qual" not in fastp
    assert {"--disable_adapter_trimming", "--disable_trim_poly_g"} <= set(fastp.split())
    assert fastp.endswith("--thread 2")
    cutadapt = words("cutadapt", task)
    assert "--cores 2 --minimum-length 50 --max-n 2 --output /out/out.fastq" in cutadapt
    asked = json.loads(TOOLS["oxbow"].line(Work(task, READS, Path("/out"), 2)).words[-1])
    assert asked["min_length"] == 50
    assert asked["max_n"] == 2


def test_filters_by_quality() -> None:
    arithmetic, errors = Task("gzip", "FASTQ", ARITHMETIC), Task("gzip", "FASTQ", ERRORS)
    assert "min-arithmetic-mean-quality 20" in words("biometal-stream", arithmetic)
    assert "--average_qual 20" in words("fastp", arithmetic)
    assert "max-expected-errors 1" in words("biometal-stream", errors)
    assert "--max-expected-errors 1" in words("cutadapt", errors)
    mean = Task("gzip", "FASTQ.gz", MEAN)
    assert "min-length 50 min-mean-quality 20" in words("biometal-stream", mean)
    assert "--min-len 50 --min-qual 20" in words("seqkit", mean)
    assert "--min-length 50 --mean-quality 20" in words("fastq-filter", mean)


def test_pairs_are_read_and_written_as_two_files() -> None:
    task = Task(PAIRS, "FASTQ.gz", LENGTH_N)
    targets = ("/out/out_R1.fastq.gz", "/out/out_R2.fastq.gz")
    for tool in ("biometal-stream", "fastp", "cutadapt"):
        line = words(tool, task)
        for path in (*READS.paths(PAIRS), *targets):
            assert path in line
    assert Task(PAIRS, "Parquet").targets("/out/out") == ("/out/out.parquet",)


def test_threads_of_those_that_take_them_from_the_environment() -> None:
    line = TOOLS["polars-bio"].line(Work(Task("gzip", "Parquet"), READS, Path("/out"), 1))
    assert line.environment["POLARS_MAX_THREADS"] == "1"
    assert json.loads(line.words[-1])["threads"] == 1


def test_what_is_not_installed_has_no_version(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for tool in all_tools(Peers(tmp_path)):
        ours = tool.name in {"biometal-stream", "bare inflation"}
        assert (tool.version() is not None) == ours


def test_peers_are_found_in_their_environment_first(tmp_path, monkeypatch) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "fastp").touch()
    assert Peers(tmp_path).program("fastp") == str(tmp_path / "bin" / "fastp")
    assert Peers(tmp_path).python is None
    assert Peers(Path(sys.prefix)).python == str(Path(sys.prefix, "bin", "python"))


def test_a_number_of_reads_that_is_not_told_is_an_error() -> None:
    assert Line(("tool",)).count("12\n") == 12
    assert Line(("tool",), column=3).count("file\tnum\na\tb\tc\t12\td\n") == 12
    for output in ("", "no\n", "1\t2\n"):
        with pytest.raises(FailedError, match="reported no number of reads"):
            Line(("tool",), column=3).count(output)
