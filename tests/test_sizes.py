"""Numbers of bytes are read as people write them."""

import re

import numpy as np
import pytest

from biometal_stream.errors import ConfigurationError
from biometal_stream.sizes import number_of_bytes, parse_size


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1),
        ("512M", 512 * 1024**2),
        ("512m", 512 * 1024**2),
        ("512MiB", 512 * 1024**2),
        ("512MB", 512 * 1000**2),
        ("1.5G", 3 * 1024**3 // 2),
        (".5k", 512),
        ("2 GiB", 2 * 1024**3),
        ("10B", 10),
        ("1T", 1024**4),
    ],
)
def test_sizes(text, number):
    assert parse_size(text) == number_of_bytes("memory", text) == number


@pytest.mark.parametrize(
    "text", ["", "M", "-1", "1X", "1iB", "0", "0.1", "1 2", "nan", "1e3", "²", "9" * 400]
)
def test_text_that_is_not_a_size(text):
    with pytest.raises(ValueError, match=r"bytes|byte"):
        parse_size(text)


@pytest.mark.parametrize("number", [512, np.int64(512)])
def test_a_number_is_a_number_of_bytes(number):
    assert number_of_bytes("memory", number) == 512
    assert type(number_of_bytes("memory", number)) is int


@pytest.mark.parametrize(
    "wrong", [1.5, True, None, b"1G", ["1G"], "1X", "1\N{FULLWIDTH DIGIT ONE}"]
)
def test_the_message_says_what_was_given(wrong):
    with pytest.raises(ConfigurationError, match=f"^memory.*{re.escape(repr(wrong))}") as caught:
        number_of_bytes("memory", wrong)
    assert "512M" in str(caught.value)
