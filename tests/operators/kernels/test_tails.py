"""The kernels that trim tails of one base and N against their definitions."""

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from biometal_stream.operators.kernels import tails
from biometal_stream.operators.trim_poly_x import numbers
from tests.operators.kernels import tails as plain
from tests.operators.kernels.columns import bounded

# Any bases, then a tail of mostly one.
tailed = st.tuples(
    st.text("ACGTN", max_size=40),
    st.sampled_from("ACGT").flatmap(lambda base: st.text(base * 9 + "ACGTN", max_size=90)),
    st.text("ACGTN", max_size=3),
).map("".join)
texts = st.lists(tailed | st.text("ACGTN", max_size=70), max_size=8)
least = st.integers(1, 20)
kinds = st.sampled_from([np.int32, np.int64])
AWKWARD = ["", "G", "G" * 9, "G" * 10, "A" * 9, "A" * 8, "N" * 12, "ACGT" * 5 + "G" * 70 + "C"]


def columns(reads, kind=np.int32):
    # Every third read in lower case: the case of a base does not matter.
    cased = [read.lower() if k % 3 == 2 else read for k, read in enumerate(reads)]
    return bounded([read.encode() for read in cased], kind, gap=3)


@given(texts, least, kinds)
@example(AWKWARD, 10, np.int32)
def test_cut_poly_g(reads, least, kind):
    lasts = np.empty(len(reads), np.int64)
    wanted = np.array([k % 4 != 3 for k in range(len(reads))], np.uint8)
    tails.cut_poly_g(*columns(reads, kind), wanted, np.uint64(least), lasts)
    expected = [plain.poly_g(read, least)[1] for read in reads]
    assert lasts.tolist() == [
        stop if this else len(read)
        for read, stop, this in zip(reads, expected, wanted, strict=True)
    ]


@given(texts, least, kinds, st.sampled_from(["ATCG", "A", "T", "C", "G"]))
@example(AWKWARD, 10, np.int32, "ATCG")
def test_cut_poly_x(reads, least, kind, bases):
    lasts = np.empty(len(reads), np.int64)
    table = numbers(None if len(bases) == 4 else bases)
    tails.cut_poly_x(*columns(reads, kind), table, np.uint64(least), lasts)
    assert lasts.tolist() == [plain.poly_x(read, least, bases)[1] for read in reads]


@given(texts, least, kinds)
@example([*AWKWARD, "CAAAGAAAAC", "TTTTTACGT"], 3, np.int64)
def test_cut_best_tail(reads, least, kind):
    firsts, lasts = np.empty((2, len(reads)), np.int64)
    heads = np.array([k % 2 for k in range(len(reads))], np.uint8)
    letters = np.uint8(ord("A")), np.uint8(ord("T"))
    column = columns(reads, kind)
    tails.cut_best_tail(*column, heads, *letters, np.uint64(least), firsts, lasts)
    wanted = [
        (plain.best_tail(read[::-1], "T", least), len(read))
        if k % 2
        else (0, len(read) - plain.best_tail(read, "A", least))
        for k, read in enumerate(reads)
    ]
    assert list(zip(firsts.tolist(), lasts.tolist(), strict=True)) == wanted


@given(st.lists(st.text("ACGN", max_size=12), max_size=8), least, least, kinds)
@example(["", "N", "NNN", "NANNN", "ANN"], 2, 2, np.int32)
@example(["NNN", "NANNN"], 4, 1, np.int32)
def test_cut_n(reads, front, tail, kind):
    firsts, lasts = np.empty((2, len(reads)), np.int64)
    tails.cut_n(*columns(reads, kind), np.uint64(front), np.uint64(tail), firsts, lasts)
    found = list(zip(firsts.tolist(), lasts.tolist(), strict=True))
    assert found == [plain.ends_of_n(read, front, tail) for read in reads]
