"""The vector instructions that the kernels are made of, written as portable LLVM IR.

Numba vectorises plain loops over bytes badly. Each function here is one short sequence on a
vector of 64 bytes, which LLVM turns into AVX-512, AVX2, SSE or NEON as the machine has them.
They read 64 bytes wherever they are told to: it is the caller who sees to it that these exist.

All are to be called from kernels only. Arrays are one-dimensional, contiguous ``uint8``;
indices are ``uint64``. Bit ``k`` of a mask stands for byte ``index + k``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, cast

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core.cgutils import get_or_insert_function
from numba.extending import intrinsic as numba_intrinsic
from numba.extending import models, register_model

Word: TypeAlias = Any
"""A ``uint64`` in a kernel, which is an ``int`` once it is handed to Python."""

WIDTH = 64
"""Bytes in one vector; also the padding that makes any read of one safe."""

_BYTE = ir.IntType(8)
_WORD = ir.IntType(64)
_VECTOR = ir.VectorType(_BYTE, WIDTH)
_LANES = ir.Constant(_VECTOR, list(range(WIDTH)))


def intrinsic(declare: Callable[..., Any]) -> Callable[..., Any]:
    """Makes a function that kernels can call from the code generator that it declares.

    Numba's own decorator is typed as the declaration, whose first argument no caller gives.
    """
    return cast("Callable[..., Any]", numba_intrinsic(declare))


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
    kind = ir.FunctionType(result, arguments)
    return get_or_insert_function(builder.module, kind, name)  # type: ignore[no-untyped-call]


def _mask(builder: ir.IRBuilder, flags: Any) -> Any:
    return builder.bitcast(flags, _WORD)


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
    """Marks the bytes of ``array[index : index + 64]`` other than A, C, G, T and N of any case."""

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
def copy_lanes(typingctx: Any, target: Any, to: Any, array: Any, index: Any) -> Any:
    """Copies ``array[index : index + 64]`` over ``target[to : to + 64]``."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector = _load(context, builder, signature.args[2], *arguments[2:])
        pointer = _pointer(context, builder, signature.args[0], *arguments[:2])
        builder.store(vector, pointer, align=1)
        return context.get_dummy_value()

    return types.void(target, types.uint64, array, types.uint64), codegen


class _Bytes(types.Type):
    """What `load` yields, as a kernel's variable: 64 bytes in registers."""

    def __init__(self) -> None:
        super().__init__(name="Bytes64")


@register_model(_Bytes)
class _BytesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _VECTOR)  # type: ignore[no-untyped-call]


_BYTES = _Bytes()
_PAIRS = ir.VectorType(ir.IntType(16), WIDTH // 2)


@intrinsic
def load(typingctx: Any, array: Any, index: Any) -> Any:
    """Loads ``array[index : index + 64]`` as a variable for the functions below."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _load(context, builder, signature.args[0], *arguments)

    return _BYTES(array, types.uint64), codegen


@intrinsic
def store(typingctx: Any, array: Any, index: Any, vector: Any) -> Any:
    """Writes 64 bytes over ``array[index : index + 64]``."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = _pointer(context, builder, signature.args[0], *arguments[:2])
        builder.store(arguments[2], pointer, align=1)
        return context.get_dummy_value()

    return types.void(array, types.uint64, _BYTES), codegen


@intrinsic
def keep_last(typingctx: Any, vector: Any, count: Any) -> Any:
    """The vector with its last ``count`` bytes, at most 64, and 0 in place of the others."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector, count = arguments
        first = builder.sub(ir.Constant(_BYTE, WIDTH), builder.trunc(count, _BYTE))
        inside = builder.icmp_unsigned(">=", _LANES, _splat(builder, first))
        return builder.select(inside, vector, ir.Constant(_VECTOR, [0] * WIDTH))

    return _BYTES(_BYTES, types.uint64), codegen


@intrinsic
def plus(typingctx: Any, vector: Any, other: Any) -> Any:
    """Adds two vectors byte by byte, modulo 256."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.add(*arguments)

    return _BYTES(_BYTES, _BYTES), codegen


@intrinsic
def minus(typingctx: Any, vector: Any, byte: Any) -> Any:
    """Subtracts ``byte`` from each byte, modulo 256."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.sub(arguments[0], _splat(builder, arguments[1]))

    return _BYTES(_BYTES, types.uint8), codegen


@intrinsic
def larger(typingctx: Any, vector: Any, other: Any) -> Any:
    """The larger of two bytes, byte by byte."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        larger = _function(builder, f"llvm.umax.v{WIDTH}i8", _VECTOR, [_VECTOR, _VECTOR])
        return builder.call(larger, arguments)

    return _BYTES(_BYTES, _BYTES), codegen


@intrinsic
def above_mask(typingctx: Any, vector: Any, byte: Any) -> Any:
    """Marks the bytes that are larger than ``byte``."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        splat = _splat(builder, arguments[1])
        return _mask(builder, builder.icmp_unsigned(">", arguments[0], splat))

    return types.uint64(_BYTES, types.uint8), codegen


@intrinsic
def alike_mask(typingctx: Any, vector: Any, bits: Any, byte: Any) -> Any:
    """Marks the bytes that equal ``byte`` once all but ``bits`` is cleared from them."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector, bits, byte = arguments
        kept = builder.and_(vector, _splat(builder, bits))
        return _mask(builder, builder.icmp_unsigned("==", kept, _splat(builder, byte)))

    return types.uint64(_BYTES, types.uint8, types.uint8), codegen


@intrinsic
def sum_both(typingctx: Any, vector: Any, other: Any) -> Any:
    """Adds up all bytes of two vectors."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        total = None
        for argument in arguments:
            pairs = builder.bitcast(argument, _PAIRS)
            low = builder.and_(pairs, ir.Constant(_PAIRS, [0xFF] * (WIDTH // 2)))
            high = builder.lshr(pairs, ir.Constant(_PAIRS, [8] * (WIDTH // 2)))
            both = builder.add(low, high)
            total = both if total is None else builder.add(total, both)
        name = f"llvm.vector.reduce.add.v{WIDTH // 2}i16"
        reduce = _function(builder, name, ir.IntType(16), [_PAIRS])
        return builder.zext(builder.call(reduce, [total]), _WORD)

    return types.uint64(_BYTES, _BYTES), codegen


@intrinsic
def load_word(typingctx: Any, array: Any, index: Any) -> Any:
    """Loads ``array[index : index + 8]`` as one number, the first byte its lowest.

    LLVM cannot look through it: a loop that looks words up in a table would otherwise be
    turned into gather instructions, which take half as long again.
    """

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        pointer = builder.bitcast(builder.gep(data, [arguments[1]]), _WORD.as_pointer())
        word = builder.load(pointer, align=1)
        return builder.asm(ir.FunctionType(_WORD, [_WORD]), "", "=r,0", [word], side_effect=False)

    return types.uint64(array, types.uint64), codegen


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
def low_bits(count: Word) -> Word:
    """A mask of the lowest ``count`` bits; all for 64 and above."""
    if count >= np.uint64(64):
        return np.uint64(0xFFFFFFFFFFFFFFFF)
    return (np.uint64(1) << count) - np.uint64(1)


@njit(inline="always")
def high_bits(count: Word) -> Word:
    """A mask of the highest ``count`` bits; all for 64 and above."""
    if count == np.uint64(0):
        return np.uint64(0)
    return ~low_bits(np.uint64(64) - min(count, np.uint64(64)))
