"""The demonstration shows what it did, and its advice works."""

import os
import sys

import pyarrow.parquet as pq
import pytest

from biometal_stream.cli.demo import CHAIN, sample_path
from biometal_stream.cli.main import main


def test_the_sample_is_small_enough_to_ship():
    with sample_path() as path:
        assert path.stat().st_size < 250_000


def test_demo(shell):
    run = shell.run("biometal-stream demo")
    table = pq.read_table(shell.folder / "biometal-stream-demo.parquet")
    assert 0 < table.num_rows < 2000
    assert "max-expected-errors" in run.stdout
    assert f"{table.num_rows:,} of 2,000 reads are in biometal-stream-demo.parquet" in run.stdout
    assert "The report is in biometal-stream-demo.html" in run.stdout
    page = (shell.folder / "biometal-stream-demo.html").read_text()
    assert page.startswith("<!doctype html>")
    assert "ERR777676" in page
    lines = run.stdout.splitlines()
    commands = [line for line in lines if ' -c "import ' in line]
    assert len(commands) == 2
    for command in commands:
        shown = shell.run(command)
        assert "ERR777676." in shown.stdout
        assert "mean_quality" in shown.stdout


def test_the_chain_is_what_the_demo_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["demo", "--output", "it's a demo.parquet"]) == 0
    shown = capsys.readouterr().out
    assert CHAIN in shown
    with sample_path() as path:
        words = ["read", str(path), *CHAIN.split(), "write", "same.parquet"]
        assert main(words) == 0
    assert pq.read_table("same.parquet").equals(pq.read_table("it's a demo.parquet"))


@pytest.mark.parametrize("name", ["demo.fq.gz", "demo.arrow", "demo.csv"])
def test_a_name_of_another_format(tmp_path, monkeypatch, capsys, name):
    monkeypatch.chdir(tmp_path)
    assert main(["demo", "--output", name]) != 0
    told = capsys.readouterr().err
    assert "but Parquet is to be written; name it demo.parquet" in told
    assert not list(tmp_path.iterdir())


def test_quiet(tmp_path, capsys):
    assert main(["--quiet", "demo", "--output", str(tmp_path / "o.parquet")]) == 0
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "")


@pytest.mark.parametrize(
    ("words", "fitting"),
    [
        (["demo", "--output", "x.fq.gz"], "x.parquet"),
        (["synthesize", "x.parquet"], "x.fq"),
        (["read", "x.fq", "--quarantine", "bad.parquet", "write", "o.fq"], "bad.fq"),
    ],
)
def test_no_format_is_offered_where_there_is_but_one(tmp_path, monkeypatch, capsys, words, fitting):
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    told = capsys.readouterr().err
    assert told.endswith(f"is to be written; name it {fitting}\n")


@pytest.mark.skipif(sys.platform == "darwin", reason="its file systems take UTF-8 alone")
def test_a_name_that_is_not_utf8(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    name = os.fsdecode(b"x\xff.parquet")
    assert main(["demo", "--output", name]) == 0
    shown = capsys.readouterr().out
    assert "DuckDB and Polars open only names in UTF-8" in shown
    assert "import " not in shown
    assert (tmp_path / name).exists()
