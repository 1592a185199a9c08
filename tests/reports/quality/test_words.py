"""The sets that words are sifted by."""

import numpy as np
import pytest

from biometal_stream.reports.kernels.words import SIFTED
from biometal_stream.reports.quality.modules.adapters import ADAPTERS
from biometal_stream.reports.quality.words import Words


@pytest.mark.parametrize("words", [[], ["ACGTACGTACGT"], [*ADAPTERS.values()]])
def test_each_word_is_in_one_set_that_the_tables_let_pass(words):
    made = Words.of(words)
    tables = made.tables.reshape(SIFTED, 64)
    assert all(own.bit_count() == 1 for own in made.sets.tolist())
    for word, own in zip(words, made.sets, strict=True):
        left = [tables[base, ord(letter) & 15] for base, letter in enumerate(word[:SIFTED])]
        assert np.bitwise_and.reduce(left) == own


def test_words_that_repeat_one_letter_are_alone_in_their_sets():
    made = Words.of([*ADAPTERS.values()])
    for name in ("PolyA", "PolyG"):
        own = made.sets[[*ADAPTERS].index(name)]
        assert np.count_nonzero(made.sets == own) == 1
