"""Quality control of many samples in SQL.

Ten samples are trimmed, each with a report. Their tables become one Parquet file, and one query of
DuckDB finds the samples that lost the most, and where their quality drops. Ten thousand samples
need the same query.

    python examples/many_samples.py

needs ``pip install 'biometal-stream[duckdb]'``.
"""

from __future__ import annotations

import sys
import tempfile
from importlib import resources
from pathlib import Path

import duckdb

import biometal_stream as bs
from biometal_stream.reports.tables.long import long_parquet

SAMPLE = resources.files("biometal_stream") / "data" / "ERR777676_16S_R1.fastq.gz"

QUERY = """
with totals as (
    pivot (
        from 'qc.parquet'
        select sample, name || '_' || place as figure, value
        where module = 'totals' and name in ('reads', 'q30_share')
    )
    on figure using first(value)
),
drops as (
    select sample, min(first) as first_bad_cycle
    from 'qc.parquet'
    where module = 'per_cycle' and place = 'before' and name = 'percentile_10' and value < 30
    group by sample
)
select
    sample,
    reads_before::bigint as reads,
    round(100 * (1 - reads_after / reads_before), 1) as percent_lost,
    round(100 * q30_share_before, 1) as q30_before,
    round(100 * q30_share_after, 1) as q30_after,
    first_bad_cycle
from totals left join drops using (sample)
order by percent_lost desc, sample
"""


def make_samples(folder: Path) -> list[Path]:
    """Divides the reads of the package among ten files, as if they were ten samples."""
    reads = bs.read_fastq(SAMPLE).stream().read_all()
    files = []
    for number in range(10):
        files.append(folder / f"sample{number}.fq.gz")
        bs.from_arrow(reads.slice(number * 200, 200)).write_fastq(files[-1])
    return files


def main(folder: Path) -> None:
    """Trims the samples, writes their tables to one file, and asks it."""
    documents = []
    for path in make_samples(folder):
        steps = bs.QualityControl() | bs.TrimQuality(20) | bs.MaxN(0) | bs.QualityControl()
        report = (bs.read_fastq(path) | steps).write_fastq(folder / f"clean_{path.name}")
        documents.append(report.document())
    # On the command line: --report sample0.json for each run, and then
    # biometal-stream report tables *.json --output qc.parquet
    (folder / "qc.parquet").write_bytes(long_parquet(documents))
    duckdb.sql(f"set file_search_path = '{folder}'")
    print(duckdb.sql(QUERY))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(Path(temporary))
