"""The command lines of the tools."""

import json
import sys
from pathlib import Path

import pytest

from benches import inputs
from benches.peers.tasks import compared_tasks
from benches.processes import FailedError
from benches.tasks import (
    ARITHMETIC,
    COUNT,
    ERRORS,
    INFLATE_GZIP,
    LENGTH_N,
    LENGTH_N_MEAN,
    LOOP,
    MEAN,
    PAIRS,
    TRIMMED,
    Prediction,
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
    check_tasks(all_tasks())
    check_tasks(compared_tasks())


def check_tasks(tasks: list[Task]) -> None:
    assert tasks[0] == INFLATE_GZIP
    assert len({task.name for task in tasks}) == len(tasks)
    for task in tasks:
        ours = "bare inflation" if task.output == "nothing" else "biometal-stream"
        assert ours in able(task)


def test_a_tool_does_only_tasks_that_it_has_an_equal_of() -> None:
    assert able(Task("gzip", "FASTQ", LENGTH_N)) == {
        *("biometal-stream", "fastp", "AdapterRemoval", "cutadapt", "dnaio", "polars-bio")
    }
    assert able(Task("gzip", "FASTQ", ARITHMETIC)) == {
        *("biometal-stream", "fastp", "AdapterRemoval")
    }
    assert able(Task("gzip", "FASTQ.gz", LENGTH_N_MEAN)) == {"biometal-stream", "cutadapt"}
    assert able(Task("gzip", "FASTQ", ERRORS)) == {"biometal-stream", "cutadapt"}
    assert able(Task("gzip", "FASTQ", MEAN)) == {"biometal-stream", "seqkit", "fastq-filter"}
    assert able(Task("gzip", "Parquet", LENGTH_N)) == {
        *("biometal-stream", "polars-bio", "oxbow", "biobear")
    }
    assert able(Task("gzip", "Parquet", LENGTH_N, piped=True)) == {"biometal-stream"}
    assert able(Task(PAIRS, "FASTQ", LENGTH_N)) == {
        *("biometal-stream", "fastp", "AdapterRemoval", "cutadapt", "dnaio")
    }
    assert able(Task(PAIRS, "FASTQ.gz", LENGTH_N)) == able(Task(PAIRS, "FASTQ", LENGTH_N)) | {
        *("fastp by default", "AdapterRemoval by default")
    }
    assert able(Task("gzip", LOOP)) == {"biometal-stream", "dnaio"}
    assert able(Task("gzip", "Parquet", prediction=Prediction("quality", "int8"))) == {
        "biometal-stream"
    }
    assert able(Task("zstd", COUNT)) == {"biometal-stream", "seqkit", "dnaio", "biobear"}
    assert able(INFLATE_GZIP) == {"bare inflation"}


@pytest.mark.parametrize(
    ("cores", "counts"),
    [(1, (1,)), (2, (1, 2)), (3, (1, 2, 3)), (6, (1, 2, 4, 6)), (16, (1, 2, 4, 8, 16))],
)
def test_threads_double_up_to_the_cores(cores, counts) -> None:
    task = Task("gzip", "FASTQ", LENGTH_N)
    for tool in ("biometal-stream", "fastp", "AdapterRemoval", "cutadapt", "polars-bio"):
        assert TOOLS[tool].threads(task, cores) == counts
    assert TOOLS["dnaio"].threads(task, cores) == (0,)


def test_every_tool_is_told_the_same_filter() -> None:
    task = Task("gzip", "FASTQ", LENGTH_N)
    ours = words("biometal-stream", task)
    assert "--threads 2" in ours
    assert ours.endswith("read /in/reads.fastq.gz min-length 50 max-n 2 write /out/out.fastq")
    fastp = words("fastp", task)
    assert "--length_required 50 --unqualified_percent_limit 100 --n_base_limit 2" in fastp
    assert "--average_qual" not in fastp
    assert {"--disable_adapter_trimming", "--disable_trim_poly_g"} <= set(fastp.split())
    assert "--thread 2" in fastp
    cutadapt = words("cutadapt", task)
    assert "--minimum-length 50 --max-n 2 --output /out/out.fastq" in cutadapt
    assert "--cores 2" in cutadapt
    removal = words("AdapterRemoval", task)
    assert "--min-length 50 --max-ns 2" in removal
    for off in ("--adapter-selection none", "--pre-trim-polyx off", "--quality-trimming none"):
        assert off in removal
    asked = json.loads(TOOLS["oxbow"].line(Work(task, READS, Path("/out"), 2)).words[-1])
    assert asked["min_length"] == 50
    assert asked["max_n"] == 2


def test_filters_by_quality() -> None:
    arithmetic, errors = Task("gzip", "FASTQ", ARITHMETIC), Task("gzip", "FASTQ", ERRORS)
    assert "min-arithmetic-mean-quality 20" in words("biometal-stream", arithmetic)
    assert "--average_qual 20" in words("fastp", arithmetic)
    assert "max-expected-errors 1" in words("biometal-stream", errors)
    assert "--max-expected-errors 1" in words("cutadapt", errors)
    assert "--min-mean-quality 20" in words("AdapterRemoval", arithmetic)
    rated = words("cutadapt", Task("gzip", "FASTQ.gz", LENGTH_N_MEAN)).split()
    rate = float(rated[rated.index("--max-average-error-rate") + 1])
    assert 0.01 < rate < 0.01 * (1 + 1e-6)
    mean = Task("gzip", "FASTQ.gz", MEAN)
    assert "min-length 50 min-mean-quality 20" in words("biometal-stream", mean)
    assert "--min-len 50 --min-qual 20" in words("seqkit", mean)
    assert "--min-length 50 --mean-quality 20" in words("fastq-filter", mean)


def test_each_tool_trims() -> None:
    task = Task(PAIRS, "FASTQ.gz", TRIMMED)
    ours = words("biometal-stream", task)
    assert "trim-adapters trim-poly-g --when always trim-quality 20 --algorithm cut-right" in ours
    assert "--window 4 min-length 50 max-n 2" in ours
    fastp = words("fastp", task)
    assert "--trim_poly_g --cut_right --cut_right_window_size 4" in fastp
    assert "--cut_right_mean_quality 20" in fastp
    assert "--disable_adapter_trimming" not in fastp
    removal = words("AdapterRemoval", task)
    assert "--quality-trimming window --trim-windows 4 --trim-min-quality 20" in removal
    assert "--adapter-selection" not in removal
    assert "-a AGATCGGAAGAGC -A AGATCGGAAGAGC --nextseq-trim 20" in words("cutadapt", task)
    for tool in ("biometal-stream", "fastp", "AdapterRemoval", "cutadapt"):
        assert TOOLS[tool].threads(task, 2) == (1, 2)


def test_pairs_are_read_and_written_as_two_files() -> None:
    task = Task(PAIRS, "FASTQ.gz", LENGTH_N)
    targets = ("/out/out_R1.fastq.gz", "/out/out_R2.fastq.gz")
    for tool in ("biometal-stream", "fastp", "AdapterRemoval", "cutadapt"):
        line = words(tool, task)
        for path in (*READS.paths(PAIRS), *targets):
            assert path in line
    assert Task(PAIRS, "Parquet").targets("/out/out") == ("/out/out.parquet",)


def test_fastq_gz_is_of_one_level() -> None:
    task = Task("gzip", "FASTQ.gz", MEAN)
    assert task.name.endswith("FASTQ.gz level 1")
    assert "--level 1" in words("biometal-stream", task)
    assert "--compress-level 1" in words("seqkit", task)
    assert "--compression-level 1" in words("fastq-filter", task)
    task = Task(PAIRS, "FASTQ.gz", LENGTH_N)
    assert "--level 1" in words("biometal-stream", task)
    assert "--compression 1" in words("fastp", task)
    assert "--compression-level 1" in words("AdapterRemoval", task)
    assert "--compression-level 1" in words("cutadapt", task)
    assert json.loads(words("dnaio", task).split(" ", 3)[-1])["level"] == 1
    assert "--level" not in words("biometal-stream", Task("gzip", "FASTQ", LENGTH_N))


@pytest.mark.parametrize("tool", ["fastp", "AdapterRemoval"])
def test_a_default_job_turns_nothing_off_and_says_what_it_does(tool) -> None:
    task = Task(PAIRS, "FASTQ.gz", LENGTH_N)
    line = words(f"{tool} by default", task)
    assert not any(word in line for word in ("disable", "none", "length_", "min-length", "null"))
    assert "trims" in TOOLS[f"{tool} by default"].more
    assert not TOOLS[tool].more


def test_threads_of_those_that_take_them_from_the_environment() -> None:
    line = TOOLS["polars-bio"].line(Work(Task("gzip", "Parquet"), READS, Path("/out"), 1))
    assert line.environment["POLARS_MAX_THREADS"] == "1"
    assert json.loads(line.words[-1])["threads"] == 1


def test_what_is_not_installed_has_no_version(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for tool in all_tools(Peers(tmp_path)):
        ours = tool.name in {"biometal-stream", "bare inflation"}
        assert (tool.version() is not None) == ours


def test_a_program_on_the_path_is_asked_for_its_version(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    for name, told in (
        ("fastp", "echo fastp 1.3.6 >&2"),
        ("adapterremoval3", "echo AdapterRemoval v3.0.2"),
        ("seqkit", "echo seqkit v2.13.0"),
        ("cutadapt", "echo development version"),
    ):
        (tmp_path / name).write_text(f"#!/bin/sh\n{told}\n")
        (tmp_path / name).chmod(0o755)
    versions = {tool.name: tool.version() for tool in all_tools(Peers(tmp_path))}
    assert versions["fastp"] == versions["fastp by default"] == "1.3.6"
    assert versions["AdapterRemoval"] == "3.0.2"
    assert versions["seqkit"] == "2.13.0"
    assert versions["cutadapt"] == "of unknown version"
    assert versions["oxbow"] is None


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
