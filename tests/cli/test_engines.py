"""``write --engine``: what is refused at once, and what an engine does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from biometal_stream.cli.demo import sample_path
from biometal_stream.cli.main import main


@pytest.fixture
def reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    with sample_path() as path:
        (tmp_path / "reads.fq.gz").write_bytes(path.read_bytes())
    monkeypatch.chdir(tmp_path)
    return "reads.fq.gz"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("write x.fq --engine ray", "--engine ray writes only Parquet"),
        ("write x.arrow --engine spark", "--engine spark writes only Parquet"),
        ("write - --format parquet --engine ray", "cannot write to standard output"),
        ("write x.parquet --engine ray --shards 3", "leave out shards"),
        ("write x.parquet --partition-size 3M", "--partition-size is for --engine ray and spark"),
        ("write x.parquet --engine dask", "'--engine'"),
        ("write x.parquet --engine ray --partition-size 0", "less than one byte"),
        ("head 3 write x.parquet --engine ray", "head needs all reads in order, and engine"),
    ],
)
def test_what_does_not_fit(
    reads: str, words: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["read", reads, *words.split()]) == 2
    assert message in capsys.readouterr().err
    assert [path.name for path in Path().iterdir()] == [reads]


def test_a_run_on_ray(reads: str, ray_cluster: Any, capsys: pytest.CaptureFixture[str]) -> None:
    del ray_cluster  # which runs
    words = (
        f"--stats - read {reads} min-length 10 write out.parquet --engine ray --partition-size 1M"
    )
    assert main(words.split()) == 0
    told = capsys.readouterr()
    stats = json.loads(told.out)
    assert (stats["engine"], stats["tasks"], stats["reads_out"]) == ("ray", 1, 2000)
    assert stats["outputs"] == ["out.parquet"]
    assert "min-length 10     2,000      2,000        0\n100.0 % kept, " in told.err
    assert " -> out.parquet (" in told.err
    assert [step["reads_out"] for step in stats["steps"]] == [2000]
    assert pq.read_table("out.parquet/part-00000-of-00001.parquet").num_rows == 2000
