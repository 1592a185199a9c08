"""The code of vectors as variables."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types

from biometal_stream.simd.llvm.codegen import (
    BYTE,
    BYTES,
    NEON,
    VECTOR,
    WORD,
    ZERO,
    ZEROS,
    add_up,
    broadcast,
    constant_table,
    equal_bits,
    llvm_function,
    pick_lanes,
)
from biometal_stream.simd.words import WIDTH

_PART = ir.VectorType(BYTE, 16)


def zeros(typingctx: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return ZEROS

    return BYTES(), codegen


def keep_last(typingctx: Any, vector: Any, count: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector, count = arguments
        table = constant_table(builder, "last_lanes", [0] * WIDTH + [0xFF] * WIDTH)
        pointer = builder.bitcast(builder.gep(table, [ZERO, count]), VECTOR.as_pointer())
        return builder.and_(vector, builder.load(pointer, align=1))

    return BYTES(BYTES, types.uint64), codegen


def keep_first(typingctx: Any, vector: Any, count: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector, count = arguments
        table = constant_table(builder, "first_lanes", [0xFF] * WIDTH + [0] * WIDTH)
        place = builder.sub(ir.Constant(WORD, WIDTH), count)
        pointer = builder.bitcast(builder.gep(table, [ZERO, place]), VECTOR.as_pointer())
        return builder.and_(vector, builder.load(pointer, align=1))

    return BYTES(BYTES, types.uint64), codegen


def repeated(typingctx: Any, byte: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return broadcast(builder, arguments[0])

    return BYTES(types.uint8), codegen


def replace(typingctx: Any, vector: Any, other: Any, bits: Any, byte: Any, value: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector, other, bits, byte, value = arguments
        alike = equal_bits(builder, other, bits, byte)
        return builder.select(alike, broadcast(builder, value), vector)

    byte_type = types.uint8
    return BYTES(BYTES, BYTES, byte_type, byte_type, byte_type), codegen


def plus(typingctx: Any, vector: Any, other: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.add(*arguments)

    return BYTES(BYTES, BYTES), codegen


def minus(typingctx: Any, vector: Any, byte: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.sub(arguments[0], broadcast(builder, arguments[1]))

    return BYTES(BYTES, types.uint8), codegen


def backwards(typingctx: Any, vector: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return pick_lanes(builder, arguments[0], list(range(WIDTH))[::-1])

    return BYTES(BYTES), codegen


def larger(typingctx: Any, vector: Any, other: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        larger = llvm_function(builder, f"llvm.umax.v{WIDTH}i8", VECTOR, [VECTOR, VECTOR])
        return builder.call(larger, arguments)

    return BYTES(BYTES, BYTES), codegen


def differing(typingctx: Any, vector: Any, other: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.xor(*arguments)

    return BYTES(BYTES, BYTES), codegen


def sum_both(typingctx: Any, vector: Any, other: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        both = ir.Constant(ir.VectorType(ir.IntType(32), 2 * WIDTH), list(range(2 * WIDTH)))
        return add_up(builder, builder.shuffle_vector(*arguments, both), 2 * WIDTH)

    return types.uint64(BYTES, BYTES), codegen


def sum_lanes(typingctx: Any, vector: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return add_up(builder, arguments[0], WIDTH)

    return types.uint64(BYTES), codegen


def common(typingctx: Any, vector: Any, other: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.and_(*arguments)

    return BYTES(BYTES, BYTES), codegen


def look_up(typingctx: Any, table: Any, vector: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        table, vector = arguments
        name = "llvm.x86.ssse3.pshuf.b.128"
        if NEON.get():
            # NEON's instruction looks at all bits, and has 0 for 16 and more.
            vector = builder.and_(vector, ir.Constant(VECTOR, [0x8F] * WIDTH))
            name = "llvm.aarch64.neon.tbl1.v16i8"
        find = llvm_function(builder, name, _PART, [_PART, _PART])
        table = pick_lanes(builder, table, list(range(16)))
        parts = [
            builder.call(find, [table, pick_lanes(builder, vector, list(range(at, at + 16)))])
            for at in range(0, WIDTH, 16)
        ]
        while len(parts) > 1:
            order = ir.VectorType(ir.IntType(32), 2 * parts[0].type.count)
            lanes = ir.Constant(order, list(range(order.count)))
            parts = [
                builder.shuffle_vector(*parts[place : place + 2], lanes)
                for place in range(0, len(parts), 2)
            ]
        return parts[0]

    return BYTES(BYTES, BYTES), codegen
