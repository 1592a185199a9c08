"""The loops over what models put out, against the same in plain Python."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.models.kernels import classify_logits


def plain(logit, least):
    """The label, its probability, and those of both labels."""
    small = math.exp(-abs(logit))
    sides = np.float32(1 / (1 + small)), np.float32(small / (1 + small))
    positive, negative = sides if logit >= 0 else sides[::-1]
    label = int(positive >= np.float32(least))
    return label, (negative, positive)[label], negative, positive


@given(
    st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), max_size=20),
    st.floats(0, 1),
)
def test_logits_are_classified(logits, least):
    number = len(logits)
    labels, probability = np.empty(number, np.int16), np.empty(number, np.float32)
    both = np.empty((number, 2), np.float32)
    classify_logits(np.array(logits, np.float32), np.float32(least), labels, probability, both)
    for row, logit in enumerate(logits):
        found = labels[row], probability[row], *both[row]
        wanted = plain(logit, least)
        np.testing.assert_allclose(found[2:], wanted[2:], rtol=2e-7, atol=1e-45)
        if abs(wanted[3] - np.float32(least)) > 1e-6:  # elsewhere one rounding decides
            assert found[0] == wanted[0]
        assert found[1] == both[row, found[0]]
