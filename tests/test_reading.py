"""What `read_fastq` is given is checked before anything is opened."""

import gzip
import io
from pathlib import Path

import pytest

import biometal_stream as bs
from biometal_stream.errors import ConfigurationError

RECORD = b"@a\nACGT\n+\nIIII\n"


@pytest.mark.parametrize("paths", [None, 3, b"reads.fq", print])
def test_what_is_no_input(paths):
    with pytest.raises(ConfigurationError, match="paths must be a path, a binary file object"):
        bs.read_fastq(paths)
    with pytest.raises(ConfigurationError, match="several of these"):
        bs.read_fastq("a.fq", mate=paths or 0)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"sample": "\ud800"}, "must be text that UTF-8 can encode"),
        ({"sample": 3}, "must be text"),
        ({"max_record_bytes": 1.5}, "must be a whole number: 1.5"),
        ({"max_record_bytes": "256M"}, "must be a whole number: '256M'"),
        ({"max_record_bytes": True}, "must be a whole number: True"),
        ({"interleaved": "yes"}, "interleaved must be True or False: 'yes'"),
        ({"quality_encoding": None}, "must be one of phred33"),
    ],
)
def test_settings(settings, message):
    with pytest.raises(ConfigurationError, match=message):
        bs.read_fastq("a.fq", **settings)


def test_every_kind_of_input(tmp_path):
    path = tmp_path / "a.fq.gz"
    path.write_bytes(gzip.compress(RECORD))
    for paths in (path, str(path), [path], (each for each in [path]), {str(path): 1}):
        assert sum(batch.num_rows for batch in bs.read_fastq(paths, mate=None).batches()) == 1
    with path.open("rb") as file:
        assert sum(batch.num_rows for batch in bs.read_fastq(file).batches()) == 1
    assert sum(batch.num_rows for batch in bs.read_fastq(io.BytesIO(RECORD)).batches()) == 1
    assert Path(path).exists()


def test_two_paths_are_mates_or_lanes():
    with pytest.raises(
        TypeError, match=r"write read_fastq\(R1, mate=R2\) for mates, and read_fastq"
    ):
        bs.read_fastq("R1.fq", "R2.fq")


def test_bytes_are_no_path():
    for given in (RECORD, bytearray(RECORD)):
        with pytest.raises(
            ConfigurationError, match="a name is text, and a file in memory"
        ) as told:
            bs.read_fastq(given)
        assert "ACGT" not in str(told.value)
        with pytest.raises(ConfigurationError, match="a path must be text without NULs, not bytes"):
            bs.read_fastq([given])
    reads = bs.read_fastq(io.BytesIO(RECORD))
    with pytest.raises(ConfigurationError, match="a path must be text without NULs, not bytes"):
        reads.write_fastq(b"out.fq")
