"""The code that counts bytes over many vectors."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import models, register_model

from biometal_stream.simd.llvm.codegen import (
    BYTES,
    NEON,
    VECTOR,
    WORD,
    add_up,
    broadcast,
    equal_bits,
    flags_to_mask,
    llvm_function,
)
from biometal_stream.simd.words import WIDTH


class _Counts(types.Type):
    """The type of what `no_counts` returns: how many bytes were found."""

    def __init__(self) -> None:
        super().__init__(name="Counts64")


@register_model(_Counts)
class _CountsModel(models.PrimitiveModel):
    """A count for each of 64 lanes, and one number; only one of them is used (see `NEON`)."""

    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _COUNTED)  # type: ignore[no-untyped-call]


_COUNTS = _Counts()
_COUNTED = ir.LiteralStructType([VECTOR, WORD])


def _count(builder: ir.IRBuilder, counts: Any, flags: Any) -> Any:
    if NEON.get():
        places = builder.extract_value(counts, 0)
        return builder.insert_value(counts, builder.add(places, builder.zext(flags, VECTOR)), 0)
    ones = llvm_function(builder, "llvm.ctpop.i64", WORD, [WORD])
    found = builder.call(ones, [flags_to_mask(builder, flags)])
    return builder.insert_value(counts, builder.add(builder.extract_value(counts, 1), found), 1)


def no_counts(typingctx: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return ir.Constant(_COUNTED, None)

    return _COUNTS(), codegen


def counted(typingctx: Any, counts: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        if NEON.get():
            return add_up(builder, builder.extract_value(arguments[0], 0), WIDTH)
        return builder.extract_value(arguments[0], 1)

    return types.uint64(_COUNTS), codegen


def count_above(typingctx: Any, counts: Any, vector: Any, byte: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        counts, vector, byte = arguments
        above = builder.icmp_unsigned(">", vector, broadcast(builder, byte))
        return _count(builder, counts, above)

    return _COUNTS(_COUNTS, BYTES, types.uint8), codegen


def count_alike(typingctx: Any, counts: Any, vector: Any, bits: Any, byte: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        counts, *rest = arguments
        return _count(builder, counts, equal_bits(builder, *rest))

    return _COUNTS(_COUNTS, BYTES, types.uint8, types.uint8), codegen


def count_either(
    typingctx: Any, counts: Any, vector: Any, bits: Any, byte: Any, other_bits: Any, other: Any
) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        counts, vector, *pairs = arguments
        one, two = equal_bits(builder, vector, *pairs[:2]), equal_bits(builder, vector, *pairs[2:])
        return _count(builder, counts, builder.or_(one, two))

    byte_type = types.uint8
    return _COUNTS(_COUNTS, BYTES, byte_type, byte_type, byte_type, byte_type), codegen
