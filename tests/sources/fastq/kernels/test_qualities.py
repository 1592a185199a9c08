"""The kernel that translates qualities, against its plain-Python twin."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.sources.fastq.kernels.qualities import translate


@given(st.binary(max_size=40))
def test_translate(data: bytes) -> None:
    table = np.arange(256, dtype=np.uint8)[::-1].copy()  # 255 has no translation
    values = np.frombuffer(data, np.uint8).copy()
    expected = data.find(b"\xff") if b"\xff" in data else len(data)
    assert translate(values, np.uint64(len(values)), table) == expected
    assert values.tolist() == [255 - b for b in data[:expected]] + list(data[expected:])
