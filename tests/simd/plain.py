"""What the tests of vectors share."""

import numpy as np
from hypothesis import strategies as st
from numba import njit

from biometal_stream.simd.llvm.codegen import NEON
from biometal_stream.simd.words import WIDTH

ROOM = 3  # bytes before the window, so that indices matter
buffers = st.binary(min_size=ROOM + WIDTH + 1, max_size=ROOM + WIDTH + 1).map(
    lambda text: np.frombuffer(text, np.uint8)
)
byte = st.integers(0, 255)
lanes = st.integers(0, WIDTH)
words = st.integers(0, 2**64 - 1)
AT = np.uint64(ROOM)
BESIDE = np.uint64(0)


def window(array, index=ROOM):
    return [int(value) for value in array[index : index + WIDTH]]


def for_neon(function):
    """The same function as it is compiled for NEON, which is right on every machine."""
    compiled = njit(function.py_func)

    def call(*arguments):
        token = NEON.set(True)
        try:
            return compiled(*arguments)
        finally:
            NEON.reset(token)

    return call
