"""How many reads a file holds."""

import gzip

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benches.contents import count_reads
from benches.processes import FailedError

TABLE = pa.table({"name": ["a", "b", "c"]})


def test_every_kind_of_file_is_counted(tmp_path) -> None:
    fastq = b"@r\nACGT\n+\nIIII\n" * 5
    (tmp_path / "a.fastq").write_bytes(fastq)
    (tmp_path / "b.fastq.gz").write_bytes(gzip.compress(fastq) + gzip.compress(fastq))
    pq.write_table(TABLE, tmp_path / "c.parquet", row_group_size=2)
    with pa.ipc.new_file(tmp_path / "d.arrow", TABLE.schema) as out:
        out.write_table(TABLE, max_chunksize=2)
    found = [count_reads((str(path),)) for path in sorted(tmp_path.iterdir())]
    assert found == [5, 10, 3, 3]
    assert count_reads((str(tmp_path / "a.fastq"), str(tmp_path / "b.fastq.gz"))) == 15


@pytest.mark.parametrize("suffix", [".fastq", ".fastq.gz", ".parquet", ".arrow"])
def test_what_is_missing_or_broken_is_told(tmp_path, suffix) -> None:
    path = tmp_path / f"out{suffix}"
    with pytest.raises(FailedError, match="what it wrote cannot be read"):
        count_reads((str(path),))
    if suffix != ".fastq":
        path.write_bytes(b"no such thing")
        with pytest.raises(FailedError, match="what it wrote cannot be read"):
            count_reads((str(path),))
