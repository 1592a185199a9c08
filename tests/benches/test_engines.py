"""The bench of engines, run on a few reads with the engines that start fast."""

import contextlib
import io
import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from benches.engines import __main__ as program
from benches.engines import family, figures, rounds, sheets, ways, work
from benches.engines.rounds import Lap, Watched, name_of
from benches.engines.work import ALL, FUNCTION, JOBS, ONE, PREDICT, WRITE, Way
from benches.inputs import Input
from benches.processes import FailedError
from tests.conftest import REPOSITORY

READS = 500
WANTED = r"all columns: Polars, interop|one column: (pyarrow, Pipeline.stream|DuckDB, dataset)"

LAP = Lap(start=0.5, first=2.0, seconds=1.0, cpu=1.5)
INPUT = Input(
    origin="",
    files=1,
    reads=1_000,
    bases=150_000,
    pass_reads=1_000,
    pass_bytes=340_000,
    text=340_000,
    pairs=0,
    sizes={"plain": 340_000},
    compressors={},
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("bench")


@pytest.fixture(scope="module")
def done(folder, source):
    pytest.importorskip("duckdb")
    pytest.importorskip("polars")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rounds, "LEAST", 0.0)
        return bench(
            *("--reads", READS, "--repeats", 1, "--source", source, "--data", folder / "data"),
            *("--json", folder / "bench.json", "--markdown", folder / "bench.markdown"),
            *("--only", WANTED),
        )


@pytest.fixture(scope="module")
def measured(done, folder):
    assert done[0] == 0
    return json.loads((folder / "bench.json").read_text(encoding="utf-8"))


def bench(*words: object) -> tuple[int, str]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        return program.main([*map(str, words)]), out.getvalue()


def result(job=ALL, laps=(LAP,), local=(LAP,), watched=None):
    way = Way("way", (job,), (), lambda _: None)
    first = replace(way, name="local run")
    seen = {} if watched is None else {(job, "way"): watched}
    laps = {(job, "local run"): local, (job, "way"): laps}
    _, found = figures.way_results({job: [first, way]}, laps, seen, INPUT, 80_000)
    return found


def test_each_way_beside_the_local_run(measured) -> None:
    assert [(each["job"], each["way"]) for each in measured["ways"]] == [
        ("all columns", "local run"),
        ("all columns", "Polars, interop.polars.scan"),
        ("one column", "local run"),
        ("one column", "pyarrow, Pipeline.stream()"),
        ("one column", "DuckDB, dataset() by name"),
    ]
    assert measured["left_out"] == []
    for each in measured["ways"]:
        assert len(each["rounds"]) == 1
        assert all(each[name] > 0 for name in ("start", "first", "best", "cpu", "of_local"))
        if each["way"].startswith("local"):
            assert each["of_local"] == each["cpu_of_local"] == 1


def test_what_is_watched(measured) -> None:
    for each in measured["ways"]:
        watched = each["job"] == "all columns"
        assert (each["lazy"] is not None) == watched
        if family.can_look():
            assert (each["once"] is not None) == watched
            assert (each["head_bytes"] is not None) == watched


def test_the_tables(done, measured, folder) -> None:
    written = (folder / "bench.markdown").read_text(encoding="utf-8")
    assert written == sheets.markdown(measured)
    assert written.startswith("500 real Illumina reads")
    assert "duckdb" in written.split("\n")[0]
    assert sheets.legend() in done[1]
    found = sheets.all_sheets(measured)
    assert [len(sheet.rows) for sheet in found] == [2, 3]
    for sheet in found:
        assert {len(row) for row in sheet.rows} == {len(sheet.columns)}


def test_a_way_against_the_local_run() -> None:
    local = (LAP, replace(LAP, seconds=2.0))
    laps = (replace(LAP, seconds=2.0, cpu=3.0), replace(LAP, seconds=8.0, cpu=6.0))
    found = result(laps=laps, local=local)
    assert (found.best, found.median, found.reads_per_second) == (2.0, 5.0, 500.0)
    assert (found.of_local, found.of_local_best) == (0.375, 0.5)
    assert (found.cpu, found.cpu_of_local, found.cores) == (3.0, 2.0, 1.5)
    assert found.lazy is found.bounded is None


def test_what_is_lazy_and_bounded() -> None:
    # The columns have 340,000 bytes less 6 a record, once.
    seen = Watched(once=1_000_000, longer=1_250_000, head=0.1, head_bytes=340_000, seconds=0.4)
    found = result(watched=seen)
    assert (found.head_bytes, found.head_time) == (0.25, 0.25)
    assert found.lazy
    assert found.bounded
    found = result(watched=replace(seen, longer=1_251_000, head_bytes=680_000))
    assert not found.lazy
    assert not found.bounded


