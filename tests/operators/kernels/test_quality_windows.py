"""The kernels that trim by windows against their definitions."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from biometal_stream.operators.kernels import quality_windows
from tests.operators.kernels import trims
from tests.operators.kernels.columns import bounded
from tests.operators.kernels.test_running_sums import found, reads, texts

PAIRS = [
    (quality_windows.cut_front, trims.front),
    (quality_windows.cut_tail, trims.tail),
    (quality_windows.cut_right, trims.right),
    (quality_windows.cut_window, trims.window),
    (quality_windows.cut_leading, trims.leading),
    (quality_windows.cut_trailing, trims.trailing),
]

GOOD_WITH_A_DIP = [40] * 70 + [3, 3, 40, 3] + [40] * 80


@pytest.mark.parametrize(("kernel", "plain"), PAIRS, ids=lambda each: each.__name__)
@settings(max_examples=60)
@given(
    reads=reads,
    window=st.integers(1, 12),
    quality=st.integers(0, 93),
    seed=st.integers(0, 9),
    kind=st.sampled_from([np.int32, np.int64]),
)
@example(reads=[GOOD_WITH_A_DIP], window=4, quality=15, seed=9, kind=np.int32)
@example(reads=[[40] * 64, [40] * 65, [40] * 3 + [2]], window=4, quality=30, seed=0, kind=int)
@example(reads=[[2] * 9, [2] * 8 + [40], [40], [], [40, 2]], window=1, quality=3, seed=9, kind=int)
def test_windows(kernel, plain, reads, window, quality, seed, kind):
    # With N at places that the seed decides; none for 9.
    bases = [
        "".join(
            "N" if (place * place + seed) % 11 == seed else "ACGTn"[place % 5]
            for place in range(len(read))
        )
        for read in reads
    ]
    starts, stops, data = bounded(texts(reads), kind, gap=3)
    base_starts, _, letters = bounded([text.encode() for text in bases], kind, gap=1)
    firsts, lasts = np.empty((2, len(reads)), np.int64)
    kernel(starts, stops, data, base_starts, letters, np.uint64(window), quality, firsts, lasts)
    expected = [plain(read, text, window, quality) for read, text in zip(reads, bases, strict=True)]
    assert found(firsts, lasts) == expected
