"""Adapter content by FastQC's definition, for reads of any length."""

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.operators.adapters.kits import KITS
from biometal_stream.operators.adapters.ont import ADAPTERS as ONT
from biometal_stream.reports.quality.modules.adapters import ADAPTERS, FASTQC, OTHERS
from tests.reports.quality.counted import quality, reads, table

WORDS = [*ADAPTERS.values()]


def fastqc(sequences):
    """The counts of FastQC's module by adapter and place, if the longest read comes first."""
    longest = max(map(len, sequences), default=0)
    counts = {word: [0] * (longest - 11) for word in WORDS} if longest > 12 else {}
    for word, places in counts.items():
        for sequence in sequences:
            first = sequence.upper().find(word)
            for place in range(first, len(places)) if first >= 0 else ():
                places[place] += 1
    return counts


PARTS = st.text("ACGTNacgt", max_size=40) | st.sampled_from([*WORDS, WORDS[0].lower()])
READS = st.lists(st.lists(PARTS, max_size=6).map("".join), max_size=12)


@given(READS, st.integers(1, 4))
def test_counts_are_those_of_fastqc(sequences, parts):
    found = quality(*(reads(sequences[part::parts]) for part in range(parts)))
    rows = table(found, "adapters")
    wanted = [
        (name, word, place + 1, place + 1, count, count * 100 / len(sequences))
        for name, word in ADAPTERS.items()
        for place, count in enumerate(fastqc(sequences).get(word, ()))
    ]
    assert rows == wanted


def test_cycles_share_rows_in_long_reads():
    word = FASTQC["PolyG"]
    places = [0, 998, 999, 1_003, 1_008, 1_009, 4_321]
    sequences = ["C" * 5_000] + ["T" * place + word for place in places]
    rows = [row for row in table(quality(reads(sequences)), "adapters") if row[0] == "PolyG"]
    assert [row[2] for row in rows][:1_000] == [*range(1, 1_000), 1_000]
    assert rows[-1][3] == 5_000 - 11
    assert all(one[3] + 1 == two[2] for one, two in pairwise(rows))
    upto = [sum(place < cycle for place in places) for cycle in range(1, 5_000 - 10)]
    for _, _, first, last, count, percent in rows:
        assert count == upto[last - 1]
        assert percent == pytest.approx(np.mean(upto[first - 1 : last]) * 100 / len(sequences))


@pytest.mark.parametrize("length", [0, 5, 11, 12])
def test_reads_that_are_too_short_have_no_rows(length):
    assert table(quality(reads(["G" * length])), "adapters") == []


def test_a_read_of_ten_million_bases_has_few_rows():
    sequence = "ACCTGATTCA" * 10**6
    sequence = sequence[:7_654_321] + WORDS[0] + sequence[7_654_333:]
    found = quality(reads([sequence, sequence.lower(), "N" * 150, ""]))
    rows = [row for row in table(found, "adapters") if row[1] == WORDS[0]]
    assert len(rows) < 5_000
    [first] = [row for row in rows if row[4] and row[2] <= 7_654_322 <= row[3]]
    assert first[4] == 2
    assert max(row[4] for row in rows) == 2
    assert rows[-1][3] == 10**7 - 11


def test_the_other_adapters_are_those_that_trimmers_know():
    known = [KITS["mgi"].mate1, KITS["mgi"].mate2, *ONT.values()]
    begins = {word: [each for each in known if each.startswith(word)] for word in OTHERS.values()}
    assert all(begins.values())
    assert len(set(ADAPTERS.values())) == len(ADAPTERS)
    assert [*ADAPTERS][:6] == [*FASTQC]


def test_slices_and_views_are_searched_where_they_are():
    batch = reads(["C" * 50, "A" * 20, "G" * 30]).slice(1, 1)
    rows = table(quality(batch), "adapters")
    assert {row[0] for row in rows if row[4]} == {"PolyA"}
    large = pa.RecordBatch.from_pydict({"sequence": pa.array(["A" * 20], pa.large_string())})
    assert {row[0] for row in table(quality(large), "adapters") if row[4]} == {"PolyA"}
