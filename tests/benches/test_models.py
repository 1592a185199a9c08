"""The bench of models, run on a few reads with the model that is shipped."""

import contextlib
import io
import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnx")

from benches import inputs, jobs
from benches.models import __main__ as program
from benches.models import calls, experiment, networks, reads, rounds, sheets, stream
from benches.models.predictors import encode, opened
from benches.tasks import LENGTH_N, Prediction, Task
from benches.tools import Peers, all_tools
from benches.tools.base import Work
from biometal_stream.models.encodings import Encoding

READS = 2_000
JOB = "gzip → predict (quality, int8) → Parquet zstd-1"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("bench")


@pytest.fixture(scope="module")
def done(folder, source):
    small = {
        program: {"_ROUNDS": 1},
        calls: {"BATCHES": (1, 4), "_SECONDS": 1e-6},
        experiment: {"SIZES": (10, 200), "_SECONDS": 1e-6},
        stream: {"BATCH": 100, "_SECONDS": 1e-6, "_TRIAL": 1e-6, "_BARE_ROWS": (64,)},
    }
    with pytest.MonkeyPatch.context() as patch:
        for module, values in small.items():
            for name, value in values.items():
                patch.setattr(module, name, value)
        return bench(
            *("--reads", READS, "--repeats", 1, "--source", source, "--data", folder / "data"),
            *("--json", folder / "bench.json", "--markdown", folder / "bench.markdown"),
            *("--only", r"model|job: gzip → nothing|job: .*int8.*[^1]$"),
        )


def bench(*words: object) -> tuple[int, str]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        return program.main([*map(str, words)]), out.getvalue()


@pytest.fixture(scope="module")
def figures(done, folder):
    assert done[0] == 0
    return json.loads((folder / "bench.json").read_text(encoding="utf-8"))


def test_the_table_of_the_experiment(figures) -> None:
    found = figures["experiment"]
    assert {each["number"] for each in found} == {10, 200}
    assert {each["reads"] for each in found} == {reads.SYNTHETIC, reads.REAL}
    works = {each["work"] for each in found}
    for precision in ("fp32", "int8"):
        assert {
            f"{experiment.ONCE}, {precision}",
            f"{experiment.ONCE_ENCODED}, {precision}",
        } < works
    assert experiment.LOOP in works
    assert len(found) == 2 * 2 * len(works)
    assert all(0 < each["best"] <= each["median"] for each in found)


def test_the_model_says_what_the_rule_says(figures) -> None:
    found = figures["agreement"]
    assert {(each["reads"], each["precision"]) for each in found} == {
        (kind, precision) for kind in ("synthetic", "real") for precision in ("fp32", "int8")
    }
    for each in found:
        assert each["number"] == 200
        assert each["same"] >= 190
        assert each["near_same"] <= each["near"] <= each["number"]


def test_calls_of_every_size(figures) -> None:
    found = figures["calls"]
    cores = figures["machine"]["cores"]
    expected = {(work, rows, 1) for work in ("encode", "dispatch") for rows in (1, 4)}
    expected |= {
        (precision, rows, threads)
        for precision in ("fp32", "int8")
        for rows in (1, 4)
        for threads in {1, cores}
    }
    assert {(each["work"], each["rows"], each["threads"]) for each in found} == expected
    assert all(0 < each["best"] <= each["median"] for each in found)


def test_the_stream_against_the_bare_session(figures) -> None:
    found = figures["stream"]
    assert {(each["model"], each["precision"], each["source"]) for each in found} == {
        (model, precision, source)
        for model in ("quality", "cnn")
        for precision in ("fp32", "int8")
        for source in (stream.MEMORY, stream.TEXT)
    }
    for each in found:
        assert each["rows"] == 64
        assert each["bare"] > 0


def test_the_job_and_the_goals(figures) -> None:
    assert {job["task"] for job in figures["jobs"]} == {"gzip → nothing", JOB}
    goals = {each["name"]: each for each in figures["goals"]}
    assert goals[f"{JOB}, of bare inflation"]["asked"] == "at most 4"
    assert goals["the session alone, fp32, reads/s"]["asked"] == "at least 1 M"
    assert len(goals) == 2 + 2 + 1 + 8 + 1


def test_the_tables(done, figures, folder) -> None:
    written = (folder / "bench.markdown").read_text(encoding="utf-8")
    found = sheets.all_sheets(figures)
    assert written.endswith(sheets.markdown(found))
    for sheet in found:
        assert sheet.title in done[1]
        assert {len(row) for row in sheet.rows} == {len(sheet.columns)}
    assert "Jobs" in done[1]


