"""Correcting mates by each other."""

import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream.errors import DataError, SchemaError
from biometal_stream.operators.pairs.counts import CorrectedPairs
from tests.operators.library import batch_of, erroneous, library, pair
from tests.operators.plain import reverse_complement

INSERT = library(1, seed=5, mean=150)[0][:130]
WRONG = "A" if INSERT[60] != "A" else "C"


def with_error(mate, quality, good="I"):
    """A pair in which base 60 of the insert is wrong in one mate."""
    one, two, p, q = pair(INSERT, quality=good)
    if mate == 1:
        return batch_of((one[:60] + WRONG + one[61:], two, p[:60] + quality + p[61:], q))
    place = len(INSERT) - 1 - 60
    other = reverse_complement(WRONG)
    return batch_of(
        (one, two[:place] + other + two[place + 1 :], p, q[:place] + quality + q[place + 1 :])
    )


@pytest.mark.parametrize("mate", [1, 2])
@pytest.mark.parametrize(
    ("algorithm", "scores"), [("posterior", ("?", "?")), ("fastp", ("I", "I"))]
)
def test_the_better_base_replaces_the_other(mate, algorithm, scores):
    one, two = bs.CorrectPairs(algorithm)(with_error(mate, "+")).to_pylist()
    place = len(INSERT) - 1 - 60
    assert one["sequence"] == INSERT[:100]
    assert two["sequence"] == reverse_complement(INSERT)[:100]
    assert (one["quality"][60], two["quality"][place]) == scores
    assert one["quality"].replace("?", "I") == two["quality"].replace("?", "I") == "I" * 100


@pytest.mark.parametrize(
    ("algorithm", "bad", "good", "corrected"),
    [
        ("fastp", "/", "?", 1),  # Q14, Q30
        ("fastp", "0", "?", 0),
        ("fastp", "/", ">", 0),
        ("posterior", "H", "I", 1),
        ("posterior", "I", "I", 0),
    ],
)
def test_which_bases_are_corrected(algorithm, bad, good, corrected):
    batch = with_error(1, bad, good)
    operator = bs.CorrectPairs(algorithm)
    found = operator(batch)
    assert (found.column("sequence")[0].as_py()[60] == INSERT[60]) == bool(corrected)
    if not corrected:
        assert found == batch


def test_counts_are_the_same_for_every_number_of_threads():
    reads = bs.from_arrow(pa.Table.from_batches([erroneous(library(400), rate=0.02)]))
    results = [
        (reads | bs.CorrectPairs()).with_options(threads=threads).run(_nowhere()).results
        for threads in (1, 3)
    ]
    assert results[0] == results[1]
    found = results[0]["correct-pairs"]
    assert isinstance(found, CorrectedPairs)
    assert found.pairs == 400
    assert 0 < found.reads_corrected < found.bases_corrected <= found.mismatches
    assert found.findings[0].endswith(f"{found.reads_corrected} reads")


def _nowhere():
    from biometal_stream.sinks import DiscardSink

    return DiscardSink()


def test_errors_become_fewer():
    inserts = library(300, mean=100)
    batch = erroneous(inserts, rate=0.02)
    before, after = (wrong(each, inserts) for each in (batch, bs.CorrectPairs()(batch)))
    assert after < 0.25 * before


def wrong(batch, inserts):
    return sum(
        base != right
        for row in batch.to_pylist()
        for base, right in zip(
            row["sequence"],
            inserts[int(row["name"][1:])]
            if row["mate"] == 1
            else reverse_complement(inserts[int(row["name"][1:])]),
            strict=False,
        )
    )


def test_it_shares_a_view_with_trimmers_and_filters():
    batch = erroneous(library(50), rate=0.02)
    steps = bs.TrimFixed(front=3), bs.CorrectPairs(), bs.MinLength(40), bs.TrimQuality(20)
    reads = bs.from_arrow(pa.Table.from_batches([batch]))
    for step in steps:
        reads |= step
        batch = step(batch)
    assert reads.stream().read_all().to_pylist() == batch.to_pylist()


def test_what_is_refused():
    with pytest.raises(SchemaError, match="needs the column 'mate'; the reads are single"):
        bs.CorrectPairs()(batch_of(pair(INSERT)).drop_columns(["mate"]))
    with pytest.raises(SchemaError, match="column 'mean_quality' describes the whole reads"):
        bs.CorrectPairs()(bs.Measure(("mean_quality",))(batch_of(pair(INSERT))))
    with pytest.raises(DataError, match="must alternate"):
        bs.CorrectPairs()(batch_of(pair(INSERT)).slice(1, 1))
