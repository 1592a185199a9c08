"""The vector instructions that the kernels are made of, written as portable LLVM IR.

Numba vectorises plain loops over bytes badly. Each function here is one short sequence on a
vector of 64 bytes, which LLVM turns into AVX-512, AVX2, SSE or NEON as the machine has them.
They read 64 bytes wherever they are told to: it is the caller who sees to it that these exist,
most easily through `window`.

All are to be called from kernels only. Arrays are one-dimensional, contiguous ``uint8``;
indices are ``uint64``. Bit ``k`` of a mask stands for byte ``index + k``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core.cgutils import get_or_insert_function
from numba.extending import intrinsic

WIDTH = 64
"""Bytes in one vector; also the padding that makes any read of one safe."""

_BYTE = ir.IntType(8)
_WORD = ir.IntType(64)
_VECTOR = ir.VectorType(_BYTE, WIDTH)
_LANES = ir.Constant(_VECTOR, list(range(WIDTH)))


def _pointer(context: Any, builder: ir.IRBuilder, array_type: Any, array: Any, index: Any) -> Any:
    data = context.make_array(array_type)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), _VECTOR.as_pointer())


def _load(context: Any, builder: ir.IRBuilder, array_type: Any, array: Any, index: Any) -> Any:
    return builder.load(_pointer(context, builder, array_type, array, index), align=1)


def _splat(builder: ir.IRBuilder, byte: Any) -> Any:
    single = builder.insert_element(
        ir.Constant(_VECTOR, ir.Undefined), byte, ir.Constant(ir.IntType(32), 0)
    )
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), [0] * WIDTH)
    return builder.shuffle_vector(single, ir.Constant(_VECTOR, ir.Undefined), zeros)


def _function(builder: ir.IRBuilder, name: str, result: Any, arguments: list[Any]) -> Any:
    """Declares one of LLVM's own functions; llvmlite knows no names for those on vectors."""
    return get_or_insert_function(builder.module, ir.FunctionType(result, arguments), name)


def _mask(builder: ir.IRBuilder, flags: Any) -> Any:
    return builder.bitcast(flags, _WORD)


def _lanes_between(builder: ir.IRBuilder, first: Any, last: Any) -> Any:
    """All ones in the lanes from ``first`` up to ``last``, which is not included."""
    low = _splat(builder, builder.trunc(first, _BYTE))
    high = _splat(builder, builder.trunc(last, _BYTE))
    return builder.and_(
        builder.icmp_unsigned(">=", _LANES, low), builder.icmp_unsigned("<", _LANES, high)
    )


@intrinsic
def equal_mask(typingctx: Any, array: Any, index: Any, byte: Any) -> Any:
    """Marks the bytes of ``array[index : index + 64]`` that equal ``byte``."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector = _load(context, builder, signature.args[0], *arguments[:2])
        return _mask(builder, builder.icmp_unsigned("==", vector, _splat(builder, arguments[2])))

    return types.uint64(array, types.uint64, types.uint8), codegen


@intrinsic
def outside_mask(typingctx: Any, array: Any, index: Any, low: Any, high: Any) -> Any:
    """Marks the bytes of ``array[index : index + 64]`` below ``low`` or above ``high``."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector = _load(context, builder, signature.args[0], *arguments[:2])
        shifted = builder.sub(vector, _splat(builder, arguments[2]))
        span = _splat(builder, builder.sub(arguments[3], arguments[2]))
        return _mask(builder, builder.icmp_unsigned(">", shifted, span))

    return types.uint64(array, types.uint64, types.uint8, types.uint8), codegen


@intrinsic
def other_base_mask(typingctx: Any, array: Any, index: Any) -> Any:
    """Marks the bytes of ``array[index : index + 64]`` that are not A, C, G, T or N, of any case."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector = _load(context, builder, signature.args[0], *arguments)
        upper = builder.and_(vector, ir.Constant(_VECTOR, [0xDF] * WIDTH))
        other = None
        for base in b"ACGTN":
            differs = builder.icmp_unsigned("!=", upper, ir.Constant(_VECTOR, [base] * WIDTH))
            other = differs if other is None else builder.and_(other, differs)
        return _mask(builder, other)

    return types.uint64(array, types.uint64), codegen


@intrinsic
def changed_mask(typingctx: Any, array: Any, index: Any) -> Any:
    """Marks the bytes of ``array[index : index + 64]`` that differ from their next byte.

    Reads 65 bytes.
    """

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        source, index = arguments
        here = _load(context, builder, signature.args[0], source, index)
        following = builder.add(index, ir.Constant(_WORD, 1))
        there = _load(context, builder, signature.args[0], source, following)
        return _mask(builder, builder.icmp_unsigned("!=", here, there))

    return types.uint64(array, types.uint64), codegen


@intrinsic
def sum_lanes(typingctx: Any, array: Any, index: Any, first: Any, last: Any) -> Any:
    """Adds up ``array[index + first : index + last]``, with ``first <= last <= 64``."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector = _load(context, builder, signature.args[0], *arguments[:2])
        inside = _lanes_between(builder, *arguments[2:])
        kept = builder.select(inside, vector, ir.Constant(_VECTOR, [0] * WIDTH))
        wide = ir.VectorType(ir.IntType(16), WIDTH)
        reduce = _function(builder, f"llvm.vector.reduce.add.v{WIDTH}i16", ir.IntType(16), [wide])
        return builder.zext(builder.call(reduce, [builder.zext(kept, wide)]), _WORD)

    return types.uint64(array, types.uint64, types.uint64, types.uint64), codegen


@intrinsic
def copy_lanes(typingctx: Any, target: Any, to: Any, array: Any, index: Any) -> Any:
    """Copies ``array[index : index + 64]`` over ``target[to : to + 64]``."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector = _load(context, builder, signature.args[2], *arguments[2:])
        pointer = _pointer(context, builder, signature.args[0], *arguments[:2])
        builder.store(vector, pointer, align=1)
        return context.get_dummy_value()

    return types.void(target, types.uint64, array, types.uint64), codegen


def _unary(name: str) -> Callable[..., Any]:
    def declare(typingctx: Any, word: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            kind = ir.FunctionType(_WORD, [_WORD, ir.IntType(1)] if name == "cttz" else [_WORD])
            function = builder.module.declare_intrinsic(f"llvm.{name}", [_WORD], kind)
            extra = [ir.Constant(ir.IntType(1), 0)] if name == "cttz" else []
            return builder.call(function, [*arguments, *extra])

        return types.uint64(types.uint64), codegen

    return declare


count_ones = intrinsic(_unary("ctpop"))
"""Counts the bits of a mask that are set."""

trailing_zeros = intrinsic(_unary("cttz"))
"""Tells the lowest bit of a mask that is set; 64 where none is."""


@njit(inline="always")
def low_bits(count: np.uint64) -> np.uint64:
    """A mask of the lowest ``count`` bits; all for 64 and above."""
    if count >= np.uint64(64):
        return np.uint64(0xFFFFFFFFFFFFFFFF)
    return (np.uint64(1) << count) - np.uint64(1)