def test_what_a_model_adds_to_memory() -> None:
    about = {"times": 10, "once": 10 << 20, "longer": 12 << 20}
    tasks = [
        {"task": "gzip → Parquet zstd-1", **about},
        {"task": JOB, **about, "once": 15 << 20, "longer": 16 << 20},
    ]
    (goal,) = sheets.find_goals({"memory": tasks, "machine": {"cores": 2}})
    assert goal["measured"] == "+5 and +4 MiB"


def test_a_model_that_is_not_there(source, tmp_path, capsys) -> None:
    status, _ = bench(
        *("--reads", 10, "--source", source, "--data", tmp_path, "--model", "qualty"),
        *("--only", "model"),
    )
    assert status == 1
    assert "did you mean 'quality'" in capsys.readouterr().err


def test_no_other_tool_has_a_model() -> None:
    given = inputs.Input("", 1, 10, 10, 10, 10, 10, 0, {"gzip": 1}, {}, "/in")
    task = Task("gzip", "Parquet", LENGTH_N, prediction=Prediction("/models/quality", "int8"))
    assert task.name == "gzip → filter (length, N) → predict (quality, int8) → Parquet zstd-1"
    tools = all_tools(Peers())
    (there,) = (tool for tool in tools if tool.name == "biometal-stream")
    chosen, _ = jobs.all_jobs([task], tools, given, 2)
    assert {job.tool.name for job in chosen} == {"biometal-stream"}
    line = " ".join(there.line(Work(task, given, Path("/out"), 2)).words)
    assert " predict /models/quality --precision int8 write " in line


def test_everything_is_timed_in_turn() -> None:
    seen: list[str] = []
    work = {name: lambda number, name=name: seen.extend([name] * number) for name in "ab"}
    found = rounds.time_in_turn(work, 3, 0.0)
    assert "".join(seen) == "aabb" + "ab" + "ba" + "ab"
    assert found.keys() == {"a", "b"}
    assert all(0 < each.best <= each.median for each in found.values())


def test_threads_repeat_at_once() -> None:
    seen: list[int] = []
    with rounds.Threads(2) as threads:
        threads.repeat([lambda: seen.append(1), lambda: seen.append(2)])(3)
    assert sorted(seen) == [1, 1, 1, 2, 2, 2]


def test_a_call_that_fails_in_a_thread_is_told() -> None:
    with rounds.Threads(2) as threads, pytest.raises(ZeroDivisionError):
        threads.repeat([lambda: 1 / 0, lambda: None])(1)


def test_reads_of_150_bases(source) -> None:
    (path,) = source.glob("sample.fastq.gz")
    for batch in (reads.synthetic_reads(300), reads.real_reads(str(path), 3_000)):
        for name in ("sequence", "quality"):
            assert set(map(len, batch.column(name).to_pylist())) == {150}
    assert batch.num_rows == 3_000
    assert batch.slice(2_000, 1_000).equals(batch.slice(0, 1_000))  # of 2,000 in the file


def test_files_of_short_reads_have_none(tmp_path) -> None:
    path = tmp_path / "short.fq"
    path.write_text("@a\nACGT\n+\nIIII\n")
    assert reads.real_reads(str(path), 10) is None


def test_the_model_that_does_nothing(tmp_path) -> None:
    batch = reads.synthetic_reads(50)
    for layout in ("sequence-quality-300/1", "one-hot/1"):
        encoded = encode(batch, Encoding(layout))
        folder = networks.write_nothing(tmp_path / layout.partition("/")[0], encoded.encoding)
        out = np.empty((50, 1), np.float32)
        with opened(str(folder)) as models:
            models["fp32"].predictor.predict(encoded.features, out)
        np.testing.assert_array_equal(out[:, 0], encoded.features.reshape(50, -1)[:, 0])


def test_integers_give_nearly_what_fractions_give(tmp_path) -> None:
    encoded = encode(reads.synthetic_reads(200), Encoding("one-hot/1"))
    outs = {}
    with opened(str(networks.write_cnn(tmp_path / "cnn"))) as models:
        for precision, model in models.items():
            outs[precision] = np.empty((200, 1), np.float32)
            model.predictor.predict(encoded.features, outs[precision])
    assert np.corrcoef(outs["fp32"][:, 0], outs["int8"][:, 0])[0, 1] > 0.95
