"""The sample of hashes: exact, and the same however its parts are added."""

import json
import pickle
import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.reports.records import sample
from biometal_stream.reports.records.kinds import from_plain
from biometal_stream.reports.records.sample import Sample

BITS = st.integers(0, 2**64 - 1) | st.integers(0, 2**40)
WHOLE, KEPT = 12, 6


@pytest.fixture(autouse=True, scope="module")
def _small():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sample, "KEPT", KEPT)
        yield


def text(number):
    return number.to_bytes(8, "big")[-3:]


def of(numbers, *, texts=False, beside=None):
    hashes = np.array(numbers, np.uint64)
    made = np.array([list(text(number)) for number in numbers], np.uint8).reshape(-1, 3)
    return Sample.joining(beside, hashes, (lambda rows: made[rows]) if texts else None, whole=WHOLE)


def parts(found):
    texts = [bytes(each) for each in found.texts]
    return (
        found.settled.zeros,
        dict(zip(found.hashes.tolist(), found.copies.tolist(), strict=True)),
        texts if any(texts) else [],
        found.seen,
    )


def plain(numbers, *, texts=False):
    counts = Counter(numbers)
    zeros = 0
    if len(counts) > WHOLE:
        while sum(each < 2 ** (64 - zeros) for each in counts) > KEPT:
            zeros += 1
    left = sorted(each for each in counts if each < 2 ** (64 - zeros))
    wanted = [text(each) for each in left] if texts else []
    return zeros, {each: counts[each] for each in left}, wanted, len(numbers)


@pytest.mark.parametrize("texts", [False, True])
@given(
    batches=st.lists(st.lists(BITS, max_size=30), min_size=1, max_size=6),
    informed=st.booleans(),
    data=st.data(),
)
def test_parts_add_up_to_the_sample_of_all_in_any_order_and_grouping(
    texts, batches, informed, data
):
    states = [of(batches[0], texts=texts)]
    for batch in batches[1:]:
        known = data.draw(st.sampled_from(states)) if informed else None
        states.append(of(batch, texts=texts, beside=known))
    if not informed:
        states = data.draw(st.permutations(states))
    while len(states) > 1:
        place = data.draw(st.integers(0, len(states) - 2))
        states[place : place + 2] = [states[place] + states[place + 1]]
    wanted = plain([each for batch in batches for each in batch], texts=texts)
    assert parts(states[0]) == wanted
    again = from_plain(json.loads(json.dumps(states[0].to_plain())))
    assert parts(again) == wanted
    assert (
        again.to_plain()
        == of([each for batch in batches for each in batch], texts=texts).to_plain()
    )
    assert parts(pickle.loads(pickle.dumps(states[0]))) == wanted


@given(st.lists(BITS, max_size=40), st.lists(BITS, max_size=5))
def test_copies_of_what_was_left_out_are_not_known(numbers, asked):
    found = of(numbers)
    zeros, counts, _, _ = plain(numbers)
    for number, copies in zip(
        asked, found.copies_of(np.array(asked, np.uint64)).tolist(), strict=True
    ):
        assert copies == (counts.get(number, 0) if number < 2 ** (64 - zeros) else -1)


@pytest.mark.parametrize("texts", [False, True])
@pytest.mark.parametrize("different", [4, 11, 2**64])
def test_what_waits_in_runs_stays_small(different, texts):
    draw = random.Random(3)
    total = of([], texts=texts)
    numbers = [draw.randrange(different) << 50 & 2**64 - 1 for _ in range(3000)]
    for place in range(0, len(numbers), 2):
        total += of(numbers[place : place + 2], texts=texts, beside=total)
        assert sum(len(run.hashes) for run in total.runs) <= 2 * max(WHOLE, KEPT)
        assert len(total.runs) <= sample._MOST_RUNS
    assert parts(total) == plain(numbers, texts=texts)


def test_many_empty_runs_are_joined():
    total = of([])
    for _ in range(100):
        total += of([])
    assert len(total.runs) <= sample._MOST_RUNS
    assert parts(total + of([5, 5])) == plain([5, 5])


def test_few_hashes_of_many_do_not_keep_room_for_all():
    found = sample.Sample.joining(None, np.full(10_000, 7, np.uint64))
    for array in found.runs[0][:2]:
        assert array.base is None or array.base.nbytes < 100
