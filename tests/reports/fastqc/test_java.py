"""Numbers as Java prints them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.reports.fastqc.java import double, in_hash_order, single

PRINTED = [
    (0.0, "0.0"),
    (-0.0, "-0.0"),
    (1.0, "1.0"),
    (36.5, "36.5"),
    (100.0, "100.0"),
    (9_999_999.0, "9999999.0"),
    (10_000_000.0, "1.0E7"),
    (12_345_678.9, "1.23456789E7"),
    (0.001, "0.001"),
    (0.00099, "9.9E-4"),
    (1e-10, "1.0E-10"),
    (-2.5e-5, "-2.5E-5"),
    (94.17999999999999, "94.17999999999999"),
    (math.nan, "NaN"),
    (math.inf, "Infinity"),
    (-math.inf, "-Infinity"),
]


@pytest.mark.parametrize(("value", "text"), PRINTED)
def test_doubles(value, text):
    assert double(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_double_is_read_back(value):
    assert float(double(value)) == value


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_float_is_read_back_and_is_short(value):
    text = single(value)
    assert np.float32(text) == np.float32(value)
    assert sum(map(str.isdigit, text.partition("E")[0])) <= 10


def test_floats():
    assert single(0.1) == "0.1"
    assert single(1 / 3) == "0.33333334"
    assert single(5.123456e-9) == "5.123456E-9"


def test_the_order_of_a_hash_map():
    # What `new HashMap<String, Integer>` of these keys lists, in Java 17.
    keys = ["GATTACA", "ACGT", "", "TTTT", "CCCCCCCCCC", "NNNN"]
    listed = ["", "ACGT", "NNNN", "CCCCCCCCCC", "TTTT", "GATTACA"]
    assert in_hash_order(keys, len(keys)) == listed


def test_the_order_depends_on_the_size_of_the_map():
    keys = ["AGTGGTTATAGGAGTCATTG", "CTCATGTATCAATCTTCTCC", "TGAGCATGTCGTAATATGAA"]
    listed = [keys[1], keys[0], keys[2]]  # so Java lists them among 3,000
    assert in_hash_order(keys, 3000) == listed
    others = [letter * 9 for letter in "ACGTN"]
    assert in_hash_order(others, 5) != in_hash_order(others, 3000)
