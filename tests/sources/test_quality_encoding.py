"""The encodings of quality, by their definitions."""

import math

import pytest

from biometal_stream.sources.quality_encoding import detect_encoding, translation


@pytest.mark.parametrize(
    ("lowest", "highest", "encoding"),
    [
        ("!", "I", "phred33"),
        ("#", "~", "phred33"),
        ("B", "h", "phred64"),
        ("@", "L", "phred64"),
        (";", "h", "solexa"),
        ("F", "F", "phred33"),  # binned reads, all of Q37
        ("~", "~", "phred33"),  # HiFi reads, all of Q93
        ("B", "~", "phred33"),
        ("?", "K", "phred33"),
        ("@", "i", "phred64"),
        ("@", "j", "phred33"),
    ],
)
def test_detection(lowest: str, highest: str, encoding: str) -> None:
    assert detect_encoding(ord(lowest), ord(highest)) == encoding


def test_phred33_stays_as_it_is() -> None:
    table = translation("phred33")
    assert [byte for byte in range(256) if table[byte]] == list(range(33, 127))
    assert all(table[byte] == byte for byte in range(33, 127))


def test_phred64_is_31_higher() -> None:
    table = translation("phred64")
    assert [byte for byte in range(256) if table[byte]] == list(range(64, 127))
    assert all(table[byte] == byte - 31 for byte in range(64, 127))


def test_solexa_scores_are_odds() -> None:
    table = translation("solexa")
    for byte in range(59, 127):
        odds = 10 ** (-(byte - 64) / 10)
        phred = -10 * math.log10(odds / (1 + odds))
        assert table[byte] - 33 == round(phred)
    assert not table[:59].any()
    assert not table[127:].any()
