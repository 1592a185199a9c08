"""The summary is what its definitions say, the same for all threads, batches and partitions."""

import math
import pickle
import statistics
from fractions import Fraction
from functools import reduce

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.errors import DataError, InputWarning
from biometal_stream.view import BatchView
from tests.sinks.driver import cut, reads
from tests.stand_ins import Collect, Given

STEP = bs.Summarize()


def summarized(batches):
    """The summary of batches, merged in pairs of neighbours."""
    states = [STEP.observe(BatchView(batch)) for batch in batches]
    while len(states) > 1:
        pairs = zip(states[::2], states[1::2], strict=False)
        states = [STEP.merge(one, two) for one, two in pairs] + states[len(states) // 2 * 2 :]
    return STEP.finish(reduce(STEP.merge, states, STEP.empty()))


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
    found = summarized(cut(batch, [2, 3]))
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


def test_same_for_any_threads_and_batches():
    batch = numbered(2000)
    found = []
    for threads, sizes in [(1, []), (2, [2, 4, 0, 998]), (4, [100] * 17)]:
        pieces = cut(batch, sizes)
        pipeline = bs.Pipeline(Given(tuple(pieces))).with_options(threads=threads)
        report = (pipeline | bs.Summarize() | bs.MinLength(9) | bs.Summarize()).run(Collect())
        assert list(report.results) == ["summarize", "summarize-2"]
        found.append(report.results)
    assert found[0] == found[1] == found[2]
    assert found[0]["summarize"] == summarized([batch])


def labelled(names, rows):
    return pa.array([*names, *[None] * (rows - len(names))], pa.string()).dictionary_encode()


@settings(max_examples=40)
@given(
    st.lists(st.lists(st.floats(allow_nan=True), max_size=4), min_size=3, max_size=3),
    st.lists(st.lists(st.sampled_from("abcdef"), max_size=6), min_size=3, max_size=3),
)
def test_states_are_associative(numbers, labels):
    states = []
    for values, names in zip(numbers, labels, strict=True):
        rows = max(len(values), len(names))
        columns = {
            "sequence": pa.array(["ACGT"[: k % 5] for k in range(rows)], pa.string()),
            "x": pa.array(values + [None] * (rows - len(values)), pa.float64()),
            "label": pa.array(
                names + [None] * (rows - len(names)), pa.string()
            ).dictionary_encode(),
        }
        states.append(STEP.observe(BatchView(pa.record_batch(columns))))
    one, two, three = states
    left = STEP.finish(STEP.merge(STEP.merge(one, two), three))
    right = STEP.finish(STEP.merge(one, STEP.merge(two, three)))
    assert repr(left) == repr(right)  # in which a NaN is like another
    assert repr(STEP.finish(STEP.merge(STEP.empty(), one))) == repr(STEP.finish(one))
    again = pickle.loads(pickle.dumps(one))
    assert repr(STEP.finish(again)) == repr(STEP.finish(one))


FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(FINITE, min_size=1, max_size=30), st.integers(0, 30))
def test_sums_are_exact(numbers, end):
    batch = pa.record_batch({"x": pa.array(numbers, pa.float64())})
    (column,) = summarized(cut(batch, [min(end, len(numbers))])).columns
    mean = sum(map(Fraction, numbers)) / len(numbers)
    assert column.mean == mean.numerator / mean.denominator


def test_further_columns():
    batch = numbered(1000)
    summary = summarized([batch])
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
        (column,) = summarized([batch]).columns
        assert column.mean == pytest.approx(mean, nan_ok=True)


@pytest.mark.parametrize("names", [[], ["sequence"], ["quality"], ["name"]])
def test_what_is_missing_is_none(names):
    batch = reads(9).select(names)
    summary = summarized([batch])
    assert summary.reads == 9
    assert (summary.bases is None) == ("sequence" not in names)
    assert (summary.q30 is None) == ("quality" not in names)


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
def test_nulls_are_left_out(kind):
    column = pa.array(["ACGT", None, "GG"], kind)
    batch = pa.record_batch({"sequence": column, "quality": column})
    summary = summarized([batch])
    assert (summary.reads, summary.bases, summary.gc) == (3, 6, 4 / 6)