def test_over_parquet_lazy_is_a_matter_of_time() -> None:
    seen = Watched(once=1_000_000, longer=1_112_000, head=0.75, head_bytes=80_000, seconds=1.0)
    found = result(FUNCTION, watched=seen)
    assert (found.head_bytes, found.head_time) == (0.25, 0.75)
    assert not found.lazy
    assert found.bounded
    assert not result(FUNCTION, watched=replace(seen, longer=1_113_000)).bounded


def test_a_system_that_does_not_tell() -> None:
    seen = Watched(once=None, longer=None, head=0.75, head_bytes=None, seconds=1.0)
    found = result(watched=seen)
    assert found.lazy is False
    assert found.bounded is None
    (sheet,) = sheets.all_sheets({"ways": [vars(found)]})
    assert sheet.rows[0][1:3] == ("no, 75.0 %", "")


def test_another_answer_is_an_error() -> None:
    way = Way("way", (WRITE,), (), lambda _: None)
    rounds._compare(WRITE, way, {"reads": 10.0}, {"reads": 10.0})
    with pytest.raises(FailedError, match=r"way: write: way: reads: 9, and 10 by the local run"):
        rounds._compare(WRITE, way, {"reads": 9.0}, {"reads": 10.0})
    with pytest.raises(FailedError, match="reads: nan"):
        rounds._compare(WRITE, way, {}, {"reads": 10.0})


def test_a_way_that_is_missing() -> None:
    way = Way("way", (WRITE,), ("no-such-package",), lambda _: None)
    assert program._missing(way) == "no-such-package is not installed: pip install no-such-package"
    way = replace(way, packages=("pyarrow",), program="no-such-program")
    assert program._missing(way) == "there is no no-such-program on PATH"
    assert not program._missing(replace(way, program=""))


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_the_local_run_is_the_first_way_and_names_differ(job) -> None:
    names = [name_of(job, way) for way in ways.all_ways(job)]
    assert names[0].startswith(f"way: {job.name}: local run")
    assert len(set(names)) == len(names) > 5


@pytest.mark.parametrize("job", [ALL, ONE], ids=lambda job: job.name)
def test_a_tally_of_parts_is_that_of_all(job) -> None:
    pa = pytest.importorskip("pyarrow")
    batch = pa.record_batch(
        {
            "name": ["a", "b", "c"],
            "sequence": ["ACGT", "", "AC"],
            "quality": ["IIII", "", "II"],
            "mean_quality": pa.array([40, None, 20], pa.float32()),
        }
    )
    whole, one, other = work.Tally(job), work.Tally(job), work.Tally(job)
    whole.add(batch)
    one.add(batch.slice(0, 1))
    other.add(batch.slice(1))
    totals = one.totals()
    for name, value in other.totals().items():
        totals[name] += value
    expected = {"reads": 3, "mean quality": 30} | ({"bytes of text": 15} if job == ALL else {})
    assert whole.answer() == work.Tally(job, totals).answer() == expected


def test_a_tally_of_labels() -> None:
    pa = pytest.importorskip("pyarrow")
    tally = work.Tally(PREDICT)
    labels = pa.array(["PASS", "FAIL", None, "PASS"]).dictionary_encode()
    tally.add(pa.record_batch({"quality_label": labels}))
    assert tally.answer() == {"reads": 4, "reads that are PASS": 2}


@pytest.mark.skipif(not family.can_look(), reason="needs /proc as Linux has it")
def test_a_family_has_the_children_of_its_children() -> None:
    # The inner one is let go of: it is no child of any process of the family when it is found.
    inner = "import sys; print(1, flush=True); sys.stdin.read()"
    outer = (
        "import subprocess, sys; subprocess.Popen([sys.executable, '-c', sys.argv[1]]);"
        " sys.stdin.close()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", outer, inner],
        env={**os.environ, family.MARK: "test", "PYTHONPATH": str(REPOSITORY)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as started:
        try:
            assert started.stdout.readline()
            found = family.Family("test")
            (left,) = set(found.members()) - {started.pid} or {0}
            assert left
            assert found.memory() > 2**20
            assert found.bytes_read() > 0
            assert found.cpu() > 0
            assert family.Family("another").members() == []
        finally:
            family.Family("test").end()
    assert family.Family("test").members() == []
