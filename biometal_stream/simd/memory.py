"""Loads and stores, which are not checked: the caller makes sure that the bytes exist."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types

from biometal_stream.simd.codegen import (
    BYTES,
    WORD,
    hide_from_llvm,
    intrinsic,
    load_vector,
    vector_pointer,
)


@intrinsic
def copy_lanes(typingctx: Any, target: Any, to: Any, array: Any, index: Any) -> Any:
    """Copies ``array[index : index + 64]`` over ``target[to : to + 64]``."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector = load_vector(context, builder, signature.args[2], *arguments[2:])
        pointer = vector_pointer(context, builder, signature.args[0], *arguments[:2])
        builder.store(vector, pointer, align=1)
        return context.get_dummy_value()

    return types.void(target, types.uint64, array, types.uint64), codegen


@intrinsic
def load(typingctx: Any, array: Any, index: Any) -> Any:
    """Loads ``array[index : index + 64]`` as a variable for the functions below."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return load_vector(context, builder, signature.args[0], *arguments)

    return BYTES(array, types.uint64), codegen


@intrinsic
def store(typingctx: Any, array: Any, index: Any, vector: Any) -> Any:
    """Writes 64 bytes over ``array[index : index + 64]``."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = vector_pointer(context, builder, signature.args[0], *arguments[:2])
        builder.store(arguments[2], pointer, align=1)
        return context.get_dummy_value()

    return types.void(array, types.uint64, BYTES), codegen


@intrinsic
def load_word(typingctx: Any, array: Any, index: Any) -> Any:
    """Loads ``array[index : index + 8]`` as one number, the first byte its lowest."""

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
