"""The code that writes bytes as numbers of other types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import models, register_model

from biometal_stream.simd.llvm.codegen import BYTE, BYTES, WORD, broadcast, pick_lanes
from biometal_stream.simd.words import WIDTH

_SINGLE = ir.FloatType()
_HALF = ir.IntType(16)
_NUMBER = ir.IntType(32)
_HALF_ONE = 0x3C00  # the bits of 1 in half precision


def _fill(like: Any, kind: Any, value: float) -> Any:
    """A vector of as many lanes as another, all of them a value."""
    return ir.Constant(ir.VectorType(kind, like.type.count), [value] * like.type.count)


def _widen(builder: ir.IRBuilder, vector: Any, width: int) -> Any:
    if width == vector.type.element.width:
        return vector
    return builder.zext(vector, ir.VectorType(ir.IntType(width), vector.type.count))


def _store_groups(
    context: Any,
    builder: ir.IRBuilder,
    array_type: Any,
    arguments: Any,
    vectors: tuple[Any, ...],
    make: Callable[..., Any],
) -> Any:
    """Writes what is made of vectors, 64 bytes together, as long as lanes are left.

    Args:
        context: Of the intrinsic.
        builder: Of the intrinsic.
        array_type: The type of the array to write to.
        arguments: The array, the index to write at, and the number of lanes.
        vectors: What the elements are made of, lane by lane.
        make: Makes the elements of some lanes of the vectors.
    """
    array, index, lanes = arguments
    data = context.make_array(array_type)(context, builder, array).data
    group = WIDTH * 8 // array_type.dtype.bitwidth

    def write(first: int, count: int) -> None:
        order = list(range(first, first + count))
        parts = (
            vectors if count == WIDTH else [pick_lanes(builder, each, order) for each in vectors]
        )
        made = make(*parts)
        place = builder.add(index, ir.Constant(WORD, first))
        pointer = builder.bitcast(builder.gep(data, [place]), made.type.as_pointer())
        builder.store(made, pointer, align=1)

    all_lanes = builder.icmp_unsigned(">=", lanes, ir.Constant(WORD, WIDTH))
    with builder.if_else(all_lanes) as (then, otherwise):
        with then:
            write(0, WIDTH)
        with otherwise:
            for first in range(0, WIDTH, group):
                some = builder.icmp_unsigned(">", lanes, ir.Constant(WORD, first))
                with builder.if_then(some):
                    write(first, group)
    return context.get_dummy_value()


def _to_half(builder: ir.IRBuilder, single: Any) -> Any:
    """Rounds numbers to half precision, the nearest, ties away from 0; as 16 bits each.

    Right for 0 and what has a normal number in half precision. LLVM's own conversion calls a
    function of the compiler's library where the machine has no instruction for it.
    """
    bits = builder.bitcast(single, ir.VectorType(_NUMBER, single.type.count))
    half = builder.add(bits, _fill(bits, _NUMBER, 0x1000))
    half = builder.lshr(half, _fill(bits, _NUMBER, 13))
    half = builder.sub(half, _fill(bits, _NUMBER, (127 - 15) << 10))
    nothing = _fill(bits, _NUMBER, 0)
    half = builder.select(builder.icmp_unsigned("==", bits, nothing), nothing, half)
    return builder.trunc(half, ir.VectorType(_HALF, bits.type.count))


def store_fractions(
    typingctx: Any, array: Any, index: Any, lanes: Any, vector: Any, unit: Any
) -> Any:
    kind = array.dtype

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        *target, vector, unit = arguments

        def make(part: Any) -> Any:
            if kind == types.uint8:
                return part
            zeros = _fill(part, _NUMBER, 0)
            nothing = ir.Constant(ir.VectorType(_SINGLE, part.type.count), ir.Undefined)
            one = builder.insert_element(nothing, unit, ir.Constant(_NUMBER, 0))
            units = builder.shuffle_vector(one, nothing, zeros)
            product = builder.fmul(builder.uitofp(part, units.type), units)
            return product if kind == types.float32 else _to_half(builder, product)

        return _store_groups(context, builder, signature.args[0], target, (vector,), make)

    if not array.mutable or kind not in {types.uint8, types.uint16, types.float32}:
        return None
    return types.void(array, types.uint64, types.uint64, BYTES, types.float32), codegen


def store_flags(typingctx: Any, array: Any, index: Any, lanes: Any, vector: Any) -> Any:
    kind = array.dtype

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        *target, vector = arguments
        element, one = {
            types.uint8: (BYTE, 1),
            types.uint16: (_HALF, _HALF_ONE),
            types.float32: (_SINGLE, 1.0),
        }[kind]

        def make(part: Any) -> Any:
            flags = builder.icmp_unsigned("!=", part, _fill(part, BYTE, 0))
            return builder.select(flags, _fill(part, element, one), _fill(part, element, 0))

        return _store_groups(context, builder, signature.args[0], target, (vector,), make)

    if not array.mutable or kind not in {types.uint8, types.uint16, types.float32}:
        return None
    return types.void(array, types.uint64, types.uint64, BYTES), codegen


def store_numbers(typingctx: Any, array: Any, index: Any, lanes: Any, vector: Any) -> Any:
    width = getattr(array.dtype, "bitwidth", 0)

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        *target, vector = arguments

        def make(part: Any) -> Any:
            return _widen(builder, part, width)

        return _store_groups(context, builder, signature.args[0], target, (vector,), make)

    if not array.mutable or not isinstance(array.dtype, types.Integer):
        return None
    return types.void(array, types.uint64, types.uint64, BYTES), codegen


class _Numbers(types.Type):
    """The type of what `no_numbers` returns: 64 numbers of 32 bits."""

    def __init__(self) -> None:
        super().__init__(name="Numbers64")


@register_model(_Numbers)
class _NumbersModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _NUMBERS_64)  # type: ignore[no-untyped-call]


_NUMBERS = _Numbers()
_NUMBERS_64 = ir.VectorType(_NUMBER, WIDTH)


def no_numbers(typingctx: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return ir.Constant(_NUMBERS_64, None)

    return _NUMBERS(), codegen


def joined(typingctx: Any, numbers: Any, vector: Any, bits: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        numbers, vector, bits = arguments
        places = _widen(builder, broadcast(builder, bits), 32)
        return builder.or_(builder.shl(numbers, places), _widen(builder, vector, 32))

    return _NUMBERS(_NUMBERS, BYTES, types.uint8), codegen


def store_sums(
    typingctx: Any, array: Any, index: Any, lanes: Any, vector: Any, byte: Any, numbers: Any
) -> Any:
    width = getattr(array.dtype, "bitwidth", 0)

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        *target, vector, byte, numbers = arguments
        found = builder.icmp_unsigned("==", vector, broadcast(builder, byte))
        added = builder.select(found, numbers, _fill(numbers, _NUMBER, 0))

        def make(part: Any, added: Any) -> Any:
            return _widen(builder, builder.add(_widen(builder, part, 32), added), width)

        return _store_groups(context, builder, signature.args[0], target, (vector, added), make)

    if not array.mutable or array.dtype not in {types.int32, types.int64}:
        return None
    arguments = (array, types.uint64, types.uint64, BYTES, types.uint8, _NUMBERS)
    return types.void(*arguments), codegen
