"""Whatever is wrong with the input: one line, exit status 1, and no target."""

import os
import threading
from contextlib import contextmanager

import pyarrow.parquet as pq
import pytest

from biometal_stream.cli.main import main


@pytest.fixture(scope="module")
def cases(shared_data):
    folder = shared_data / "malformed" / "cases"
    lines = (folder / "EXPECTED.tsv").read_text().splitlines()[1:]
    rows = [line.split("\t")[:3] for line in lines]
    assert len(rows) > 50
    return folder, rows


def check(words, expected, target, capsys):
    status = main([*words, "write", str(target), "--quiet"])
    shown = capsys.readouterr()
    said = shown.err.splitlines()
    assert shown.out == ""
    assert all(line.startswith("biometal-stream: ") for line in said), said
    errors = [line for line in said if line.startswith("biometal-stream: error: ")]
    if expected == "error":
        assert status == 1, words
        assert len(errors) == 1, said
        assert not target.exists()
    else:
        assert status == 0, said
        assert not errors
        assert pq.read_metadata(target).num_rows == int(expected)
        target.unlink()


def test_on_files(cases, tmp_path, capsys):
    folder, rows = cases
    for file, mate, expected in rows:
        words = ["read", str(folder / file)]
        if mate == "interleaved":
            words.append("--interleaved")
        elif mate:
            words += ["--mate", str(folder / mate)]
        check(words, expected, tmp_path / "out.parquet", capsys)
    assert not list(tmp_path.iterdir())


@contextmanager
def piped(content):
    """A pipe that gives the content, by its name; its reader may go away early."""
    out, into = os.pipe()

    def feed():
        with os.fdopen(into, "wb") as pipe:
            try:
                pipe.write(content)
            except BrokenPipeError:
                return

    thread = threading.Thread(target=feed)
    thread.start()
    try:
        yield f"/dev/fd/{out}"
    finally:
        os.close(out)
        thread.join()


def test_on_pipes(cases, tmp_path, capsys):
    folder, rows = cases
    for file, mate, expected in rows:
        if mate:
            continue
        with piped((folder / file).read_bytes()) as name:
            # A pipe has no name that says FASTQ.
            check(["read", name, "--format", "fastq"], expected, tmp_path / "out.parquet", capsys)
    assert not list(tmp_path.iterdir())
