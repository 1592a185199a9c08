"""What is written as TOML is read by Python's own reader."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.errors import ConfigurationError
from biometal_stream.toml import toml_key, toml_value

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    TEXT | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.booleans(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(value=VALUES)
def test_values_come_back(value):
    read = tomllib.loads(f"value = {toml_value(value)}\n")
    assert read == {"value": value}
    assert type(read["value"]) is type(value)


@given(key=TEXT)
def test_keys_come_back(key):
    assert tomllib.loads(f"{toml_key(key)} = 1") == {key: 1}


@given(value=VALUES)
def test_nothing_steers_a_terminal(value):
    assert toml_value(value).isprintable()


def test_values_without_a_form_are_refused():
    for value in (None, b"x", object(), "\udcff", {"\udcff": 1}):
        with pytest.raises(ConfigurationError):
            toml_value(value)
