"""What cannot be written is explained in one line."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.atomic import AtomicFile
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


@given(
    st.lists(st.binary(max_size=9), max_size=9),
    st.integers(1, 20),
    st.integers(1, 4),
    st.integers(1, 12),
)
def test_many_parts_in_few_calls(
    parts: list[bytes], most: int, parts_a_call: int, bytes_a_call: int
) -> None:
    """Whatever the system takes at once, all parts come out in their order."""
    written: list[bytes] = []

    def write(descriptor: int, data: memoryview | list[memoryview]) -> int:
        views = data if isinstance(data, list) else [data]
        assert len(views) <= parts_a_call
        assert sum(map(len, views)) <= bytes_a_call
        taken = b"".join(views)[:most]
        written.append(taken)
        return len(taken)

    with pytest.MonkeyPatch.context() as patch, AtomicFile("/dev/null") as file:
        patch.setattr("biometal_stream.atomic.writing._MOST_PARTS", parts_a_call)
        patch.setattr("biometal_stream.atomic.writing._MOST_BYTES", bytes_a_call)
        patch.setattr(os, "write", write)
        patch.setattr(os, "writev", write)
        file.write(*parts)
        assert file.bytes_written == len(b"".join(parts))
    assert b"".join(written) == b"".join(parts)
