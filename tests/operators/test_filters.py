"""Each filter against its definition, and at its limit."""

import gzip

import dnaio
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.errors import DataError
from biometal_stream.operators import (
    MaxDust,
    MaxExpectedErrors,
    MaxLength,
    MaxLowQualityFraction,
    MaxN,
    MinArithmeticMeanQuality,
    MinComplexity,
    MinEntropy,
    MinLength,
    MinMeanQuality,
)
from tests.operators import plain

CLOSE = 1e-9  # what lies so near a limit may go either way, unless a test is about it


def _some(value, keep):
    return value is not None and keep(value)


CASES = {
    MinLength: lambda op, s, q: (len(s) >= op.length, 1),
    MaxLength: lambda op, s, q: (len(s) <= op.length, 1),
    MaxN: lambda op, s, q: (plain.n_count(s) <= op.count, 1),
    MinMeanQuality: lambda op, s, q: (
        _some(plain.mean_quality(q), lambda mean: mean >= op.quality) or op.quality == 0,
        (plain.mean_quality(q) or 0) - op.quality or 1,
    ),
    MinArithmeticMeanQuality: lambda op, s, q: (
        _some(plain.arithmetic_mean_quality(q), lambda mean: mean >= op.quality) or op.quality == 0,
        1,
    ),
    MaxExpectedErrors: lambda op, s, q: (
        plain.expected_errors(q) <= op.errors,
        plain.expected_errors(q) - op.errors or 1,
    ),
    MinComplexity: lambda op, s, q: (
        _some(plain.complexity(s), lambda share: share >= op.fraction),
        (plain.complexity(s) or 0) - op.fraction or 1,
    ),
    MinEntropy: lambda op, s, q: (
        _some(plain.entropy(s), lambda share: share >= op.entropy),
        (plain.entropy(s) or 0) - op.entropy or 1,
    ),
    MaxDust: lambda op, s, q: (
        _some(plain.dust(s), lambda score: score <= op.score),
        (plain.dust(s) or 0) - op.score or 1,
    ),
    MaxLowQualityFraction: lambda op, s, q: (
        plain.low_quality_fraction(q, op.quality) <= op.fraction,
        plain.low_quality_fraction(q, op.quality) - op.fraction or 1,
    ),
}

filters = st.one_of(
    st.builds(MinLength, st.integers(0, 200)),
    st.builds(MaxLength, st.integers(0, 200)),
    st.builds(MaxN, st.integers(0, 30)),
    st.builds(MinMeanQuality, st.floats(0, 45)),
    st.builds(MinArithmeticMeanQuality, st.floats(0, 45)),
    st.builds(MaxExpectedErrors, st.floats(0, 5)),
    st.builds(MinComplexity, st.floats(0, 1)),
    st.builds(MinEntropy, st.floats(0, 1)),
    st.builds(MaxDust, st.floats(0, 100)),
    st.builds(MaxLowQualityFraction, st.floats(0, 1), quality=st.integers(0, 93)),
)
pairs = st.lists(
    st.integers(0, 160).flatmap(
        lambda length: st.tuples(
            st.lists(st.sampled_from("ACGTNacgtn"), min_size=length, max_size=length),
            st.lists(st.integers(2, 41), min_size=length, max_size=length),
        )
    ),
    max_size=8,
)


def batch_of(reads):
    columns = {
        "name": [str(k) for k in range(len(reads))],
        "sequence": [sequence for sequence, _ in reads],
        "quality": [quality for _, quality in reads],
    }
    return pa.record_batch({name: pa.array(texts, pa.string()) for name, texts in columns.items()})


def check(operator, reads):
    kept = set(operator(batch_of(reads)).column("name").to_pylist())
    for k, (sequence, quality) in enumerate(reads):
        wanted, distance = CASES[type(operator)](operator, sequence, quality)
        assert (str(k) in kept) == wanted or abs(distance) < CLOSE, (operator, sequence, quality)


@given(filters, pairs)
def test_what_is_kept_is_what_the_definition_keeps(operator, reads):
    texts = [("".join(s), "".join(chr(33 + score) for score in q)) for s, q in reads]
    check(operator, texts)


