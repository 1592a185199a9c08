"""biometal_stream beside other tools: the bench on a few reads, and what it says."""

import contextlib
import io
import json
import os
import subprocess
import sys

import pytest

from benches.peers import __main__ as peers
from benches.peers import goals, matrix, pages, readme, versions
from benches.peers.tasks import compared_tasks
from tests.conftest import REPOSITORY

GZIP = "gzip → count"
PARQUET = "gzip → Parquet zstd-1"
CONTENTS = {"reads": 90, "ordered": [1, 2, 3], "unordered": [4, 5, 6]}
MACHINE = {
    "cpu": "a processor",
    "cores": 4,
    "system": "Linux 6 x86_64",
    "python": "3.11.7",
    "date": "2026-11-28T12:00:00+00:00",
    "load": [0.1, 0.0, 0.0],
    "kernels_ahead": True,
}
INPUT = {"reads": 1_500_000, "bases": 2.2e8, "sizes": {"gzip": 1.06e8}}


def job(task: str, tool: str, threads: int, median: float, **changed) -> dict:
    return {
        "task": task,
        "tool": tool,
        "threads": threads,
        "median": median,
        "cpu": 2 * median,
        "peak": 100 << 20,
        "of_isal": median / 0.5,
        "of_ours": 1.0,
        "more": "",
        "output": "count",
        "reads_out": 90,
        "contents": CONTENTS,
        "bytes_written": 0,
        **changed,
    }


def results(*jobs: dict, **changed) -> dict:
    return {
        "machine": MACHINE,
        "input": INPUT,
        "repeats": 3,
        "jobs": list(jobs),
        "tools": {"biometal-stream": "0.1", "fastp": "1.3.6", "seqkit": "2.3.0"},
        "left_out": [],
        "differences": [],
        **changed,
    }


OURS = (
    job("gzip → nothing", "bare inflation", 1, 0.5, output="nothing"),
    *(job(GZIP, "biometal-stream", threads, 4 / threads) for threads in (1, 2, 4)),
)


def plain(text: str) -> str:
    return text.replace("\N{MULTIPLICATION SIGN}", "x")


def shown(figures: dict) -> str:
    """The README's text, each paragraph in one line."""
    parts = plain(readme.markdown(figures)).split("\n\n")
    return "\n".join(part if part[0] == "|" else part.replace("\n", " ") for part in parts)


def rows(text: str) -> dict[str, list[str]]:
    lines = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    return {cells[0].strip(): [cell.strip() for cell in cells[1:]] for cells in lines[2:]}


def test_every_number_of_threads_is_shown_and_the_fastest_comes_first() -> None:
    slower = [job(GZIP, "seqkit", threads, 8 / threads) for threads in (1, 2, 4)]
    text = shown(results(*OURS, *slower, job(GZIP, "dnaio", 0, 1.5)))
    assert rows(text)[GZIP] == [
        *("4.00 / 2.00 / 1.00", "2.00", "100", "2.0"),
        "dnaio 1.50 (1.5x, 1.5x), seqkit 8.00 / 4.00 / 2.00 (2.0x, 2.0x)",
    ]
    assert "with 1 / 2 / 4 threads" in text
    assert "Faster" not in text
    assert "Other programs" not in text


def test_a_faster_tool_is_set_in_bold_and_named_below() -> None:
    text = shown(results(*OURS, job(GZIP, "dnaio", 0, 0.5)))
    assert "dnaio 0.50 (**0.5x**, 0.5x)" in text
    assert f"Faster than biometal-stream: dnaio ({GZIP}, 0.50x)." in text


def test_what_is_not_the_same_job_is_said_beside_the_figure() -> None:
    fewer = job(GZIP, "fastp", 4, 2.0, reads_out=80)
    more = job(GZIP, "fastp by default", 4, 3.0, reads_out=70, more="trims adapters")
    mixed = job(GZIP, "polars-bio", 4, 4.0, contents={**CONTENTS, "ordered": [3, 2, 1]})
    text = shown(results(*OURS, fewer, more, mixed))
    assert "fastp 2.00 (2.0x, 2.0x; 80 reads, not 90)" in text
    assert "fastp by default 3.00 (3.0x, 3.0x; more work)" in text
    assert "polars-bio 4.00 (4.0x, 4.0x; another order)" in text
    assert "More work: fastp by default also trims adapters." in text


def test_versions_have_years_and_what_spoils_figures_is_said() -> None:
    machine = {**MACHINE, "load": [2.0, 0.0, 0.0], "kernels_ahead": False}
    text = shown(results(*OURS, machine=machine))
    assert "fastp 1.3.6 (2026), seqkit 2.3.0 (2022, old, the newest is 2.13.0 of 2026)" in text
    assert "the load average was 2.0 at the start" in text
    assert "numba compiled its kernels" in text


def test_without_jobs_there_is_no_table() -> None:
    assert readme.markdown(results(OURS[0])) == "No job was timed.\n"
    assert readme.markdown({}) == "No job was timed.\n"


