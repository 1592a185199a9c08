"""biobear: SQL on its scan. What to do comes as JSON in the first argument."""

from __future__ import annotations

import json
import sys
from typing import Any

import biobear

_STORED = {
    "Parquet": "STORED AS PARQUET OPTIONS ('compression' 'zstd(1)')",
    "plain Parquet": "STORED AS PARQUET OPTIONS ('compression' 'uncompressed')",
}


def main(asked: dict[str, Any]) -> None:
    """Counts, or copies the reads that are good enough into a file."""
    session = biobear.new_session()
    if asked["threads"]:
        session.execute(f"SET datafusion.execution.target_partitions = {asked['threads']}")
    source = f"fastq_scan('{asked['inputs'][0]}')"
    if asked["output"] == "count":
        counting = f"SELECT COUNT(*) FROM {source}"  # noqa: S608 - our own
        counted = session.sql(counting).to_arrow()
        sys.stdout.write(f"{counted.column(0)[0].as_py()}\n")
        return
    wanted = f"SELECT * FROM {source}"  # noqa: S608 - our own
    if asked["min_length"] is not None:
        # What is left without N is shorter by as many bases.
        without = "LENGTH(REPLACE(sequence, 'N', ''))"
        wanted += (
            f" WHERE LENGTH(sequence) >= {asked['min_length']}"
            f" AND LENGTH(sequence) - {without} <= {asked['max_n']}"
        )
    session.execute(f"COPY ({wanted}) TO '{asked['targets'][0]}' {_STORED[asked['output']]}")


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
