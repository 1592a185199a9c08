"""The bench, run on a few reads with the tools that are there."""

import contextlib
import io
import json
import shutil
import sys
from pathlib import Path

import pytest

from benches import inputs, kernels, markdown, plot, run, starts
from benches.processes import Usage
from benches.tools import Peers, all_tools

READS = 3_000

TASKS = {
    "gzip → nothing": {"bare inflation"},
    "zstd → count": {"biometal-stream", "dnaio"},
    "gzip → filter (length, N) → FASTQ": {
        *("biometal-stream", "dnaio", "fastp", "AdapterRemoval", "cutadapt")
    },
    "pairs → filter (length, N) → Parquet zstd-1": {"biometal-stream"},
}
KERNELS = {
    "count newlines",
    "find lines",
    "drop lines",
    "measure lines",
    "check and copy records",
    "text to batch: all of these",
    "sum of Phred scores",
    "sum of error probabilities",
    "count low qualities",
    "decode qualities",
    "find bytes that are not qualities",
    "translate qualities",
    "count each quality",
    "count G and C",
    "find inserts of pairs",
    "choose ends of pairs",
    "match adapters of pairs",
    "find inserts of single reads",
    "choose ends of single reads",
    "match adapters of single reads",
    "count N",
    "count changes",
    "count two bytes",
    "all filters together",
    "hash names",
    "compare names of mates",
    "share prefixes of names",
    "pack lengths as deltas",
    "pack bases",
    "hash packed bases",
    "find minimizers",
    "find k-mers",
    "remember hashes",
    "count bases by cycle, add up their scores",
    "count four scores by cycle",
    "count any scores by cycle",
    "count reads by mean score",
    "count reads by GC",
    "encode sequence-quality-300/1, float32",
    *(
        f"encode {layout}/1, {dtype}"
        for layout in ("quality-mask", "one-hot", "one-hot-quality")
        for dtype in ("float32", "float16", "uint8")
    ),
    *(f"encode tokens/1, {dtype}" for dtype in ("uint8", "int32", "int64")),
    *(f"encode kmers/1, int32, k {k}" for k in (6, 12)),
    "format FASTQ",
}


def bench(*words: object) -> tuple[int, str]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        return run.main([*map(str, words)]), out.getvalue()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("bench")


@pytest.fixture(scope="module")
def done(folder, source):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "_PAIRS", 1)
        patch.setattr(run, "_KERNEL_REPEATS", 1)  # the times themselves are of no matter here
        patch.setattr(kernels, "_SECONDS", 0.0)
        return _done(folder, source)


def _done(folder, source) -> tuple[int, str]:
    jobs = (
        "|".join(f"job: {task}: .*[^1]$" for task in TASKS).replace("(", r"\(").replace(")", r"\)")
    )
    parts = f"{jobs}|job: gzip → nothing|kernel|start|batch|overhead"
    names = ("json", "markdown", "plot")
    files = {f"--{name}": folder / f"bench.{name.replace('plot', 'svg')}" for name in names}
    return bench(
        *("--reads", READS, "--repeats", 1, "--source", source, "--data", folder / "data"),
        *("--outputs", folder / "outputs", "--peers", sys.prefix, "--only", parts),
        *(word for pair in files.items() for word in pair),
    )


@pytest.fixture(scope="module")
def figures(done, folder):
    assert done[0] == 0
    return json.loads((folder / "bench.json").read_text(encoding="utf-8"))


def test_every_job_is_timed_with_the_tools_that_are_there(figures) -> None:
    there = {"bare inflation", "biometal-stream", "dnaio"}
    programs = {"fastp": "fastp", "cutadapt": "cutadapt", "AdapterRemoval": "adapterremoval3"}
    there |= {name for name, program in programs.items() if shutil.which(program)}
    found: dict[str, set[str]] = {}
    for job in figures["jobs"]:
        found.setdefault(job["task"], set()).add(job["tool"])
    assert found == {task: tools & there for task, tools in TASKS.items()}
    for job in figures["jobs"]:
        assert 0 < job["best"] == job["median"] == job["rounds"][0]["wall"]
        assert job["user"] > 0
        assert job["peak"] > 0
        assert job["start"] > 0
        ours = job["tool"] == "biometal-stream"
        assert bool(job["stages"]) == ours
        assert (job["of_limit"] is not None) <= ours


def test_all_tools_keep_the_same_reads(figures) -> None:
    kept: dict[str, set[int]] = {}
    for job in figures["jobs"]:
        kept.setdefault(job["task"], set()).add(job["reads_out"])
    assert all(len(numbers) == 1 for numbers in kept.values())
    assert kept["zstd → count"] == {READS}
    (filtered,) = kept["gzip → filter (length, N) → FASTQ"]
    assert 0 < filtered < READS
    assert not [each for each in figures["differences"] if "reads" in each]


def test_what_is_not_there_is_named(figures, done) -> None:
    left_out = {each["name"] for each in figures["left_out"]}
    assert left_out >= set(figures["tools"]).symmetric_difference(
        {tool.name for tool in all_tools(Peers())}
    )
    for name in left_out:
        assert f"Left out: {name}: " in done[1]


def test_every_kernel_is_timed(figures) -> None:
    assert {kernel["name"] for kernel in figures["kernels"]} == KERNELS
    for kernel in figures["kernels"]:
        assert kernel["kernel"] > 0
        assert kernel["rate"] > 0
        assert (kernel["whole"] is None) == (not kernel["called"])


