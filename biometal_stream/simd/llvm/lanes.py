"""The code that counts and adds up lane by lane."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import models, register_model

from biometal_stream.simd.llvm.codegen import BYTES, VECTOR, ZEROS, equal_bits
from biometal_stream.simd.words import WIDTH

_SUMS_64 = ir.VectorType(ir.IntType(16), WIDTH)


class _Sums(types.Type):
    """The type of what `no_sums` returns: 64 numbers of 16 bits."""

    def __init__(self) -> None:
        super().__init__(name="Sums64")


@register_model(_Sums)
class _SumsModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _SUMS_64)  # type: ignore[no-untyped-call]


_SUMS = _Sums()


def tally(typingctx: Any, tallies: Any, vector: Any, bits: Any, byte: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        tallies, *rest = arguments
        return builder.sub(tallies, builder.sext(equal_bits(builder, *rest), VECTOR))

    return BYTES(BYTES, BYTES, types.uint8, types.uint8), codegen


def no_sums(typingctx: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return ir.Constant(_SUMS_64, None)

    return _SUMS(), codegen


def plus_where(typingctx: Any, sums: Any, values: Any, vector: Any, bits: Any, byte: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        sums, values, *rest = arguments
        alike = equal_bits(builder, *rest)
        return builder.add(sums, builder.select(alike, values, ZEROS))

    byte_type = types.uint8
    return BYTES(BYTES, BYTES, BYTES, byte_type, byte_type), codegen


def add_lanes(typingctx: Any, sums: Any, values: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.add(arguments[0], builder.zext(arguments[1], _SUMS_64))

    return _SUMS(_SUMS, BYTES), codegen


def store_lanes(typingctx: Any, array: Any, index: Any, sums: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        place = builder.gep(data, [arguments[1]])
        builder.store(arguments[2], builder.bitcast(place, _SUMS_64.as_pointer()), align=1)
        return context.get_dummy_value()

    if not array.mutable or array.dtype != types.uint16:
        return None
    return types.void(array, types.uint64, _SUMS), codegen
