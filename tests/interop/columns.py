"""Reads for the functions of columns, and what each must give, by other means."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pyarrow as pa

import biometal_stream as bs
from biometal_stream.interop.functions import FUNCTIONS, ColumnFunction
from biometal_stream.measured import MEASURES
from tests.conftest import REPOSITORY
from tests.indexes import plain as indexes
from tests.operators import plain

SAMPLE = REPOSITORY / "biometal_stream" / "data" / "ERR777676_16S_R1.fastq.gz"
CONSTANTS = {"model": "quality", "k": 11, "w": 5}
"""What is given for parameters that are not columns."""
AWKWARD = {
    "name": ["empty", "null", "no bases", "no qualities", "one", "only N", "all codes"],
    "sequence": ["", None, None, "ACGT", "A", "NNNN", "ACGTURYKMSWBDHVNacgturykmswbdhvn-"],
    "quality": ["", None, "IIII", None, "!", "~~~~", "".join(map(chr, range(40, 73)))],
}


def real_reads(source: object = SAMPLE, number: int = 2_000) -> pa.Table:
    """Real reads, numbered."""
    pipeline = bs.read_fastq(source) | bs.Head(number) | bs.Select(("name", "sequence", "quality"))
    table = pa.Table.from_batches(list(pipeline.batches()), pipeline.schema)
    nullable = pa.schema([field.with_nullable(True) for field in table.schema])
    return numbered(table.cast(nullable))


@cache
def reads() -> pa.Table:
    """Real reads, and between them those that a function may stumble over, such as nulls.

    There are 4,007, more than one vector of DuckDB's has. The awkward ones are from 2,000 on.
    """
    real = real_reads().drop_columns(["row"])
    parts = [real, pa.table(AWKWARD, schema=real.schema), real]
    return numbered(pa.concat_tables(parts).combine_chunks())


def numbered(table: pa.Table) -> pa.Table:
    """Adds a column ``row``, since an engine may give rows in any order."""
    return table.append_column("row", pa.array(range(table.num_rows), pa.int64()))


def expected(table: pa.Table) -> dict[str, list[object]]:
    """What each function gives: by the operators where they add such a column."""
    valid = table.drop_null()
    k, w = CONSTANTS["k"], CONSTANTS["w"]
    operators = bs.Measure(), bs.Predict("quality"), bs.Minimizers(k, w), bs.Kmers(k)
    (batch,) = valid.combine_chunks().to_batches()
    for operator in operators:
        batch = operator(batch)
    by_row = dict(zip(batch["row"].to_pylist(), batch.to_pylist(), strict=True))
    rows = table.to_pylist()
    names = {
        "mean_quality": "mean_quality",
        "expected_errors": "expected_errors",
        "gc_fraction": "gc",
        "n_count": "n_count",
        "minimizers": "minimizers",
        "kmers": "kmers",
        "predict": "quality_label",
        "predict_probability": "quality_probability",
    }
    plains = {
        **{
            each.sql: (getattr(plain, each.name), each.reads)
            for each in MEASURES.values()
            if each.sql
        },
        "reverse_complement": (plain.reverse_complement, "sequence"),
        "minimizers": (
            lambda text: [value for _, value in indexes.minimizers(text, k, w)],
            "sequence",
        ),
        "kmers": (lambda text: [value for _, value in indexes.kmers(text, k)], "sequence"),
    }
    found: dict[str, list[object]] = {}
    for function in FUNCTIONS:
        if function.name == "predict_score":
            continue
        values = []
        for row in rows:
            if row["row"] in by_row and function.name in names:
                values.append(by_row[row["row"]][names[function.name]])
            elif function.name in plains and row[plains[function.name][1]] is not None:
                compute, column = plains[function.name]
                values.append(compute(row[column]))
            else:
                values.append(None)
        found[function.name] = values
    return found


def assert_expected(found: dict[str, list[object]]) -> None:
    """Compares columns of `reads` with what they must be, row for row."""
    wanted = expected_of_reads()
    assert set(found) <= set(wanted)
    for name, values in found.items():
        assert same(values, wanted[name]), name


@cache
def expected_of_reads() -> dict[str, list[object]]:
    """`expected` of `reads`."""
    return expected(reads())


def same(found: list[object], wanted: list[object]) -> bool:
    """Whether two columns are alike: numbers as ``float32``, which the operators give."""
    if [value is None for value in found] != [value is None for value in wanted]:
        return False
    ours = [value for value in found if value is not None]
    theirs = [value for value in wanted if value is not None]
    if theirs and isinstance(theirs[0], float):
        return bool(np.allclose(np.float32(ours), np.float32(theirs), rtol=2e-7, atol=0))
    return ours == theirs


def passed(function: ColumnFunction, of: Callable[[str], object]) -> list[object]:
    """The arguments of a function: constants, and of each other name what ``of`` makes of it."""
    return [CONSTANTS[name] if name in CONSTANTS else of(name) for name in function.parameters]