@pytest.mark.parametrize(
    "file",
    [
        "illumina/human_ga2_76bp.fastq.gz",
        "illumina/metagenome_226bp_R1.fastq.gz",
        "ont/ebola_ont.fastq.gz",
    ],
)
def test_real_reads(shared_data, file):
    with gzip.open(shared_data / "reads" / file) as opened, dnaio.open(opened) as records:
        reads = [(r.sequence, r.qualities) for r, _ in zip(records, range(150), strict=False)]
    for operator in (
        MinLength(76),
        MaxLength(500),
        MaxN(0),
        MinMeanQuality(12),
        MinMeanQuality(20),
        MinArithmeticMeanQuality(25),
        MaxExpectedErrors(1),
        MinComplexity(0.7),
        MaxLowQualityFraction(),
    ):
        check(operator, reads)


@pytest.mark.parametrize("length", [1, 7, 63, 64, 100, 150, 2049, 30_000])
@pytest.mark.parametrize("score", [0, 1, 2, 10, 15, 20, 30, 37, 41, 60, 93])
def test_a_read_exactly_at_a_limit_is_kept(length, score):
    batch = batch_of([("A" * length, chr(33 + score) * length)])
    assert MinMeanQuality(score)(batch).num_rows == 1
    assert MinArithmeticMeanQuality(score)(batch).num_rows == 1
    assert MaxExpectedErrors(length * 10 ** (-score / 10))(batch).num_rows == 1
    if score < 93:
        assert MinMeanQuality(score + 0.01)(batch).num_rows == 0
        assert MinArithmeticMeanQuality(score + 0.01)(batch).num_rows == 0
    assert MaxExpectedErrors(length * 10 ** (-score / 10) * 0.999)(batch).num_rows == 0


@pytest.mark.parametrize("low", range(1, 100))
def test_shares_that_floating_point_rounds_are_kept_at_their_limit(low):
    batch = batch_of(
        [("A" * (101 - low) + "CA" * (low // 2) + "C" * (low % 2), "#" * low + "I" * (101 - low))]
    )
    assert MaxLowQualityFraction(low / 101)(batch).num_rows == 1
    assert MinComplexity(low / 100)(batch).num_rows == 1
    assert MinComplexity(low / 100 + 0.001)(batch).num_rows == 0


@pytest.mark.parametrize(
    ("operator", "kept"),
    [
        (MinMeanQuality(0), 1),
        (MinMeanQuality(1), 0),
        (MinArithmeticMeanQuality(0), 1),
        (MinArithmeticMeanQuality(1), 0),
        (MaxExpectedErrors(0), 1),
        (MinComplexity(0), 0),
        (MaxLowQualityFraction(0), 1),
        (MaxN(0), 1),
        (MinLength(0), 1),
    ],
)
def test_an_empty_read(operator, kept):
    assert operator(batch_of([("", "")])).num_rows == kept


def test_a_read_of_one_base_has_no_complexity():
    assert MinComplexity(0)(batch_of([("A", "I")])).num_rows == 0
    assert MinComplexity(0)(batch_of([("AA", "II")])).num_rows == 1


@pytest.mark.parametrize(
    "operator",
    [
        MinMeanQuality(20),
        MinArithmeticMeanQuality(20),
        MaxExpectedErrors(1),
        MaxLowQualityFraction(),
    ],
)
@pytest.mark.parametrize("letter", [" ", "\n", "\x7f", "é"])
def test_what_is_no_quality_is_an_error_with_its_row(operator, letter):
    batch = batch_of([("A" * 100, "I" * 100), ("ACG", "I" + letter + "I")])
    with pytest.raises(DataError, match=r"'quality' has byte 0x.. in row 1 of the batch"):
        operator(batch)
    assert operator(batch.slice(0, 1)).num_rows == 1


def test_defaults_are_those_of_fastp():
    assert MinComplexity() == MinComplexity(0.3)
    assert MaxLowQualityFraction() == MaxLowQualityFraction(0.4, quality=15)


def test_repeats_are_dropped_by_entropy_and_dust():
    reads = [("ACGT" * 40, "I" * 160), ("A" * 160, "I" * 160), ("ACGTA", "IIIII"), ("", "")]
    assert MinEntropy().drops == "entropy below 0.7"
    assert MaxDust().drops == "DUST score above 7"
    assert MinEntropy(0)(batch_of(reads)).column("name").to_pylist() == ["0", "1"]
    assert MaxDust(100)(batch_of(reads)).column("name").to_pylist() == ["0", "1"]
    assert MaxDust(30)(batch_of(reads)).column("name").to_pylist() == ["0"]
    assert MinEntropy(0.3)(batch_of(reads)).column("name").to_pylist() == ["0"]
