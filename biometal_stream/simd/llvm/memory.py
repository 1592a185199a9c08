"""The code of loads and stores."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types

from biometal_stream.simd.llvm.codegen import (
    BYTE,
    BYTES,
    VECTOR,
    WORD,
    hide_from_llvm,
    llvm_function,
    load_vector,
    vector_pointer,
)
from biometal_stream.simd.words import WIDTH


def copy_lanes(typingctx: Any, target: Any, to: Any, array: Any, index: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector = load_vector(context, builder, signature.args[2], *arguments[2:])
        pointer = vector_pointer(context, builder, signature.args[0], *arguments[:2])
        builder.store(vector, pointer, align=1)
        return context.get_dummy_value()

    if not target.mutable:
        return None
    return types.void(target, types.uint64, array, types.uint64), codegen


def load(typingctx: Any, array: Any, index: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return load_vector(context, builder, signature.args[0], *arguments)

    return BYTES(array, types.uint64), codegen


def load_fours(typingctx: Any, array: Any, index: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, index = arguments
        fours = None
        for place in range(4):
            at = builder.add(index, ir.Constant(WORD, place))
            bits = load_vector(context, builder, signature.args[0], array, at)
            bits = builder.and_(bits, ir.Constant(VECTOR, [6] * WIDTH))
            shift = ir.Constant(VECTOR, [abs(2 * place - 1)] * WIDTH)
            moved = builder.shl(bits, shift) if place else builder.lshr(bits, shift)
            fours = moved if fours is None else builder.or_(fours, moved)
        return fours

    return BYTES(array, types.uint64), codegen


def store(typingctx: Any, array: Any, index: Any, vector: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = vector_pointer(context, builder, signature.args[0], *arguments[:2])
        builder.store(arguments[2], pointer, align=1)
        return context.get_dummy_value()

    if not array.mutable:
        return None
    return types.void(array, types.uint64, BYTES), codegen


def load_word(typingctx: Any, array: Any, index: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        return opaque_word(builder, builder.gep(data, [arguments[1]]))

    return types.uint64(array, types.uint64), codegen


def opaque_word(builder: ir.IRBuilder, pointer: Any) -> Any:
    """Loads a word, hidden from LLVM.

    Otherwise LLVM turns loops that look words up in a table into gather instructions, which take
    half as long again.
    """
    return hide_from_llvm(
        builder, builder.load(builder.bitcast(pointer, WORD.as_pointer()), align=1)
    )


def prefetch(typingctx: Any, array: Any, index: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        number = ir.IntType(32)
        kinds = [BYTE.as_pointer(), number, number, number]
        function = llvm_function(builder, "llvm.prefetch.p0i8", ir.VoidType(), kinds)
        read, keep, of_data = (ir.Constant(number, each) for each in (0, 3, 1))
        pointer = builder.bitcast(builder.gep(data, [arguments[1]]), BYTE.as_pointer())
        builder.call(function, [pointer, read, keep, of_data])
        return context.get_dummy_value()

    return types.void(array, types.uint64), codegen
