"""The code of masks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types

from biometal_stream.simd.llvm.codegen import (
    BYTE,
    BYTES,
    NEON,
    VECTOR,
    WORD,
    broadcast,
    flags_to_mask,
    llvm_function,
    load_vector,
)
from biometal_stream.simd.words import WIDTH

_WORDS = ir.VectorType(WORD, 8)
_NO_WORDS = ir.Constant(_WORDS, [0] * 8)


def equal_mask(typingctx: Any, array: Any, index: Any, byte: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector = load_vector(context, builder, signature.args[0], *arguments[:2])
        return flags_to_mask(
            builder, builder.icmp_unsigned("==", vector, broadcast(builder, arguments[2]))
        )

    return types.uint64(array, types.uint64, types.uint8), codegen


def outside_mask(typingctx: Any, array: Any, index: Any, low: Any, high: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector = load_vector(context, builder, signature.args[0], *arguments[:2])
        shifted = builder.sub(vector, broadcast(builder, arguments[2]))
        span = broadcast(builder, builder.sub(arguments[3], arguments[2]))
        return flags_to_mask(builder, builder.icmp_unsigned(">", shifted, span))

    return types.uint64(array, types.uint64, types.uint8, types.uint8), codegen


def other_base_mask(typingctx: Any, array: Any, index: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector = load_vector(context, builder, signature.args[0], *arguments)
        upper = builder.and_(vector, ir.Constant(VECTOR, [0xDF] * WIDTH))
        other = None
        for base in b"ACGTN":
            differs = builder.icmp_unsigned("!=", upper, ir.Constant(VECTOR, [base] * WIDTH))
            other = differs if other is None else builder.and_(other, differs)
        return flags_to_mask(builder, other)

    return types.uint64(array, types.uint64), codegen


def above_mask(typingctx: Any, vector: Any, byte: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        splat = broadcast(builder, arguments[1])
        return flags_to_mask(builder, builder.icmp_unsigned(">", arguments[0], splat))

    return types.uint64(BYTES, types.uint8), codegen


def both_mask(typingctx: Any, vector: Any, bytes_: Any, other: Any, other_bytes: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector, wanted, other, other_wanted = arguments
        one = builder.icmp_unsigned("==", vector, wanted)
        return flags_to_mask(
            builder, builder.and_(one, builder.icmp_unsigned("==", other, other_wanted))
        )

    return types.uint64(BYTES, BYTES, BYTES, BYTES), codegen


def equal_words(typingctx: Any, array: Any, index: Any, word: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, index, word = arguments
        data = context.make_array(signature.args[0])(context, builder, array).data
        pointer = builder.bitcast(builder.gep(data, [index]), _WORDS.as_pointer())
        words = _NO_WORDS
        for lane in range(_WORDS.count):
            words = builder.insert_element(words, word, ir.Constant(ir.IntType(32), lane))
        equal = builder.icmp_unsigned("==", builder.load(pointer, align=8), words)
        if not NEON.get():
            return builder.zext(builder.bitcast(equal, BYTE), WORD)
        bits = ir.Constant(_WORDS, [1 << lane for lane in range(_WORDS.count)])
        add_up = llvm_function(builder, "llvm.vector.reduce.add.v8i64", WORD, [_WORDS])
        return builder.call(add_up, [builder.select(equal, bits, _NO_WORDS)])

    if array.dtype != types.uint64:
        return None
    return types.uint64(array, types.uint64, types.uint64), codegen


def _unary(name: str) -> Callable[..., Any]:
    def declare(typingctx: Any, word: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            kind = ir.FunctionType(WORD, [WORD, ir.IntType(1)] if name == "cttz" else [WORD])
            function = builder.module.declare_intrinsic(f"llvm.{name}", [WORD], kind)
            extra = [ir.Constant(ir.IntType(1), 0)] if name == "cttz" else []
            return builder.call(function, [*arguments, *extra])

        return types.uint64(types.uint64), codegen

    return declare


count_ones = _unary("ctpop")
trailing_zeros = _unary("cttz")
