"""The values that are counted first."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.reports.kernels.values import MOST_VALUES, ROOM, choose_values
from tests.reports.texts import column


def chosen(texts: list[bytes], gap: bytes = b"") -> bytes:
    qualities = column(texts, "quality", gap)
    values = np.empty(MOST_VALUES, np.uint8)
    counts = np.full(ROOM, -1)
    count = choose_values(qualities.starts, qualities.data, counts, values)
    first = values[: int(count)].tobytes()
    assert len({*first}) == len(first)
    assert all(33 <= each < 127 for each in first)
    return first


@pytest.mark.parametrize("gap", [b"", b"\n@ACGT\n+\n"])
def test_the_most_frequent_come_first(gap: bytes) -> None:
    assert chosen([b"F" * 100 + b":" * 30 + b"," * 20 + b"#" * 10] * 30)[:4] == b"F:,#"
    assert len(chosen([b"F:,#" * 30] * 50, gap)) % 4 == 0


def test_rare_values_are_left_out_only_if_they_are_very_rare() -> None:
    assert len(chosen([b"F:,#" * 1000 + b"A"] * 20)) == 4
    assert {*chosen([b"F:,#A" * 30] * 20)} >= {*b"F:,#A"}
    assert chosen([bytes(range(33, 127))] * 20) == b""


@given(st.lists(st.binary(max_size=40), max_size=5))
def test_any_bytes_are_read_without_harm(texts: list[bytes]) -> None:
    assert len(chosen(texts)) in {0, 4, 8, 12, 16}
