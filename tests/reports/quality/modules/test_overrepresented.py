"""Over-represented sequences, exact while all are counted, else with their error."""

import random
from collections import Counter

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.reports.quality.modules import duplication
from biometal_stream.reports.records import sample
from tests.reports.quality.counted import quality, reads, table

DIMER = "GATCGGAAGAGCACACGTCTGAACTCCAGTCACATCACGATCTCGTATGC"


def fastqc(sequences):
    """What FastQC's module does if there are fewer than 100,000 different sequences."""
    counts = Counter(each[:50].upper() for each in sequences)
    shares = [(each, count, count / len(sequences) * 100) for each, count in counts.items()]
    found = [each for each in shares if each[2] > 0.1]
    return sorted(found, key=lambda row: (-row[1], row[0]))


@given(
    st.lists(st.tuples(st.text("ACGTNacgt.R", max_size=60), st.integers(1, 9)), max_size=12),
    st.sampled_from(["names", "equal names", "qualities", "nothing"]),
    st.integers(1, 3),
)
def test_rows_are_those_of_fastqc(counted, told_by, parts):
    sequences = [sequence for sequence, copies in counted for _ in range(copies)]
    names = {"names": None, "equal names": ["same"] * len(sequences)}.get(told_by, [])
    batches = []
    for part in range(parts):
        some = sequences[part::parts]
        columns = {}
        if told_by == "qualities":
            columns["quality"] = pa.array(["I" * len(each) for each in some], pa.string())
        own = names if names is None else names[part::parts]
        batches.append(reads(some, own, **columns))
    found = table(quality(*batches), "overrepresented")
    assert [row[:3] for row in found] == fastqc(sequences)
    assert {row[3] for row in found} <= {0.0}


def test_a_thousandth_of_the_reads_is_not_enough():
    sequences = ["A" * 30] * 2 + ["C" * 20] * 3 + [f"{n:b}" for n in range(1_995)]
    rows = table(quality(reads(sequences)), "overrepresented")
    assert [(row[0], row[1], row[4]) for row in rows] == [("C" * 20, 3, "No Hit")]


def test_the_source_is_told():
    rows = table(quality(reads([DIMER.lower() + "TTTT"])), "overrepresented")
    assert rows == [(DIMER, 1, 100.0, 0.0, "TruSeq Adapter, Index 1 (100% over 50bp)")]


@pytest.fixture
def _small(monkeypatch):
    monkeypatch.setattr(sample, "KEPT", 1_000)
    monkeypatch.setattr(duplication, "WHOLE", 1_000)


@pytest.mark.usefixtures("_small")
def test_of_samples_the_share_is_within_its_error():
    draw = random.Random(7)
    often = {"A" * 50: 3_000, "C" * 50: 1_500, DIMER: 800}
    sequences = ["".join(draw.choices("ACGT", k=50)) for _ in range(20_000)]
    sequences += [each for each, copies in often.items() for _ in range(copies)]
    draw.shuffle(sequences)
    names = [f"SRR1.{number}" for number in range(len(sequences))]
    parts = [slice(part, None, 4) for part in range(4)]
    found = quality(*(reads(sequences[part], names[part]) for part in parts))
    rows = {row[0]: row for row in table(found, "overrepresented")}
    for sequence, copies in often.items():
        _, count, percent, error, source = rows[sequence]
        assert percent == pytest.approx(count / len(sequences) * 100, abs=0.01)
        wanted = copies / len(sequences) * 100
        assert abs(percent - wanted) <= 4 * error
        assert error <= 1.5
        assert source.startswith("TruSeq") == (sequence == DIMER)


@pytest.mark.usefixtures("_small")
def test_equal_names_leave_an_honest_error():
    sequences = [f"{number:014b}" for number in range(8_000)] + ["1" * 20] * 400
    found = quality(reads(sequences, ["same"] * len(sequences)))
    for _, count, _, error, _ in table(found, "overrepresented"):
        copies = [400, 1]
        assert any(abs(count - each) <= 4 * error / 100 * len(sequences) for each in copies)


def test_a_million_copies_are_one_sequence():
    sequence = pa.array(["ACGTN"] * 10**6, pa.string())
    names = pa.array([str(number) for number in range(10**6)], pa.string())
    batch = pa.RecordBatch.from_arrays([names, sequence], names=["name", "sequence"])
    found = quality(*(batch.slice(first, 10**5) for first in range(0, 10**6, 10**5)))
    rows = table(found, "overrepresented")
    assert rows == [("ACGTN", 10**6, 100.0, 0.0, "No Hit")]
    assert table(found, "duplication_totals") == [(10**6, 1.0, 1, 0.999999, 1 / 10**6 * 100, 0.0)]
