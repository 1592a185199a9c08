"""Which reads have equal keys."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biometal_stream.errors import DataError
from biometal_stream.operators.keys.making import keys_of
from biometal_stream.view import BatchView

BASES = st.text("ACGTNa", max_size=12)
COMPLEMENTS = str.maketrans("ACGTa", "TGCAt")


def key_texts(view, *arguments, **options):
    """The words of each key."""
    keys = keys_of(view, *arguments, **options)
    starts = [0, *keys.ends[:-1].tolist()]
    assert len(keys.words) == (keys.ends[-1] if len(keys.ends) else 0)
    return [tuple(keys.words[a:b].tolist()) for a, b in zip(starts, keys.ends, strict=False)]


def view_of(sequences, mates=False, **columns):
    columns = {"sequence": pa.array(sequences, pa.string()), **columns}
    if mates:
        columns["mate"] = pa.array([1, 2] * (len(sequences) // 2), pa.int8())
    return BatchView(pa.record_batch(columns))


def alike(keys, wanted):
    """Whether keys are equal exactly where the others are."""
    return [keys.index(key) for key in keys] == [wanted.index(each) for each in wanted]


@settings(max_examples=25)
@given(st.lists(BASES, max_size=12), st.integers(0, 5) | st.none())
def test_keys_of_reads_are_equal_if_their_first_bases_are(sequences, bases):
    assert alike(
        key_texts(view_of(sequences), ["sequence"], bases), [each[:bases] for each in sequences]
    )


@settings(max_examples=25)
@given(st.lists(st.tuples(BASES, BASES), max_size=8), st.integers(0, 5) | st.none())
def test_keys_of_pairs_are_equal_if_both_mates_are(pairs, bases):
    view = view_of([each for pair in pairs for each in pair], mates=True)
    wanted = [(one[:bases], two[:bases]) for one, two in pairs]
    assert alike(key_texts(view, ["sequence"], bases), wanted)


@settings(max_examples=25)
@given(st.lists(st.tuples(BASES, st.sampled_from(["", "x", None]), st.integers(0, 1))))
def test_columns_may_be_text_labels_or_numbers_and_null(rows):
    texts = pa.array([text for _, text, _ in rows], pa.string())
    numbers = pa.array([number or None for *_, number in rows], pa.int16())
    view = view_of(
        [each for each, *_ in rows], umi=texts, label=texts.dictionary_encode(), lane=numbers
    )
    for columns in (["umi"], ["label"], ["lane"], ["sequence", "lane", "umi"]):
        places = {"sequence": 0, "umi": 1, "label": 1, "lane": 2}
        wanted = [[row[places[name]] for name in columns] for row in rows]
        assert alike(key_texts(view, columns), wanted)


@settings(max_examples=25)
@given(st.lists(BASES, max_size=8))
def test_a_read_has_the_key_of_its_reverse_complement(sequences):
    turned = [each.translate(COMPLEMENTS)[::-1] for each in sequences]
    keys = key_texts(view_of(sequences + turned), ["sequence"], either_strand=True)
    assert alike(keys, list(map(min, sequences + turned, turned + sequences)))


@settings(max_examples=25)
@given(st.lists(st.tuples(BASES, BASES), max_size=6), st.integers(1, 5) | st.none())
def test_a_pair_has_the_key_of_the_pair_with_swapped_mates(pairs, bases):
    both = pairs + [(two, one) for one, two in pairs]
    view = view_of([each for pair in both for each in pair], mates=True)
    wanted = [tuple(sorted((one[:bases], two[:bases]))) for one, two in both]
    assert alike(key_texts(view, ["sequence"], bases, either_strand=True), wanted)


def test_reads_that_are_left_and_cut_are_as_reads_of_their_own():
    import numpy as np

    view = view_of(["ACGTA", "CCC", "ACGTT", "GG"], umi=pa.array(["a", None, "a", "b"]))
    left = view.keep(np.array([True, False, True, True]))
    cut = left.cut(np.array([0, 0, 0]), np.array([4, 4, 2]))
    one, two, three = key_texts(cut, ["sequence", "umi"])
    assert one == two != three


def test_seeds_give_other_hashes_and_the_same_keys():
    view = view_of(["ACGT", "", "N"])
    one, two = keys_of(view, ["sequence"]), keys_of(view, ["sequence"], seed=1)
    assert one.words.tolist() == two.words.tolist()
    assert not set(one.hashes.tolist()) & set(two.hashes.tolist())


def test_a_sequence_must_not_be_null():
    with pytest.raises(DataError, match="column 'sequence' is null in row 1"):
        keys_of(view_of(["A", None]), ["sequence"])