def test_quality_that_is_no_phred33():
    batch = pa.record_batch({"quality": ["!\x1f"]})
    with pytest.raises(DataError, match="not Phred"):
        summarized([batch])


def test_the_worst_quality_is_not_minus_zero():
    batch = pa.record_batch({"quality": ["!!!!"]})
    assert str(summarized([batch]).mean_quality) == "0.0"


@given(
    st.lists(st.sampled_from(["human", "virus", "other", None]), max_size=30),
    st.lists(st.integers(1, 30), min_size=1, max_size=4),
)
def test_labels_are_counted(labels, ends):
    whole = pa.record_batch({"host": pa.array(labels, pa.string()).dictionary_encode()})
    (found,) = summarized(cut(whole, ends)).labels
    assert found.name == "host"
    assert found.nulls == labels.count(None)
    assert found.others == 0
    assert found.counts == {each: labels.count(each) for each in labels if each is not None}
    assert list(found.counts.values()) == sorted(found.counts.values(), reverse=True)


def test_labels_without_end_take_no_memory_without_end():
    names = [str(k) for k in range(3000)] + ["7"]
    whole = pa.record_batch({"name": pa.array(names).dictionary_encode()})
    counted = sorted(set(names))[:1000]
    for ends in ([], [1, 500, 2000], list(range(0, 3000, 100))):
        (found,) = summarized(cut(whole, ends)).labels
        assert sorted(found.counts) == counted
        assert (found.others, found.nulls) == (3001 - sum(found.counts.values()), 0)
        state = STEP.observe(BatchView(whole))
        assert len(state.labels["name"].counts) == 1000


def test_lengths_of_many_kinds():
    lengths = [n * 37 % 5000 for n in range(4000)]
    batch = pa.record_batch({"sequence": pa.array(["A" * n for n in lengths])})
    found = summarized(cut(batch, list(range(0, 4000, 250))))
    assert found.median_length == statistics.median(lengths)
    assert (found.bases, found.n50) == (sum(lengths), naive_n50(lengths))


def test_it_sees_reads_as_they_are_trimmed_and_filtered():
    batch = reads(50, paired=True)
    pipeline = bs.Pipeline(Given((batch,))) | bs.MinLength(20) | bs.TrimFixed(front=5)
    pipeline = pipeline | bs.Summarize() | bs.MinLength(9999) | bs.Summarize()
    with pytest.warns(InputWarning, match="no read was kept"):
        report = pipeline.run(Collect())
    before, after = report.results.values()
    kept = (bs.Pipeline(Given((batch,))) | bs.MinLength(20)).stream().read_all()
    lengths = [len(each.as_py()) - 5 for each in kept["sequence"]]
    assert (before.reads, before.pairs) == (len(lengths), len(lengths) // 2)
    assert before.bases == sum(lengths)
    assert (after.reads, after.pairs, after.bases, after.max_length) == (0, 0, 0, None)


@pytest.mark.parametrize("size", [1, 2, 50])
def test_mates_that_are_filtered_apart_are_no_pairs(size):
    batch = reads(50, paired=True)
    batches = tuple(batch.slice(2 * start, 2 * size) for start in range(0, 25, size))
    pipeline = bs.Pipeline(Given(batches)) | bs.MinLength(20) | bs.Summarize()
    found = pipeline.with_options(pairs="split").run(Collect()).results["summarize"]
    assert (found.reads, found.pairs) == (len(bs.MinLength(20)(batch.drop_columns("mate"))), None)


def test_only_what_it_counts_is_read(tmp_path):
    (tmp_path / "r.fq").write_text("@a\nACGT\n+\nIIII\n")
    scanner = (bs.read_fastq(tmp_path / "r.fq") | bs.Summarize()).dataset().scanner([])
    assert scanner.count_rows() == 1
    assert scanner.report().results["summarize"].bases == 4


def test_a_pipeline_has_a_summary():
    batch = numbered(100)
    assert bs.Pipeline(Given((batch,))).summary() == summarized([batch])
