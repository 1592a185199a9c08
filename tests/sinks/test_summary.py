import math
import pickle
import statistics

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.errors import DataError
from biometal_stream.sinks import SummarySink
from tests.sinks.driver import cut, drive, reads


def naive_n50(lengths):
    held = 0
    for length in sorted(lengths, reverse=True):
        held += length
        if 2 * held >= sum(lengths):
            return length
    return None


read = st.text("ACGTNacgtn", max_size=80).flatmap(
    lambda bases: st.tuples(
        st.just(bases),
        st.text(
            st.characters(min_codepoint=33, max_codepoint=126),
            min_size=len(bases),
            max_size=len(bases),
        ),
    )
)


@given(st.lists(read, max_size=12), st.sampled_from([pa.string(), pa.large_string()]))
def test_summary_is_what_the_definitions_say(rows, kind):
    sequences = [sequence for sequence, _ in rows]
    qualities = [quality for _, quality in rows]
    batch = pa.record_batch(
        {"sequence": pa.array(sequences, kind), "quality": pa.array(qualities, kind)}
    )
    found = drive(SummarySink(), batch.schema, cut(batch, [2, 3])).result
    bases = "".join(sequences).upper()
    scores = [ord(c) - 33 for c in "".join(qualities)]
    lengths = list(map(len, sequences))
    assert found.reads == len(rows)
    assert found.pairs is None
    assert found.bases == len(bases)
    assert found.min_length == min(lengths, default=None)
    assert found.max_length == max(lengths, default=None)
    assert found.median_length == (statistics.median(lengths) if lengths else None)
    assert found.mean_length == (len(bases) / len(rows) if rows else None)
    assert found.n50 == naive_n50(lengths)
    if not bases:
        assert found.gc is found.n is found.q20 is found.q30 is found.mean_quality is None
        return
    known = sum(map(bases.count, "ACGTU"))
    assert found.gc == (sum(map(bases.count, "GC")) / known if known else None)
    assert found.n == bases.count("N") / len(bases)
    assert found.q20 == sum(score >= 20 for score in scores) / len(scores)
    assert found.q30 == sum(score >= 30 for score in scores) / len(scores)
    assert found.arithmetic_mean_quality == sum(scores) / len(scores)
    error = math.fsum(10 ** (-score / 10) for score in scores) / len(scores)
    assert found.mean_quality == pytest.approx(-10 * math.log10(error), rel=1e-12)


def numbered(rows):
    batch = reads(rows, paired=True)
    scores = [None if n % 7 == 0 else math.nan if n % 5 == 0 else 1 / (n + 1) for n in range(rows)]
    batch = batch.append_column("score", pa.array(scores, pa.float64()))
    batch = batch.append_column("half", pa.array([n / 7 for n in range(rows)], pa.float32()))
    batch = batch.append_column("big", pa.array([2**64 - 1 - n for n in range(rows)], pa.uint64()))
    batch = batch.append_column("low", pa.array([-(2**63) + n for n in range(rows)], pa.int64()))
    return batch.append_column("flag", pa.array([n % 4 == 0 for n in range(rows)]))


def test_same_for_any_workers_and_batches(monkeypatch):
    monkeypatch.setattr("biometal_stream.sinks.summary._MORSEL_ROWS", 300)
    batch = numbered(2000)
    found = set()
    for workers, sizes in [(1, []), (2, [1, 2, 0, 999]), (4, [100] * 17)]:
        found.add(drive(SummarySink(), batch.schema, cut(batch, sizes), workers).result)
    assert len(found) == 1


def test_further_columns():
    batch = numbered(1000)
    summary = drive(SummarySink(), batch.schema, [batch]).result
    assert summary.pairs == 500
    columns = {column.name: column for column in summary.columns}
    assert list(columns) == ["score", "half", "big", "low", "flag"]
    scores = [s for s in batch["score"].to_pylist() if s is not None and not math.isnan(s)]
    assert columns["score"].nulls == 1000 - len(scores)
    assert columns["score"].minimum == min(scores)
    assert columns["score"].maximum == max(scores)
    assert columns["score"].mean == pytest.approx(statistics.fmean(scores), rel=1e-12)
    for name in ("big", "low"):
        values = batch[name].to_pylist()
        assert columns[name].mean == sum(values) / len(values)
        assert (columns[name].minimum, columns[name].maximum) == (min(values), max(values))
    assert columns["flag"].mean == 0.25


def test_infinities():
    for values, mean in [([math.inf, 1.0], math.inf), ([math.inf, -math.inf], math.nan)]:
        batch = pa.record_batch({"x": values})
        (column,) = drive(SummarySink(), batch.schema, [batch]).result.columns
        assert column.mean == pytest.approx(mean, nan_ok=True)


@pytest.mark.parametrize("names", [[], ["sequence"], ["quality"], ["name"]])
def test_what_is_missing_is_none(names):
    batch = reads(9).select(names)
    opened = drive(SummarySink(), batch.schema, [batch])
    summary = opened.result
    assert summary.reads == 9
    assert (summary.bases is None) == ("sequence" not in names)
    assert (summary.q30 is None) == ("quality" not in names)
    assert opened.outputs == ()
    assert opened.bytes_written == 0


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
def test_nulls_are_left_out(kind):
    column = pa.array(["ACGT", None, "GG"], kind)
    batch = pa.record_batch({"sequence": column, "quality": column})
    summary = drive(SummarySink(), batch.schema, [batch]).result
    assert (summary.reads, summary.bases, summary.gc) == (3, 6, 4 / 6)


def test_quality_that_is_no_phred33():
    batch = pa.record_batch({"quality": ["!\x1f"]})
    with pytest.raises(DataError, match="no Phred"):
        drive(SummarySink(), batch.schema, [batch])


def test_recipe():
    assert pickle.loads(pickle.dumps(SummarySink())) == SummarySink()


def test_the_worst_quality_is_not_minus_zero():
    batch = pa.record_batch({"quality": ["!!!!"]})
    assert str(drive(SummarySink(), batch.schema, [batch]).result.mean_quality) == "0.0"


@given(
    st.lists(st.sampled_from(["human", "virus", "other", None]), max_size=30),
    st.lists(st.integers(1, 30), min_size=1, max_size=4),
)
def test_labels_are_counted(labels, ends):
    whole = pa.record_batch({"host": pa.array(labels, pa.string()).dictionary_encode()})
    (found,) = drive(SummarySink(), whole.schema, cut(whole, ends)).result.labels
    assert found.name == "host"
    assert found.nulls == labels.count(None)
    assert found.others == 0
    assert found.counts == {each: labels.count(each) for each in labels if each is not None}
    assert list(found.counts.values()) == sorted(found.counts.values(), reverse=True)


def test_labels_without_end_take_no_memory_without_end():
    names = pa.array([str(k) for k in range(3000)] + ["7"]).dictionary_encode()
    whole = pa.record_batch({"name": names})
    (found,) = drive(SummarySink(), whole.schema, [whole]).result.labels
    assert (len(found.counts), found.others, found.nulls) == (1000, 2000, 0)
    assert found.counts["7"] == 2
