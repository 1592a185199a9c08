"""A model on the command line, over the bundled reads."""

import json

import numpy as np
import pyarrow.parquet as pq
import pytest

from tests.conftest import REPOSITORY

BARE = REPOSITORY / "tests" / "data" / "models" / "bare.onnx"
TOLD = "--encoding sequence-quality-300/1 --labels FAIL --labels PASS --output logit"


@pytest.fixture
def model(quick_shell, inputs):
    """A model's file without a card, in the shell's folder."""
    (quick_shell.folder / "bare.onnx").write_bytes(BARE.read_bytes())
    return f"bare.onnx {TOLD}"


def test_fastq_carries_what_the_model_said(quick_shell, model):
    quick_shell.run(
        f"biometal-stream --quiet read reads.fq.gz predict {model} --threshold 0.9"
        " keep-label bare PASS --probability 0.99"
        " tag-description bare_label bare_probability write good.fq"
    )
    quick_shell.run(f"biometal-stream --quiet read reads.fq.gz predict {model} write all.parquet")
    table = pq.read_table(quick_shell.folder / "all.parquet").to_pylist()
    sure = [row for row in table if row["bare_probability"] >= 0.99]
    wanted = [row for row in sure if row["bare_label"] == "PASS"]
    headers = (quick_shell.folder / "good.fq").read_text().splitlines()[::4]
    assert 0 < len(wanted) < len(table) == 2000
    for header, row in zip(headers, wanted, strict=True):
        told, _, probability = header.rpartition("=")
        assert told == f"@{row['name']} {row['description']} bare_label=PASS bare_probability"
        assert np.float32(probability) == np.float32(row["bare_probability"])


def test_the_statistics_tell_what_ran_the_model(quick_shell, model):
    quick_shell.run(
        f"biometal-stream --quiet --stats stats.json read reads.fq.gz"
        f" predict {model} --where 'mean_quality < 25' write out.arrow"
    )
    stages = json.loads((quick_shell.folder / "stats.json").read_text())["stages"]
    details = next(stage["details"] for stage in stages if stage["name"] == "predict")
    assert details["provider"] == "cpu"
    assert 0 < details["windows"] < 2000
    assert all(stage["details"] == {} for stage in stages if stage["name"] != "predict")


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        ("nothing", 2, "nothing"),
        ("bare.onnx", 2, "--encoding"),
        (f"bare.onnx {TOLD} --threshold 2", 2, "at most 1"),
        (f"bare.onnx {TOLD} --where 'gc >'", 2, "is not a condition"),
        (f"bare.onnx {TOLD} --where 'gcc > 1'", 2, "gcc"),
        (f"bare.onnx {TOLD} --provider cuda", 1, "cuda"),
        (f"bare.onnx {TOLD} --precision int8", 2, "int8"),
        ("reads.fq.gz", 1, "is not a model"),
        ("bare.onnx --encoding tokens/2 --labels a --labels b --output logit", 2, "tokens/2"),
    ],
)
def test_what_cannot_work_is_one_line_and_no_file(quick_shell, model, words, status, message):
    done = quick_shell.run(
        f"biometal-stream read reads.fq.gz predict {words} write out.parquet", status=status
    )
    assert message in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert not (quick_shell.folder / "out.parquet").exists()
