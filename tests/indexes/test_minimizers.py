from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from biometal_stream.columns import StringColumn
from biometal_stream.errors import ConfigurationError
from biometal_stream.indexes.minimizers import kmers_of, minimizers_of
from biometal_stream.indexes.scheme import Scheme
from tests.indexes import plain
from tests.operators.kernels.columns import bounded

LETTERS = st.sampled_from(["A", "AC", "ACGT", "ACGT" * 20 + "N", "ACGTacgtNUR.-*"])
SEQUENCES = LETTERS.flatmap(lambda some: st.text(some, max_size=400)) | st.builds(
    lambda unit, times, rest: unit * times + rest,
    st.text("ACGT", min_size=1, max_size=40),
    st.integers(1, 30),
    st.text("ACGTN", max_size=20),
)
TABLES = st.lists(SEQUENCES, max_size=12)
SCHEMES = st.tuples(
    st.sampled_from(range(3, 32, 2)), st.sampled_from([1, 3, 5, 15, 17, 31, 33, 63, 65])
).map(lambda each: Scheme(*each))


def column_of(texts, kind=np.int32, gap=0):
    return StringColumn("sequence", *bounded([each.encode() for each in texts], kind, gap=gap))


def rows_of(found):
    assert found.values.dtype == np.uint64
    assert found.offsets.dtype == np.int64
    assert found.positions.dtype == np.int32
    pairs = list(zip(found.positions.tolist(), found.values.tolist(), strict=True))
    offsets = found.offsets.tolist()
    return [pairs[start:stop] for start, stop in pairwise(offsets)]


@given(TABLES, SCHEMES, st.integers(0, 3), st.sampled_from([np.int32, np.int64]))
@example(["ACGT" * 500 + "N" + "AC" * 400], Scheme(7, 5), 0, np.int32)
def test_minimizers_are_those_of_the_definition(texts, scheme, gap, kind):
    found = minimizers_of(column_of(texts, kind, gap), scheme, positions=True)
    assert rows_of(found) == [plain.minimizers(text, scheme.k, scheme.w) for text in texts]


@given(TABLES, st.integers(1, 32), st.integers(0, 3), st.sampled_from([np.int32, np.int64]))
def test_kmers_are_those_of_the_definition(texts, k, gap, kind):
    found = kmers_of(column_of(texts, kind, gap), k, positions=True)
    assert rows_of(found) == [plain.kmers(text, k) for text in texts]


@given(TABLES, SCHEMES, st.integers(0, 200))
def test_a_prefix_has_the_minimizers_of_the_cut_read(texts, scheme, prefix):
    found = minimizers_of(column_of(texts), scheme, prefix=prefix, positions=True)
    cut = minimizers_of(column_of([each[:prefix] for each in texts]), scheme, positions=True)
    assert rows_of(found) == rows_of(cut)


def test_positions_come_only_if_asked_for():
    column = column_of(["ACGGCTTAAC" * 20])
    assert minimizers_of(column, Scheme()).positions is None
    assert kmers_of(column, 5).positions is None


def test_a_sequence_and_its_reverse_complement_have_the_same_minimizers():
    rng = np.random.default_rng(3)
    text = "".join(rng.choice(list("ACGT"), 3000)) + "ACACAC" * 50
    other = text.translate(str.maketrans("ACGT", "TGCA"))[::-1]
    found = minimizers_of(column_of([text, other]), Scheme(21, 11), positions=True)
    one, two = rows_of(found)
    assert one == [(len(text) - 21 - place, value) for place, value in reversed(two)]


@pytest.mark.parametrize("k", [0, 33, -1])
def test_a_k_that_no_word_holds_is_refused(k):
    with pytest.raises(ConfigurationError, match=r"k must be from 1 to 32"):
        kmers_of(column_of(["ACGT"]), k)


def test_more_minimizers_than_random_bases_have_find_room():
    texts = ["ACGT", "A" * 6000, "", "T" * 3000 + "N" + "A" * 2500, "ACG"]
    found = minimizers_of(column_of(texts), Scheme(5, 3), positions=True)
    assert rows_of(found) == [plain.minimizers(text, 5, 3) for text in texts]
    assert len(found.values) > 11_000


def test_long_rows_are_as_whole_as_short_ones():
    rng = np.random.default_rng(5)
    letters = rng.choice(list("ACGT"), 9000)
    letters[rng.integers(0, 9000, 12)] = "N"
    letters[4000:4500] = "N"
    texts = ["".join(letters), "".join(letters[:700]), "".join(letters[300:1600])]
    found = minimizers_of(column_of(texts), Scheme(13, 9), positions=True)
    assert rows_of(found) == [plain.minimizers(text, 13, 9) for text in texts]
    found = kmers_of(column_of(texts), 13, positions=True)
    assert rows_of(found) == [plain.kmers(text, 13) for text in texts]


def test_threads_do_not_disturb_each_other():
    rng = np.random.default_rng(7)
    columns = [column_of(["".join(rng.choice(list("ACGTN"), 150)) for _ in range(200)])] * 8
    alone = minimizers_of(columns[0], Scheme(9, 5)).values
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda each: minimizers_of(each, Scheme(9, 5)).values, columns))
    assert all(np.array_equal(each, alone) for each in found)
