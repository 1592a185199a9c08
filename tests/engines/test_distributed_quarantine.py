"""Bad records of a run in parts come into one file, as in one run."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

import biometal_stream as bs
from biometal_stream.errors import (
    ConfigurationError,
    InputWarning,
    SinkError,
)
from tests.engines.stand_ins import (
    Fail,
    InProcess,
    left_over,
    read_files,
    spoil,
    told_alike,
)


def test_bad_records_come_into_one_file_in_order(lanes: list[str], tmp_path: Path) -> None:
    for lane, record in ((0, 3), (1, 500), (4, 0)):
        spoil(lanes[lane], record)
    bad = tmp_path / "bad.fq"
    pipeline = read_files(lanes, on_bad_record="quarantine", quarantine=str(bad))
    with pytest.warns(InputWarning) as told:
        local = pipeline.write_parquet(tmp_path / "local")
    expected = bad.read_bytes()
    bad.unlink()
    with pytest.warns(InputWarning) as again:
        report = pipeline.write_parquet(tmp_path / "reads", engine=InProcess(attempts=2))
    assert [str(each.message) for each in again] == [str(each.message) for each in told]
    assert bad.read_bytes() == expected
    assert expected.count(b"no header\n") == 3
    assert told_alike(report) == told_alike(local)
    assert report.counts["bad records"] == 3
    assert left_over(tmp_path) == []
    with pytest.raises(ConfigurationError, match="is written twice"):
        read_files(lanes, on_bad_record="quarantine", quarantine=str(tmp_path / "x")).write_parquet(
            tmp_path / "x", engine=InProcess()
        )


def test_a_quarantine_is_as_it_was_after_an_error(lanes: list[str], tmp_path: Path) -> None:
    spoil(lanes[0], 3)
    bad = tmp_path / "bad.fq"
    bad.write_text("before")
    pipeline = read_files(lanes, on_bad_record="quarantine", quarantine=str(bad))
    with pytest.raises(bs.DataError):
        (pipeline | Fail(bs.DataError, ("no",))).write_parquet(
            tmp_path / "reads", engine=InProcess()
        )
    assert bad.read_text() == "before"
    assert left_over(tmp_path) == []


def test_bad_records_of_real_sources_are_quarantined(lanes: list[str], tmp_path: Path) -> None:
    spoil(lanes[1], 500)
    spoil(lanes[4], 0)
    bad = tmp_path / "bad.fq"
    pipeline = bs.read_fastq(lanes, on_bad_record="quarantine", quarantine=bad)
    with pytest.warns(InputWarning):
        local = pipeline.write_parquet(tmp_path / "local")
    expected = bad.read_bytes()
    with pytest.warns(InputWarning):
        report = pipeline.write_parquet(tmp_path / "reads", engine=InProcess())
    assert bad.read_bytes() == expected
    assert told_alike(report) == told_alike(local)


def test_a_quarantine_is_compressed_as_its_name_says(lanes: list[str], tmp_path: Path) -> None:
    spoil(lanes[0], 3)
    bad = tmp_path / "bad.fq"
    for name in ("bad.fq", "bad.fq.gz"):
        pipeline = read_files(lanes, on_bad_record="quarantine", quarantine=str(tmp_path / name))
        with pytest.warns(InputWarning):
            pipeline.write_parquet(tmp_path / f"of {name} parquet", engine=InProcess())
    assert gzip.decompress((tmp_path / "bad.fq.gz").read_bytes()) == bad.read_bytes() != b""


def test_a_quarantine_inside_the_folder_is_refused(lanes: list[str], tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    inside = str(tmp_path / "out" / "q.fq")
    pipeline = read_files(lanes, on_bad_record="quarantine", quarantine=inside)
    engine = InProcess()
    with pytest.raises(ConfigurationError, match=r"is inside .*out, which is written as a whole"):
        pipeline.write_parquet(tmp_path / "out", engine=engine)
    assert engine.told == []


def test_a_quarantine_replaces_no_file_that_an_operator_reads(
    lanes: list[str], tmp_path: Path
) -> None:
    names = tmp_path / "names.fq"
    names.write_text("r1\n")
    pipeline = read_files(lanes, on_bad_record="quarantine", quarantine=str(names))
    with pytest.raises(SinkError, match=r"names.fq: is an input"):
        (pipeline | bs.KeepNames(str(names))).write_parquet(tmp_path / "o", engine=InProcess())
    assert names.read_text() == "r1\n"
