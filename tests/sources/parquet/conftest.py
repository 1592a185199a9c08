"""Real reads, and files of Parquet."""

import pyarrow.parquet as pq
import pytest

import biometal_stream as bs
from tests.interop.streams import SAMPLE


@pytest.fixture
def write(tmp_path):
    def write(rows, name="reads.parquet", **settings):
        path = tmp_path / name
        pq.write_table(rows, path, **settings)
        return path

    return write


@pytest.fixture(scope="module")
def reads() -> bs.Pipeline:
    """Real reads with measures, labels, qualities as numbers, and a sample's name."""
    columns = bs.read_fastq(SAMPLE, sample="S1") | bs.Measure() | bs.Predict("quality")
    return columns | bs.DecodeQuality()
