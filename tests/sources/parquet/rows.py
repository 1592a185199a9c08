"""Tables of reads, and files of them."""

import pyarrow as pa
import pytest

import biometal_stream as bs

TEXTS = (pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string()))


def table(rows: int, *, paired: bool = False, kind: pa.DataType = TEXTS[0]) -> pa.Table:
    """Reads whose every value tells its row."""
    bases = ["ACGT"[row % 4] * (row % 7 + 1) for row in range(rows)]
    columns = {
        "name": pa.array([f"r{row // 2 if paired else row}" for row in range(rows)], TEXTS[0]),
        "sequence": pa.array(bases, TEXTS[0]).cast(kind),
        "quality": pa.array(["I" * len(each) for each in bases], TEXTS[0]).cast(kind),
        "row": pa.array(range(rows), pa.int64()),
    }
    if paired:
        columns["mate"] = pa.array([row % 2 + 1 for row in range(rows)], pa.int8())
    return pa.table(columns)


def read(path, **options):
    return bs.read_parquet(path).with_options(**options).stream().read_all()


def until_error(pipeline, kind, told):
    """The rows that come before an error, and what it says."""
    found = []

    def take():
        for batch in pipeline.batches():
            found.extend(batch.to_pylist())

    with pytest.raises(kind, match=told) as caught:
        take()
    return found, str(caught.value)
