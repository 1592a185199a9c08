"""What a new user does: real reads into a pipe, Parquet out, and a look with another tool."""

import shlex
import subprocess
import sys
from pathlib import Path

import dnaio
import duckdb

from tests.sources.stand_ins import header_of


def test_all_illumina_reads_through_a_pipe_into_duckdb(shared_data: Path, tmp_path: Path) -> None:
    files = sorted((shared_data / "reads" / "illumina").glob("*.fastq.gz"))
    target = tmp_path / "reads.parquet"
    program = f"{shlex.quote(sys.executable)} -m biometal_stream --quiet"
    command = f"cat {shlex.join(map(str, files))} | {program} read - write {target}"
    subprocess.run(["bash", "-o", "pipefail", "-ec", command], check=True, cwd=Path.cwd())

    columns = "name, description, sequence, quality"
    found = duckdb.connect().execute(f"select {columns} from '{target}'")
    for path in files:
        with dnaio.open(path) as reader:
            expected = [(read.name, read.sequence, read.qualities) for read in reader]
        rows = found.fetchmany(len(expected))
        assert [(header_of(n, d), s, q) for n, d, s, q in rows] == expected
    assert found.fetchone() is None
    groups = f"select count(distinct row_group_id) from parquet_metadata('{target}')"
    assert duckdb.sql(groups).fetchall() == [(4,)]  # of 122,880 reads, and the rest
