"""The types that kernels are compiled for."""

from typing import Any, TypeVar

import numpy as np
import pytest
from numba import types
from numpy.typing import NDArray

from biometal_stream.simd.aot.signatures import signatures
from biometal_stream.simd.words import Offset, Word

Other = TypeVar("Other", np.int8, np.int16)


def _array(kind, *, readonly=True, ndim=1):
    return types.Array(kind, ndim, "C", readonly=readonly)


def test_annotations_are_types():
    def kernel(
        text: NDArray[np.uint8],
        out: NDArray[np.float32],
        table: np.ndarray[tuple[int, int], np.dtype[np.int64]],
        index: Word,
        byte: np.uint8,
        flag: bool,
        count: int,
        share: float,
    ) -> None: ...

    assert signatures(kernel, ("out",)) == [
        (
            _array(types.uint8),
            _array(types.float32, readonly=False),
            _array(types.int64, ndim=2),
            *(types.uint64, types.uint8, types.boolean, types.int64, types.float64),
        )
    ]


def test_a_type_variable_is_one_type_in_all_places():
    def kernel(starts: NDArray[Offset], stops: NDArray[Offset], out: NDArray[np.uint8]) -> None: ...

    assert signatures(kernel, ()) == [
        (_array(kind), _array(kind), _array(types.uint8)) for kind in (types.int32, types.int64)
    ]


def test_what_is_no_type():
    def vague(thing: Any) -> None: ...

    def two(one: NDArray[Offset], other: NDArray[Other]) -> None: ...

    with pytest.raises(TypeError, match=r"typing\.Any is no type of a kernel's argument"):
        signatures(vague, ())
    with pytest.raises(TypeError, match="vague has no out to write to"):
        signatures(vague, ("out",))
    with pytest.raises(TypeError, match="two has several type variables"):
        signatures(two, ())