def test_starts_and_overhead_are_measured(figures) -> None:
    assert [(start["name"], start["state"]) for start in figures["starts"]] == [
        ("python -c pass", "warm"),
        ("biometal-stream --version", "warm"),
        ("biometal-stream --help", "warm"),
        ("a run", "warm"),
        ("biometal-stream --help", "cold"),
        ("a run", "cold"),
        ("first batch, since the process's start", "warm"),
        ("first batch, in a warm process", "warm"),
    ]
    for start in figures["starts"]:
        if start["state"] == "cold":
            assert start["best"] is None
        else:
            assert 0 < start["best"] <= start["median"]
    assert figures["overhead"]["rounds"] == 1
    assert figures["overhead"]["cpu"] > 0


def test_the_machine_is_described(figures) -> None:
    machine = figures["machine"]
    assert machine["cpu"]
    assert machine["packages"].keys() >= {"pyarrow", "numba", "isal"}
    assert len(machine["load"]) == len(machine["load_after"]) == 3
    assert figures["tools"]["biometal-stream"]


def test_tables_are_printed_and_nothing_is_left(done, figures, folder) -> None:
    assert figures
    for title in ("Input", "Jobs", "Kernels", "Start-up", "--stats and --progress"):
        assert title in done[1]
    assert list((folder / "outputs").iterdir()) == []
    left = {path.name for path in (folder / "data").rglob("*") if path.is_file()}
    assert left == {"input.json", "reads.bgzf.fastq.gz.gzi", *inputs._NAMES.values()}
    assert sum(1 for each in (folder / "data").iterdir()) == 2  # the input, and the small one


def test_the_tables_of_the_readme(figures, folder, capsys) -> None:
    written = (folder / "bench.markdown").read_text(encoding="utf-8")
    assert written == markdown.markdown(figures)
    assert markdown.main([str(folder / "bench.json")]) == 0
    assert capsys.readouterr().out == written
    tables = [part.splitlines() for part in written.split("\n\n") if part.startswith("|")]
    assert len(tables) == 4
    for table in tables:
        assert len({line.count("|") for line in table}) == 1
    rows = {line.split(" | ")[0].strip("| ") for line in tables[0]}
    assert rows >= TASKS.keys() - {"gzip → nothing"} | {"gzip, inflated and dropped"}
    assert "dnaio" in next(line for line in tables[0] if "→ FASTQ" in line)


def test_the_plot_is_the_same_for_the_same_figures(figures, folder) -> None:
    drawn = (folder / "bench.svg").read_text(encoding="utf-8")
    assert drawn.count("biometal-stream") >= 2
    assert "gzip → filter (length, N) → FASTQ" in drawn
    assert len(drawn) < 100_000
    again = folder / "again.svg"
    assert plot.main([str(folder / "bench.json"), str(again)]) == 0
    assert again.read_text(encoding="utf-8") == drawn


def test_without_jobs_there_is_nothing_to_draw(tmp_path, capsys) -> None:
    (tmp_path / "bench.json").write_text("{}")
    assert plot.main([str(tmp_path / "bench.json"), str(tmp_path / "bench.svg")]) == 1
    assert "run the bench without --only" in capsys.readouterr().err
    assert plot.main([]) == markdown.main([]) == 2


def test_one_part_alone(folder, source) -> None:
    target = folder / "part.json"
    status, _ = bench(
        *("--reads", READS, "--repeats", 1, "--source", source, "--data", folder / "data"),
        *("--only", "kernel: count", "--skip", "bytes|each|cycle|reads by", "--json", target),
    )
    assert status == 0
    found = json.loads(target.read_text(encoding="utf-8"))
    assert {kernel["name"] for kernel in found["kernels"]} == {
        *("count newlines", "count low qualities", "count G and C", "count N", "count changes")
    }
    assert not found.keys() & {"jobs", "memory", "starts", "overhead"}


def test_the_first_run_ever_finds_no_kernels(source, tmp_path, monkeypatch) -> None:
    seen = []

    def pretend(command) -> Usage:
        folder = Path(command.environment["NUMBA_CACHE_DIR"])
        seen.append((command.words, folder, list(folder.parent.glob("kernels/*"))))
        folder.mkdir(exist_ok=True)
        (folder / "kernel.nbi").touch()
        return Usage(9.0 - 8 * len(seen) + 8, 1.0, 0.0, 1, "")

    monkeypatch.setattr(starts.processes, "run", pretend)
    few = inputs.prepare(inputs.find_reads(source), 100, tmp_path)
    one, two = starts.measure_first_ever(few, tmp_path, lambda _: None)
    assert (one.state, one.best, two.best) == ("first", 9.0, 1.0)
    assert seen[0][:2] == seen[1][:2]
    assert [bool(found) for *_, found in seen] == [False, True]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--reads", "0"), "--reads"),
        (("--only", "("), "--only"),
        (("--source", "nowhere"), "nowhere: holds no .fastq.gz files; name a folder that does"),
    ],
)
def test_what_cannot_work_is_said(words, message, capsys) -> None:
    with pytest.raises(SystemExit) as end:
        run.main(words)
    assert end.value.code == 2
    assert message in capsys.readouterr().err.splitlines()[-1]