def test_the_matrix_has_a_row_for_each_number_of_threads() -> None:
    gone = {"name": "seqkit", "reason": "is not installed", "tool": "seqkit"}
    text = matrix.markdown(results(*OURS, job(GZIP, "dnaio", 0, 0.5), left_out=[gone]))
    shown = [line for line in text.splitlines() if line.startswith(f"| {GZIP}")]
    assert [line.split(" | ")[1:4] for line in shown] == [
        ["biometal-stream", "1", "4.00"],
        ["biometal-stream", "2", "2.00"],
        ["biometal-stream", "4", "1.00"],
        ["dnaio", "", "0.50"],
    ]
    assert "- Left out: seqkit: is not installed" in text


def test_goals_are_met_or_missed() -> None:
    ours = job(PARQUET, "biometal-stream", 2, 1.0, of_isal=2.5)
    oxbow, polars_bio = job(PARQUET, "oxbow", 2, 1.4), job(PARQUET, "polars-bio", 2, 2.2)
    lines = plain(goals.text(results(ours, oxbow, polars_bio))).splitlines()
    assert lines == [
        f"{PARQUET}: 2.50x bare inflation, goal at most 2.6x: met",
        f"{PARQUET}: oxbow takes 1.40x our time, goal at least 1.5x: missed",
        f"{PARQUET}: polars-bio takes 2.20x our time, goal at least 2.2x: met",
    ]
    assert {goal.task for goal in goals.GOALS} <= {task.name for task in compared_tasks()}


@pytest.mark.parametrize("module", [readme, matrix])
def test_tables_are_made_again_from_a_file(module, tmp_path, capsys) -> None:
    path = tmp_path / "bench.json"
    path.write_text(json.dumps(results(*OURS)))
    assert module.main([str(path)]) == 0
    assert capsys.readouterr().out == module.markdown(results(*OURS))
    assert module.main([]) == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.parametrize("module", [readme, matrix])
def test_a_table_replaces_the_old_one_in_its_page(module, tmp_path, capsys) -> None:
    path, page = tmp_path / "bench.json", tmp_path / "page.md"
    path.write_text(json.dumps(results(*OURS)))
    name = module.__name__.rpartition(".")[2]
    begin, end = f"<!-- begin: {name} -->\n", f"<!-- end: {name} -->\n"
    page.write_text(f"before\n{begin}old\n{end}after\n")
    for _ in range(2):
        assert module.main([str(path), str(page)]) == 0
        expected = f"before\n{begin}\n{module.markdown(results(*OURS))}\n{end}after\n"
        assert page.read_text(encoding="utf-8") == expected
    page.write_text(f"{begin}{begin}{end}")
    assert module.main([str(path), str(page)]) == 1
    assert "expected one part between" in capsys.readouterr().err
    assert page.read_text() == f"{begin}{begin}{end}"


@pytest.mark.parametrize(
    ("name", "page"), [("readme", "README.md"), ("matrix", "docs/performance.md")]
)
def test_the_pages_have_a_part_for_each_table(name, page, tmp_path) -> None:
    copy = tmp_path / "page.md"
    copy.write_bytes((REPOSITORY / page).read_bytes())
    pages.replace_part(copy, name, "new")
    assert f"<!-- begin: {name} -->\n\nnew\n\n<!-- end: {name} -->" in copy.read_text("utf-8")


def test_the_bench_goes_on_where_it_was_and_prints_the_tables(source, tmp_path) -> None:
    words = ["--reads", 1_000, "--repeats", 1, "--source", source, "--data", tmp_path / "data"]
    words += ["--peers", sys.prefix, "--only", r"job: gzip → count: .*(dnaio|stream, 1)"]
    words += ["--json", tmp_path / "a.json", "--markdown", tmp_path / "a.md"]
    words += ["--resume", tmp_path / "kept.jsonl"]

    def bench() -> str:
        with contextlib.redirect_stdout(io.StringIO()) as out:
            assert peers.main([*map(str, words)]) == 0
        return out.getvalue()

    first = bench()
    figures = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert {each["tool"] for each in figures["jobs"]} == {"biometal-stream", "dnaio"}
    assert not [each for each in figures["jobs"] if each["stages"]]
    assert "biobear" not in {each["name"] for each in figures["left_out"]}
    assert readme.markdown(figures) in first
    assert (tmp_path / "a.md").read_text(encoding="utf-8") == matrix.markdown(figures)
    bench()
    again = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert again["jobs"] == figures["jobs"]


def test_the_script_that_installs_the_tools_is_one_that_runs() -> None:
    script = REPOSITORY / "benches" / "peers" / "install"
    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", script], check=True)


def test_every_tool_is_listed_with_its_version_or_as_missing(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    (tmp_path / "fastp").write_text("#!/bin/sh\necho fastp 0.23.2 >&2\n")
    (tmp_path / "fastp").chmod(0o755)
    assert versions.main([str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    where = f"0.23.2 (2021, old, the newest is 1.3.6 of 2026), {tmp_path / 'fastp'}"
    assert lines[0] == f"fastp: {where}"
    assert lines[1] == "AdapterRemoval: not found; the newest is 3.0.2"
    assert not [line for line in lines if "by default" in line]
    assert versions.main(["one", "two"]) == 2
