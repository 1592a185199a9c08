"""Levels of duplication by FastQC's definitions, and of samples near to them."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.reports.quality.modules import duplication
from biometal_stream.reports.quality.modules.duplication import LEVELS
from biometal_stream.reports.records import sample
from tests.reports.quality.counted import quality, reads, table

LABELS = [*map(str, range(1, 10)), ">10", ">50", ">100", ">500", ">1k", ">5k", ">10k"]
ENDS = [10, 50, 100, 500, 1_000, 5_000, 10_000]


def fastqc(sequences):
    """What FastQC's modules do if there are fewer than 100,000 different sequences."""
    collated = Counter(Counter(each[:50].upper() for each in sequences).values())
    levels, total, distinct = [0.0] * 16, 0.0, 0.0
    for copies, number in collated.items():
        slot = copies - 1 if copies < 10 else 9 + sum(copies - 1 >= end for end in ENDS[1:])
        levels[slot] += number * copies
        total += number * copies
        distinct += number
    percent = [each / total * 100 for each in levels] if total else levels
    return percent, distinct / total * 100 if total else 100.0


def random_bases(draw, length):
    return "".join(draw.choices("ACGT", k=length))


@given(
    st.lists(st.tuples(st.text("ACGTNacgt", max_size=60), st.integers(1, 60)), max_size=12),
    st.integers(1, 4),
    st.randoms(use_true_random=False),
)
def test_levels_are_those_of_fastqc(counted, parts, draw):
    sequences = [sequence for sequence, copies in counted for _ in range(copies)]
    draw.shuffle(sequences)
    batches = [reads(sequences[part::parts]) for part in range(parts)]
    found = quality(*batches)
    percent, remaining = fastqc(sequences)
    assert [row[2] for row in table(found, "duplication")] == percent
    assert [row[1] for row in table(found, "duplication")] == LABELS
    [totals] = table(found, "duplication_totals")
    distinct = len({each[:50].upper() for each in sequences})
    assert totals[:3] == (len(sequences), 1.0, distinct)
    assert totals[3] == pytest.approx(1 - distinct / max(1, len(sequences)) if sequences else 0)
    assert totals[4:] == (remaining, 0.0)


@pytest.mark.parametrize(
    ("copies", "level"),
    [
        (9, "9"),
        (10, ">10"),
        (50, ">10"),
        (51, ">50"),
        (500, ">100"),
        (501, ">500"),
        (10_001, ">10k"),
    ],
)
def test_levels_begin_where_those_of_fastqc_do(copies, level):
    rows = table(quality(reads(["ACGT"] * copies)), "duplication")
    assert [row[1:] for row in rows if row[2]] == [(level, 100.0, 100.0)]
    assert [row[0] for row in rows] == [*LEVELS]


def test_a_sample_is_near_to_all_also_if_one_sequence_prevails(monkeypatch):
    monkeypatch.setattr(sample, "KEPT", 500)
    monkeypatch.setattr(duplication, "WHOLE", 1_000)
    draw = random.Random(2)
    twice = [random_bases(draw, 40) for _ in range(4_000)]
    once = [random_bases(draw, 40) for _ in range(8_000)]
    for dimers in (0, 12_000):
        sequences = twice + twice + once + ["GATCGGAAGAGC"] * dimers
        draw.shuffle(sequences)
        found = quality(*(reads(sequences[part::5], _names(sequences, part)) for part in range(5)))
        [(seen, sampled, distinct, rate, remaining, error)] = table(found, "duplication_totals")
        assert seen == len(sequences)
        assert sampled == 1 / 32
        wanted = 12_000 + bool(dimers)
        assert abs(1 - rate - wanted / seen) < 4 * error < 0.3
        assert remaining == pytest.approx(100 * (1 - rate))
        assert distinct == pytest.approx(seen * (1 - rate), abs=1)
        levels = {row[1]: row[2] for row in table(found, "duplication")}
        assert sum(levels.values()) == pytest.approx(100)
        top = sum(levels[label] for label in LABELS[-3:])
        assert top == pytest.approx(100 * dimers / seen, abs=2)


def _names(sequences, part):
    return [f"r{number}" for number in range(part, len(sequences), 5)]


def test_mates_are_counted_apart_and_groups_without_reads_have_no_duplicates():
    batch = reads(["AC", "GG", "AC", "GT"], mates=[1, 2, 1, 2])
    found = quality(batch)
    assert table(found, "duplication_totals", "mate 1") == [(2, 1.0, 1, 0.5, 50.0, 0.0)]
    assert table(found, "duplication_totals", "mate 2") == [(2, 1.0, 2, 0.0, 100.0, 0.0)]
    found = quality(batch.slice(0, 0))
    assert table(found, "duplication_totals", "mate 1") == [(0, 1.0, 0, 0.0, 100.0, 0.0)]


def test_without_sequences_the_tables_have_their_columns():
    found = quality(reads([]).drop_columns(["sequence"]))
    assert found.tables["duplication"].num_rows == 0
    assert "percent_of_total" in found.tables["duplication"].column_names
