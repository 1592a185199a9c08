"""The names of index reads, against plain Python."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.mates.kernels import first_unlike
from biometal_stream.mates.names import Separator, stem_of
from biometal_stream.simd.words import WIDTH

NAMES = st.lists(
    st.sampled_from(["a", "ab", "a/1", "a/3", "a.2", "a.4", "a_1", "a/5", "/1", "1", ""])
)


def buffers(names: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Names as a kernel takes them."""
    offsets = np.cumsum([0, *map(len, names)]).astype(np.int32)
    data = np.frombuffer("".join(names).encode() + bytes(WIDTH), np.uint8)
    offsets.flags.writeable = False
    return offsets, data


@given(NAMES, NAMES, st.sampled_from(["/", ".", "_"]), st.booleans())
def test_stems_decide(
    ones: list[str], others: list[str], separator: Separator, pairs: bool
) -> None:
    rows = min(len(ones), len(others))
    step = 2 if pairs else 1
    reads = [name for name in ones for _ in range(step)]
    alike = [
        stem_of(one.encode(), separator) == stem_of(other.encode(), separator)
        for one, other in zip(ones, others, strict=False)
    ]
    found = first_unlike(
        *buffers(reads),
        np.uint64(step),
        *buffers(others),
        np.uint8(ord(separator)),
        np.uint64(rows),
    )
    assert found == [*alike, False].index(False)
