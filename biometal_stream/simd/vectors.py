"""Vectors of 64 bytes as variables of a kernel, and what is made of them byte by byte."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types

from biometal_stream.simd.codegen import (
    BYTES,
    VECTOR,
    WORD,
    ZERO,
    ZEROS,
    add_up,
    broadcast,
    constant_table,
    equal_bits,
    intrinsic,
    llvm_function,
    pick_lanes,
)
from biometal_stream.simd.words import WIDTH


@intrinsic
def zeros(typingctx: Any) -> Any:
    """The vector of 64 zeros."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return ZEROS

    return BYTES(), codegen


@intrinsic
def keep_last(typingctx: Any, vector: Any, count: Any) -> Any:
    """The vector with its last ``count`` bytes, at most 64, and 0 in place of the others.

    The mask is read from a table, in half the instructions that it would take to make it.
    """

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector, count = arguments
        table = constant_table(builder, "last_lanes", [0] * WIDTH + [0xFF] * WIDTH)
        pointer = builder.bitcast(builder.gep(table, [ZERO, count]), VECTOR.as_pointer())
        return builder.and_(vector, builder.load(pointer, align=1))

    return BYTES(BYTES, types.uint64), codegen


@intrinsic
def keep_first(typingctx: Any, vector: Any, count: Any) -> Any:
    """The vector with its first ``count`` bytes, at most 64, and 0 in place of the others."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector, count = arguments
        table = constant_table(builder, "first_lanes", [0xFF] * WIDTH + [0] * WIDTH)
        place = builder.sub(ir.Constant(WORD, WIDTH), count)
        pointer = builder.bitcast(builder.gep(table, [ZERO, place]), VECTOR.as_pointer())
        return builder.and_(vector, builder.load(pointer, align=1))

    return BYTES(BYTES, types.uint64), codegen


@intrinsic
def repeated(typingctx: Any, byte: Any) -> Any:
    """The vector of 64 times the same byte."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return broadcast(builder, arguments[0])

    return BYTES(types.uint8), codegen


@intrinsic
def replace(typingctx: Any, vector: Any, other: Any, bits: Any, byte: Any, value: Any) -> Any:
    """The vector with ``value`` where a byte of ``other`` matches.

    A byte matches if it equals ``byte`` once all but ``bits`` is cleared from it, as in
    `biometal_stream.simd.counts.count_alike`.
    """

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector, other, bits, byte, value = arguments
        alike = equal_bits(builder, other, bits, byte)
        return builder.select(alike, broadcast(builder, value), vector)

    byte_type = types.uint8
    return BYTES(BYTES, BYTES, byte_type, byte_type, byte_type), codegen


@intrinsic
def plus(typingctx: Any, vector: Any, other: Any) -> Any:
    """Adds two vectors byte by byte, modulo 256."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.add(*arguments)

    return BYTES(BYTES, BYTES), codegen


@intrinsic
def minus(typingctx: Any, vector: Any, byte: Any) -> Any:
    """Subtracts ``byte`` from each byte, modulo 256."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.sub(arguments[0], broadcast(builder, arguments[1]))

    return BYTES(BYTES, types.uint8), codegen


@intrinsic
def backwards(typingctx: Any, vector: Any) -> Any:
    """The vector with its last byte first."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return pick_lanes(builder, arguments[0], list(range(WIDTH))[::-1])

    return BYTES(BYTES), codegen


@intrinsic
def larger(typingctx: Any, vector: Any, other: Any) -> Any:
    """The larger of two bytes, byte by byte."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        larger = llvm_function(builder, f"llvm.umax.v{WIDTH}i8", VECTOR, [VECTOR, VECTOR])
        return builder.call(larger, arguments)

    return BYTES(BYTES, BYTES), codegen


@intrinsic
def differing(typingctx: Any, vector: Any, other: Any) -> Any:
    """The bits in which two vectors differ: 0 where two bytes are equal."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.xor(*arguments)

    return BYTES(BYTES, BYTES), codegen


@intrinsic
def sum_both(typingctx: Any, vector: Any, other: Any) -> Any:
    """Adds up all bytes of two vectors."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        both = ir.Constant(ir.VectorType(ir.IntType(32), 2 * WIDTH), list(range(2 * WIDTH)))
        return add_up(builder, builder.shuffle_vector(*arguments, both), 2 * WIDTH)

    return types.uint64(BYTES, BYTES), codegen


@intrinsic
def sum_lanes(typingctx: Any, vector: Any) -> Any:
    """Adds up all bytes of a vector."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return add_up(builder, arguments[0], WIDTH)

    return types.uint64(BYTES), codegen
