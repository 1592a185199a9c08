"""The sizes of inserts: as text, and as learnt from candidates."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from biometal_stream.errors import ConfigurationError
from biometal_stream.operators.adapters import sizes
from biometal_stream.operators.adapters.sizes import InsertSizes, learn_sizes, parsed
from biometal_stream.operators.kernels.adapters import MOST, UNIT


@given(st.lists(st.floats(1e-9, 1), min_size=2, max_size=120))
@example([0.1, 0.9])
@example([1e-9] * 30 + [0.5] + [1e-9] * 30)
def test_what_is_written_is_read_again(shares):
    shares = np.array(shares) / sum(shares)
    found = InsertSizes.parse(str(InsertSizes(shares)))
    assert len(found.shares) == len(shares)
    # Knots leave out what is within 5 % of a line, and are written with three digits.
    assert np.abs(np.log(found.shares) - np.log(shares)).max() < 0.12


@given(st.lists(st.floats(1e-9, 1), min_size=2, max_size=120))
def test_what_was_read_decides_alike_when_it_is_written_again(shares):
    text = str(InsertSizes(np.array(shares) / sum(shares)))
    again = [InsertSizes.parse(text).tables for _ in range(2)]
    assert all((one == two).all() for one, two in zip(*again, strict=True))
    assert parsed(text) is parsed(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "30", "0:1", "0:0.5,150:0.5", "1:0.5,150+:0.5", "0:0,150+:1", "0:0.5,150+:2"),
        *("0:0.5,20:0.1,20:0.1,150+:0.3", "0:0.5,30:0.1,20:0.1,150+:0.3", "0:x,150+:0.5"),
        *("0:0.5,20+:0.1,150+:0.3", "-1:0.5,150+:0.5", "0:0.5;150+:0.5", "0:1e-5.5,150+:0.5"),
        *(
            "0:.,150+:0.5",
            "0:1.2.3,150+:0.5",
            "0:0.5,150+:inf",
            "0:0.5,99999999+:0.5",
            "0:1e999,150+:1",
        ),
    ],
)
def test_other_texts_are_refused(text):
    with pytest.raises(ConfigurationError, match=r"insert sizes are written as '0:0\.0001,60:"):
        InsertSizes.parse(text)


def plain_sizes(units, longest):
    """Expectation and maximisation, read by read."""
    shares = [sizes._DOUBTFUL / 2 / longest] * longest + [sizes._DOUBTFUL / 2]
    imagined = list(shares)
    shares = [share / sum(shares) for share in shares]
    for _ in range(sizes._ROUNDS):
        counts = list(imagined)
        for length, found in units:
            # A size up to the length is seen; what is at least as long may have any such size.
            weights = [(min(place, longest), np.exp(score / UNIT)) for place, score in found]
            parts = [(place, weight * shares[place]) for place, weight in weights]
            longer = sum(shares[length:])
            total = sum(part for _, part in parts) + longer
            for place, part in parts:
                counts[place] += part / total
            for size in range(length, longest + 1):
                counts[size] += shares[size] / longer * longer / total
        shares = smoothed([count / sum(counts) for count in counts])
    return shares


def smoothed(shares):
    known, kernel = shares[:-1], {k: np.exp(-0.5 * (k / sizes._SMOOTH) ** 2) for k in range(-6, 7)}
    smooth = []
    for at in range(len(known)):
        near = [(known[at + k], w) for k, w in kernel.items() if 0 <= at + k < len(known)]
        smooth.append(sum(s * w for s, w in near) / sum(w for _, w in near))
    smooth = [share * sum(known) / sum(smooth) for share in smooth]
    found = [max(share, 1e-9) for share in [*smooth, shares[-1]]]
    return [share / sum(found) for share in found]


found = st.lists(
    st.tuples(st.integers(0, 24), st.integers(-300, 3000)),
    max_size=3,
    unique_by=lambda each: each[0],
)


@pytest.mark.parametrize("number", [0, 1, 40])
def test_no_candidates_leave_inserts_long(number):
    lengths = np.full(number, 20, np.int64)
    learnt = learn_sizes(lengths, np.full(number * MOST, -1), np.zeros(number * MOST, np.int64))
    assert learnt.shares.sum() == pytest.approx(1)
    assert learnt.shares[-1] >= 0.49


@given(st.lists(st.tuples(st.integers(1, 25), found), min_size=1, max_size=5))
@example([(20, [(10, 2000)])] * 60)
def test_sizes_are_learnt_as_expectation_and_maximisation_have_it(units):
    units = [(length, [each for each in row if each[0] < length]) for length, row in units]
    longest = max(length for length, _ in units)
    places = np.full((len(units), MOST), -1, np.int64)
    scores = np.zeros((len(units), MOST), np.int64)
    for unit, (_, row) in enumerate(units):
        for slot, (place, score) in enumerate(row):
            places[unit, slot], scores[unit, slot] = place, score
    lengths = np.array([length for length, _ in units], np.int64)
    learnt = learn_sizes(lengths, places.ravel(), scores.ravel())
    assert learnt.shares == pytest.approx(plain_sizes(units, longest), rel=1e-6)
