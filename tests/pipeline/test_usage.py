import io
from dataclasses import replace
from pathlib import Path

import pytest

import biometal_stream as bs
from biometal_stream.pipeline.merging import merged_report
from biometal_stream.pipeline.usage import Usage, measuring_usage

FASTQ = b"@r1\nACGT\n+\nIIII\n@r2\nAC\n+\nII\n"


def test_what_is_used_grows() -> None:
    with measuring_usage() as meter:
        first = meter.usage()
        bytearray(64 << 20)  # pages that are new
        second = meter.usage()
    assert 0 <= first.cpu <= second.cpu
    assert first.page_faults < second.page_faults


def test_a_run_measures_only_when_asked(tmp_path: Path) -> None:
    (tmp_path / "in.fq").write_bytes(FASTQ)
    reads = bs.read_fastq(tmp_path / "in.fq") | bs.MinLength(3)
    plain = reads.write_fastq(tmp_path / "plain.fq")
    assert plain.usage is None
    assert plain.bottleneck is None
    assert plain.per_million_reads() is None
    times = [(each.busy, each.cpu, each.blocked, each.starved) for each in plain.stages]
    assert set(times) == {(None, None, None, None)}
    measured = reads.with_options(statistics=True).write_fastq(tmp_path / "measured.fq")
    assert measured.usage is not None
    assert measured.bottleneck is not None
    costs = measured.per_million_reads()
    assert costs is not None
    assert {"cpu", "lock_held", "page_faults", "read", "write"} <= costs.keys()
    assert costs["cpu"] == pytest.approx(measured.usage.cpu / 2 * 1e6)
    for stage, twin in zip(measured.stages, plain.stages, strict=True):
        assert all(time is not None and time >= 0 for time in (stage.cpu, stage.starved))
        assert (stage.name, stage.rows_in, stage.rows_out) == (
            twin.name,
            twin.rows_in,
            twin.rows_out,
        )
    assert (tmp_path / "plain.fq").read_bytes() == (tmp_path / "measured.fq").read_bytes()


def test_the_usage_of_partitions_is_added_up_where_all_of_it_is_known(tmp_path: Path) -> None:
    reads = (bs.read_fastq(io.BytesIO(FASTQ)) | bs.MinLength(3)).with_options(statistics=True)
    report = reads.write_fastq(tmp_path / "out.fq")
    one = replace(report, usage=Usage(1.5, 0.5, 10))
    other = replace(report, usage=Usage(2.0, 0.25, 5))
    unsampled = replace(report, usage=Usage(1.0, None, 1))
    assert merged_report([one, other]).usage == Usage(3.5, 0.75, 15)
    assert merged_report([one, unsampled]).usage == Usage(2.5, None, 11)
    assert merged_report([one, replace(report, usage=None)]).usage is None
