"""Columns on the command line: those taken are written, the others are not even made."""

from __future__ import annotations

import json

import pyarrow.parquet as pq
import pytest

from biometal_stream.cli.main import main
from biometal_stream.sources.fastq import parse


@pytest.fixture
def here(inputs, monkeypatch):
    """The folder of the inputs, as the current one."""
    monkeypatch.chdir(inputs)
    return inputs


def program(line):
    return main(line.split())


def test_selected_columns_are_all_that_is_made(here, monkeypatch):
    assert program("read reads.fq.gz measure min-length 100 write all.parquet") == 0
    copied = set()
    kernel = parse.copy_records

    def watched(*arguments):
        copied.add(int(arguments[8]))
        return kernel(*arguments)

    monkeypatch.setattr(parse, "copy_records", watched)
    line = "read reads.fq.gz measure min-length 100 select name gc write some.parquet"
    assert program(f"{line} --stats stats.json") == 0
    assert copied == {int(parse.NAME | parse.SEQUENCE)}
    everything, some = (pq.read_table(here / f"{name}.parquet") for name in ("all", "some"))
    assert some == everything.select(["name", "gc"])
    stages = [stage["name"] for stage in json.loads((here / "stats.json").read_text())["stages"]]
    assert stages[:5] == ["read", "parse", "measure", "min-length", "select"]


def test_pairs_without_their_mates_column(here):
    assert program("read R1.fq.gz --mate R2.fq.gz select name write x.parquet") == 0
    table = pq.read_table(here / "x.parquet")
    assert table.column_names == ["name"]
    assert table.num_rows == 1000


def test_measure_takes_columns(here, capsys):
    line = "read reads.fq.gz measure --columns gc --columns length write x.parquet"
    assert program(line) == 0
    names = pq.read_schema(here / "x.parquet").names
    assert names == ["name", "description", "sequence", "quality", "length", "gc"]
    capsys.readouterr()
    assert program("read reads.fq.gz measure --columns name write y.parquet") == 2
    assert "'name' is not one of length, mean_quality" in capsys.readouterr().err
