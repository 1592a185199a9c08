"""An operator of your own, in every engine.

``python examples/own_operator.py`` moves the molecular identifier of each read of the sample that
comes with biometal_stream into a column: in our pipeline, and in each engine that is installed.
The operator is the same object everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module, resources
from importlib.util import find_spec
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

import biometal_stream as bs
from biometal_stream.operators.base import StatelessOperator
from biometal_stream.schemas import require_text
from biometal_stream.settings import argument

SAMPLE = resources.files("biometal_stream") / "data" / "ERR777676_16S_R1.fastq.gz"


@dataclass(frozen=True)
class ExtractUmi(StatelessOperator):
    """Moves the first bases of each read, its molecular identifier, into a column ``umi``."""

    length: int = argument("The length of the identifier.", unit="bases", minimum=1)

    def output_schema(self, schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input, and the new column."""
        require_text(schema, ("sequence", "quality"), self.name)
        return schema.append(schema.field("sequence").with_name("umi"))

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Cuts each read."""
        columns = dict(zip(batch.schema.names, batch.columns, strict=True))
        columns["umi"] = pc.utf8_slice_codeunits(batch["sequence"], 0, self.length)
        for name in ("sequence", "quality"):
            columns[name] = pc.utf8_slice_codeunits(batch[name], self.length)
        return pa.record_batch(list(columns.values()), self.output_schema(batch.schema))


def in_pipeline(_reads: pa.Table) -> pa.Table:
    """Our own pipeline, from a file on."""
    pipeline = bs.read_fastq(SAMPLE) | ExtractUmi(8)
    return pipeline.stream().read_all()


def in_pyarrow(reads: pa.Table) -> pa.Table:
    """pyarrow: an operator is a function of a record batch."""
    return pa.Table.from_batches(map(ExtractUmi(8), reads.to_batches()))


def in_pandas(reads: pa.Table) -> pa.Table:
    """pandas: a frame is a batch by ``from_pandas``, and a batch is a frame by ``to_pandas``."""
    frame = reads.to_pandas()
    frame = ExtractUmi(8)(pa.RecordBatch.from_pandas(frame)).to_pandas()
    return pa.Table.from_pandas(frame)


def in_duckdb(reads: pa.Table) -> pa.Table:
    """DuckDB: over a relation; the result is read through another connection."""
    import duckdb

    from biometal_stream.interop.duckdb import apply

    with duckdb.connect() as connection, connection.cursor() as other:
        extracted = apply(connection.from_arrow(reads), ExtractUmi(8))  # noqa: F841 - SQL's name
        return other.sql("SELECT * FROM extracted").to_arrow_table()


def in_polars(reads: pa.Table) -> pa.Table:
    """Polars: over a lazy frame."""
    import polars as pl

    from biometal_stream.interop.polars import apply

    frame = pl.DataFrame(reads).lazy()
    return apply(frame, ExtractUmi(8)).collect(engine="streaming").to_arrow()


def in_datafusion(reads: pa.Table) -> pa.Table:
    """DataFusion: over a frame; the result is read as a dataset."""
    import datafusion

    from biometal_stream.interop.datafusion import apply

    context = datafusion.SessionContext()
    extracted = apply(context.from_arrow(reads), ExtractUmi(8))
    context.register_dataset("extracted", extracted.dataset())
    return context.sql("SELECT * FROM extracted").to_arrow_table()


def in_daft(reads: pa.Table) -> pa.Table:
    """Daft: over a frame."""
    import daft

    from biometal_stream.interop.daft import apply

    return apply(daft.from_arrow(reads), ExtractUmi(8)).to_arrow()


def in_spark(session: Any, reads: pa.Table) -> pa.Table:
    """Spark: over a frame of a session that runs."""
    from biometal_stream.interop.spark import apply

    return apply(session.createDataFrame(reads), ExtractUmi(8)).toArrow()


def in_ray(reads: pa.Table) -> pa.Table:
    """Ray Data: over a dataset of a cluster that runs."""
    import ray

    from biometal_stream.interop.ray import apply

    dataset = apply(ray.data.from_arrow(reads), ExtractUmi(8))
    return pa.concat_tables(ray.get(dataset.to_arrow_refs()), promote_options="permissive")


ENGINES: dict[str, Callable[[pa.Table], pa.Table]] = {
    "biometal_stream": in_pipeline,
    "pyarrow": in_pyarrow,
    "pandas": in_pandas,
    "duckdb": in_duckdb,
    "polars": in_polars,
    "datafusion": in_datafusion,
    "daft": in_daft,
}
"""What needs no cluster."""


def main() -> None:
    """Runs the operator wherever it can run here."""
    reads = bs.read_fastq(SAMPLE).stream().read_all()
    wanted = in_pyarrow(reads)
    print(f"{reads.num_rows:,} reads, the first with UMI {wanted['umi'][0]}")
    for name, run in ENGINES.items():
        if find_spec(name) is None:
            print(f"{name:<15} is not installed")
            continue
        same = run(reads).to_pylist() == wanted.to_pylist()
        version = import_module(name).__version__
        print(f"{name:<15} {version:<9} {'the same rows' if same else 'OTHER ROWS'}")


if __name__ == "__main__":
    main()
