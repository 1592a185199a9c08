"""Reads for the bench: the bundled sample, and pairs made of it."""

import gzip
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

SAMPLE = REPOSITORY / "biometal_stream" / "data"


@pytest.fixture(scope="session")
def source(tmp_path_factory) -> Path:
    """A folder with the sample, and with its first 500 reads as if they were mates."""
    folder = tmp_path_factory.mktemp("source")
    (sample,) = SAMPLE.glob("*.fastq.gz")
    text = gzip.decompress(sample.read_bytes())
    (folder / "sample.fastq.gz").write_bytes(gzip.compress(text))
    records = [b"\n".join(each) for each in zip(*[iter(text.split(b"\n"))] * 4, strict=False)]
    for mate, own in (("1", records[:500]), ("2", records[500:1_000])):
        named = [
            b"@pair%d/%s\n" % (number, mate.encode()) + record.split(b"\n", 1)[1] + b"\n"
            for number, record in enumerate(own)
        ]
        (folder / f"pairs_R{mate}.fastq.gz").write_bytes(gzip.compress(b"".join(named)))
    return folder
