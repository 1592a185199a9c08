"""Masks: words whose every bit says something about one byte of a vector.

Bit ``k`` of a mask is about byte ``index + k``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types

from biometal_stream.simd.codegen import (
    BYTES,
    VECTOR,
    WORD,
    broadcast,
    flags_to_mask,
    intrinsic,
    load_vector,
)
from biometal_stream.simd.compiler import compiled
from biometal_stream.simd.words import WIDTH, Word


@intrinsic
def equal_mask(typingctx: Any, array: Any, index: Any, byte: Any) -> Any:
    """Marks the bytes of ``array[index : index + 64]`` that equal ``byte``."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector = load_vector(context, builder, signature.args[0], *arguments[:2])
        return flags_to_mask(
            builder, builder.icmp_unsigned("==", vector, broadcast(builder, arguments[2]))
        )

    return types.uint64(array, types.uint64, types.uint8), codegen


@intrinsic
def outside_mask(typingctx: Any, array: Any, index: Any, low: Any, high: Any) -> Any:
    """Marks the bytes of ``array[index : index + 64]`` below ``low`` or above ``high``."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector = load_vector(context, builder, signature.args[0], *arguments[:2])
        shifted = builder.sub(vector, broadcast(builder, arguments[2]))
        span = broadcast(builder, builder.sub(arguments[3], arguments[2]))
        return flags_to_mask(builder, builder.icmp_unsigned(">", shifted, span))

    return types.uint64(array, types.uint64, types.uint8, types.uint8), codegen


@intrinsic
def other_base_mask(typingctx: Any, array: Any, index: Any) -> Any:
    """Marks the bytes of ``array[index : index + 64]`` other than A, C, G, T and N of any case."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector = load_vector(context, builder, signature.args[0], *arguments)
        upper = builder.and_(vector, ir.Constant(VECTOR, [0xDF] * WIDTH))
        other = None
        for base in b"ACGTN":
            differs = builder.icmp_unsigned("!=", upper, ir.Constant(VECTOR, [base] * WIDTH))
            other = differs if other is None else builder.and_(other, differs)
        return flags_to_mask(builder, other)

    return types.uint64(array, types.uint64), codegen


@intrinsic
def above_mask(typingctx: Any, vector: Any, byte: Any) -> Any:
    """Marks the bytes that are larger than ``byte``."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        splat = broadcast(builder, arguments[1])
        return flags_to_mask(builder, builder.icmp_unsigned(">", arguments[0], splat))

    return types.uint64(BYTES, types.uint8), codegen


def _unary(name: str) -> Callable[..., Any]:
    def declare(typingctx: Any, word: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            kind = ir.FunctionType(WORD, [WORD, ir.IntType(1)] if name == "cttz" else [WORD])
            function = builder.module.declare_intrinsic(f"llvm.{name}", [WORD], kind)
            extra = [ir.Constant(ir.IntType(1), 0)] if name == "cttz" else []
            return builder.call(function, [*arguments, *extra])

        return types.uint64(types.uint64), codegen

    return declare


count_ones = intrinsic(_unary("ctpop"))
"""Counts the bits of a mask that are set."""
trailing_zeros = intrinsic(_unary("cttz"))
"""The lowest bit of a mask that is set; 64 if none is."""


@compiled(inline="always")
def low_bits(count: Word) -> Word:
    """A mask of the lowest ``count`` bits; all for 64 and above."""
    if count >= np.uint64(64):
        return np.uint64(0xFFFFFFFFFFFFFFFF)
    return (np.uint64(1) << count) - np.uint64(1)


@compiled(inline="always")
def high_bits(count: Word) -> Word:
    """A mask of the highest ``count`` bits; all for 64 and above."""
    if count == np.uint64(0):
        return np.uint64(0)
    return ~low_bits(np.uint64(64) - min(count, np.uint64(64)))
