"""What comes after a trimmer sees the trimmed reads, however the run is cut and spread."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.interfaces import Operator
from biometal_stream.pipeline import Pipeline
from biometal_stream.view import BatchView
from tests.engines.stand_ins import InProcess, read_files
from tests.operators.conformance import cut, reads
from tests.operators.kernels import trims

BEHIND: list[Operator] = [
    bs.MinLength(30),
    bs.MaxLength(30),
    bs.MaxN(1),
    bs.MinMeanQuality(12),
    bs.MinArithmeticMeanQuality(20),
    bs.MaxExpectedErrors(2),
    bs.MaxLowQualityFraction(0.2, quality=15),
    bs.MinComplexity(0.6),
    bs.Where("30 < length < 80 and gc > 0.3 and arithmetic_mean_quality - mean_quality < 5"),
    bs.Where("length(sequence) > 20 and starts_with(sequence, 'A') or contains(quality, '5')"),
    bs.Measure(),
    bs.Predict("quality", probabilities=True),
    bs.Predict("quality", where="length > 40"),
    bs.EncodeReads("one-hot-quality/1", 40),
    bs.EncodeReads("kmers/1", 30, "int32", k=3, windows="stride", stride=20),
    bs.DecodeQuality(),
    bs.ReverseComplement(),
    bs.Sample(fraction=0.5),
    bs.TrimFixed(tail=4),
]
TRIMMERS = (bs.TrimFixed(front=4, length=90), bs.TrimQuality(15, front_quality=10))

each = pytest.mark.parametrize("operator", BEHIND, ids=repr)


def whole(paired: bool) -> pa.RecordBatch:
    return reads(60, paired=paired).drop_columns(["host_label"])


def trimmed(batch: pa.RecordBatch) -> pa.RecordBatch:
    """What the trimmers leave, by their definitions and without them."""
    found = []
    for row in batch.to_pylist():
        sequence, quality = row["sequence"][4:][:90], row["quality"][4:][:90]
        first, stop = trims.bwa([ord(letter) - 33 for letter in quality], 10, 15)
        found.append(row | {"sequence": sequence[first:stop], "quality": quality[first:stop]})
    return pa.RecordBatch.from_pylist(found, schema=batch.schema)


@dataclass(frozen=True)
class Batches:
    """A source of some batches."""

    of: tuple[pa.RecordBatch, ...]

    @property
    def schema(self) -> pa.Schema:
        return self.of[0].schema

    def batches(self) -> Iterator[pa.RecordBatch]:
        yield from self.of


def rounded(number: float | None) -> float | None:
    """A number as the columns of `bs.Measure` have it."""
    return None if number is None else float(np.float32(number))


def ran(batches: list[pa.RecordBatch], *operators: Operator, threads: int = 1) -> pa.Table:
    return Pipeline(Batches(tuple(batches)), operators, threads=threads).stream().read_all()


@each
@pytest.mark.parametrize("paired", [False, True])
def test_in_one_chain_and_apart(operator, paired):
    batch = whole(paired)
    wanted = pa.Table.from_batches([operator(trimmed(batch))])
    assert ran([batch], *TRIMMERS, operator).equals(wanted, check_metadata=True)
    alone = batch
    for one in (*TRIMMERS, operator):
        alone = pickle.loads(pickle.dumps(one))(alone)
    assert pa.Table.from_batches([alone]).equals(wanted, check_metadata=True)


@given(
    chosen=st.lists(st.sampled_from([one for one in BEHIND if one.name != "predict"]), max_size=3),
    ends=st.lists(st.integers(0, 30).map(lambda pair: 2 * pair), max_size=6),
    threads=st.integers(1, 4),
    paired=st.booleans(),
)
@settings(max_examples=25)
def test_threads_and_batches_make_no_difference(chosen, ends, threads, paired):
    batch = whole(paired)
    # What describes the whole reads comes last; a filter, a trimmer and a serial step come before.
    adds = [one for one in chosen if one.output_schema(batch.schema) != batch.schema]
    others = [one for one in chosen if one not in adds]
    operators = [
        bs.MinLength(3),
        bs.TrimFixed(front=2),
        *others,
        bs.Head(50),
        TRIMMERS[1],
        *adds[:1],
    ]
    wanted = batch
    for one in operators:
        wanted = one(wanted)
    found = ran(cut(batch, ends), *operators, threads=threads)
    assert found.to_pylist() == wanted.to_pylist()


def test_a_chain_of_trimmers_copies_text_once(monkeypatch):
    copied = []
    to_batch = BatchView.to_batch
    monkeypatch.setattr(BatchView, "to_batch", lambda *a: copied.append(1) or to_batch(*a))
    operators = (*TRIMMERS, bs.MinLength(3), bs.TrimFixed(tail=1), bs.MaxN(5), bs.TrimQuality(3))
    ran([whole(False)], *operators)
    assert len(copied) == 1


def test_measures_are_described_in_the_header_as_they_are_now():
    operators = (*TRIMMERS, bs.Measure(("length",)), bs.TagDescription(("length",), style="words"))
    found = ran([whole(False)], *operators)
    for read, description in zip(found["sequence"], found["description"], strict=True):
        assert description.as_py().endswith(f"length={len(read.as_py())}")


def test_mates_are_trimmed_each_by_itself_and_kept_together():
    batch = whole(True)
    found = ran([batch], *TRIMMERS, bs.MinLength(20))
    lengths = [len(row["sequence"]) for row in trimmed(batch).to_pylist()]
    pairs = sum(
        one >= 20 and two >= 20 for one, two in zip(lengths[::2], lengths[1::2], strict=True)
    )
    assert 0 < pairs < len(lengths) // 2
    assert found["mate"].to_pylist() == [1, 2] * pairs


def test_the_partitions_of_a_cluster_give_the_same(tmp_path):
    lanes = []
    for number in range(3):
        lanes.append(str(tmp_path / f"lane{number}.fq"))
        Pipeline(Batches((whole(False).slice(20 * number, 20),))).write_fastq(lanes[-1])
    pipeline = read_files(lanes) | TRIMMERS[0] | TRIMMERS[1] | bs.Measure()
    pipeline.write_parquet(tmp_path / "spread", engine=InProcess())
    pipeline.write_parquet(tmp_path / "one.parquet")
    spread, one = (ds.dataset(tmp_path / name).to_table() for name in ("spread", "one.parquet"))
    assert spread.num_rows == 60
    assert spread.equals(one)


def test_a_dataset_filters_by_the_trimmed_read():
    batch = whole(False)
    pipeline = Pipeline(Batches((batch,)), (*TRIMMERS, bs.Measure(("length",))))
    found = pipeline.dataset().to_table(["length"], filter=pc.field("length") > 40)
    lengths = [len(row["sequence"]) for row in trimmed(batch).to_pylist()]
    assert found["length"].to_pylist() == [length for length in lengths if length > 40]


def test_duckdb_gives_and_measures_trimmed_reads():
    duckdb = pytest.importorskip("duckdb")
    from biometal_stream.interop.duckdb import apply, register

    batch = whole(False)
    with duckdb.connect() as connection:
        register(connection)
        connection.register("reads", batch)
        pipeline = apply(connection.sql("SELECT name, sequence, quality FROM reads"), *TRIMMERS)
        cursor = connection.cursor()
        cursor.register("trimmed", pipeline)
        query = "SELECT mean_quality(quality), gc_fraction(sequence) FROM trimmed"
        found = cursor.sql(query).fetchall()
        measured = bs.Measure(("mean_quality", "gc"))(trimmed(batch))
        columns = (measured[name].to_pylist() for name in ("mean_quality", "gc"))
        wanted = zip(*columns, strict=True)
        assert [tuple(map(rounded, row)) for row in found] == list(wanted)
        # What was measured of the whole reads is refused, whatever measured it.
        query = "SELECT *, mean_quality(quality) AS mean_quality FROM reads"
        with pytest.raises(bs.SchemaError, match="'mean_quality' describes the whole reads"):
            apply(connection.sql(query), *TRIMMERS)


def test_polars_gives_and_measures_trimmed_reads():
    pl = pytest.importorskip("polars")
    from biometal_stream.interop.polars import apply

    batch = whole(False).select(["name", "sequence", "quality"])
    frame = pl.from_arrow(batch).lazy()
    found = apply(frame, *TRIMMERS).with_columns(n=pl.col("sequence").reads.n_count()).collect()
    assert found["sequence"].to_list() == trimmed(batch)["sequence"].to_pylist()
    assert found["n"].to_list() == bs.Measure()(trimmed(batch))["n_count"].to_pylist()
    measured = frame.with_columns(gc_fraction=pl.col("sequence").reads.gc_fraction())
    with pytest.raises(bs.SchemaError, match="'gc_fraction' describes the whole reads"):
        apply(measured, *TRIMMERS)
