"""What cannot be written is explained in one line."""

from pathlib import Path

import pytest

import biometal_stream as bs
from biometal_stream.errors import SinkError
from biometal_stream.sinks import ParquetSink


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("s3://bucket/x.parquet", "writing to URLs is not supported"),
        ("nowhere/x.parquet", "there is no such folder; make it first"),
    ],
)
def test_a_folder_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str, reason: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.fq").write_text("@a\nA\n+\nI\n")
    with pytest.raises(SinkError, match=f"^{target}: cannot be written: {reason}$"):
        bs.read_fastq("a.fq").run(ParquetSink(target))
    quarantine = target.replace(".parquet", ".fq")
    reads = bs.read_fastq("a.fq", on_bad_record="quarantine", quarantine=quarantine)
    with pytest.raises(SinkError, match=f"^{quarantine}: cannot be written: {reason}$"):
        reads.write_fastq("out.fq")
