"""The code of hashes and least values of windows."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import models, register_model

from biometal_stream.simd.llvm.codegen import (
    BYTE,
    BYTES,
    VECTOR,
    WORD,
    llvm_function,
    load_vector,
    pick_lanes,
)
from biometal_stream.simd.words import WIDTH

_COUNT = 16
_NUMBER = ir.IntType(32)
_SIXTEEN = ir.VectorType(_NUMBER, _COUNT)
_PART = ir.VectorType(BYTE, _COUNT)
_NOTHING = ir.Constant(_SIXTEEN, None)


class _Numbers(types.Type):
    """The type of 16 numbers of 32 bits."""

    def __init__(self) -> None:
        super().__init__(name="Sixteen")


@register_model(_Numbers)
class _NumbersModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _SIXTEEN)  # type: ignore[no-untyped-call]


_NUMBERS = _Numbers()


def _pointer(
    context: Any, builder: ir.IRBuilder, kind: Any, to: Any, array: Any, index: Any
) -> Any:
    """The address of a vector of type ``to`` in an array."""
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), to.as_pointer())


def _all(builder: ir.IRBuilder, value: Any, kind: Any) -> Any:
    """A vector of one value."""
    nothing = ir.Constant(kind, ir.Undefined)
    single = builder.insert_element(nothing, value, ir.Constant(_NUMBER, 0))
    zeros = ir.Constant(ir.VectorType(_NUMBER, kind.count), [0] * kind.count)
    return builder.shuffle_vector(single, nothing, zeros)


def _counting(builder: ir.IRBuilder, first: Any) -> Any:
    """16 numbers from one on."""
    number = builder.trunc(first, _NUMBER)
    return builder.add(_all(builder, number, _SIXTEEN), ir.Constant(_SIXTEEN, list(range(_COUNT))))


def no_numbers_16(typingctx: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _NOTHING

    return _NUMBERS(), codegen


def load_16(typingctx: Any, array: Any, index: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = _pointer(context, builder, signature.args[0], _SIXTEEN, *arguments)
        return builder.load(pointer, align=1)

    if array.dtype != types.uint32:
        return None
    return _NUMBERS(array, types.uint64), codegen


def store_16(typingctx: Any, array: Any, index: Any, numbers: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = _pointer(context, builder, signature.args[0], _SIXTEEN, *arguments[:2])
        builder.store(arguments[2], pointer, align=1)
        return context.get_dummy_value()

    if not array.mutable or array.dtype != types.uint32:
        return None
    return types.void(array, types.uint64, _NUMBERS), codegen


def of_bases(typingctx: Any, array: Any, index: Any, a: Any, c: Any, t: Any, g: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, index, *hashes = arguments
        pointer = _pointer(context, builder, signature.args[0], _PART, array, index)
        letters = builder.zext(builder.load(pointer, align=1), _SIXTEEN)
        a, c, t, g = (_all(builder, each, _SIXTEEN) for each in hashes)

        def has(bit: int) -> Any:
            kept = builder.and_(letters, ir.Constant(_SIXTEEN, [bit] * _COUNT))
            return builder.icmp_unsigned("!=", kept, _NOTHING)

        low, high = has(2), has(4)
        return builder.select(high, builder.select(low, g, t), builder.select(low, c, a))

    number = types.uint32
    return _NUMBERS(array, types.uint64, number, number, number, number), codegen


def _turned(name: str) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        numbers, bits = arguments
        turn = llvm_function(builder, f"llvm.{name}.v16i32", _SIXTEEN, [_SIXTEEN] * 3)
        return builder.call(turn, [numbers, numbers, _counting(builder, bits)])

    return _NUMBERS(_NUMBERS, types.uint64), codegen


def turned_left(typingctx: Any, numbers: Any, bits: Any) -> Any:
    return _turned("fshl")


def turned_right(typingctx: Any, numbers: Any, bits: Any) -> Any:
    return _turned("fshr")


def differing_16(typingctx: Any, numbers: Any, others: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.xor(*arguments)

    return _NUMBERS(_NUMBERS, _NUMBERS), codegen


def _scanned(builder: ir.IRBuilder, join: Any, vector: Any, before: Any) -> Any:
    """Joins each lane with all lanes before it, and with the last of another vector.

    Lanes move inside groups of 128 bits first, which takes one instruction. Then every second
    group of a size gets the last lane of the group before it.
    """
    count = vector.type.count
    group = 128 // vector.type.element.width
    nothing = ir.Constant(vector.type, None)
    step = 1
    while step < count:
        order = [count] * count  # a 0
        for lane in range(count):
            if step < group and lane % group >= step:
                order[lane] = lane - step
            elif step >= group and lane // step % 2:
                order[lane] = lane // step * step - 1
        lanes = ir.Constant(ir.VectorType(_NUMBER, count), order)
        vector = join(vector, builder.shuffle_vector(vector, nothing, lanes))
        step *= 2
    return join(vector, pick_lanes(builder, before, [count - 1] * count))


def differing_so_far(typingctx: Any, numbers: Any, before: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _scanned(builder, builder.xor, *arguments)

    return _NUMBERS(_NUMBERS, _NUMBERS), codegen


def sums_so_far(typingctx: Any, vector: Any, before: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _scanned(builder, builder.add, *arguments)

    return BYTES(BYTES, BYTES), codegen


def sums_with_places(typingctx: Any, numbers: Any, others: Any, place: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        numbers, others, place = arguments
        sums = builder.add(numbers, others)
        upper = builder.and_(sums, ir.Constant(_SIXTEEN, [0xFFFF0000] * _COUNT))
        return builder.or_(upper, _counting(builder, place))

    return _NUMBERS(_NUMBERS, _NUMBERS, types.uint64), codegen


def places_turned(typingctx: Any, numbers: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.xor(arguments[0], ir.Constant(_SIXTEEN, [0xFFFF] * _COUNT))

    return _NUMBERS(_NUMBERS), codegen


def lesser_16(typingctx: Any, numbers: Any, others: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        lesser = llvm_function(builder, "llvm.umin.v16i32", _SIXTEEN, [_SIXTEEN] * 2)
        return builder.call(lesser, arguments)

    return _NUMBERS(_NUMBERS, _NUMBERS), codegen


def store_chosen(
    typingctx: Any,
    target: Any,
    to: Any,
    sums: Any,
    first: Any,
    end: Any,
    least: Any,
    numbers: Any,
    others: Any,
) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        target, to, sums, first, end, least, numbers, others = arguments

        def loaded(index: Any) -> Any:
            pointer = _pointer(context, builder, signature.args[2], _PART, sums, index)
            return builder.load(pointer, align=1)

        sum_ = builder.sub(loaded(end), loaded(first))
        enough = builder.icmp_unsigned(">=", sum_, _all(builder, least, _PART))
        inverted = builder.xor(others, ir.Constant(_SIXTEEN, [0xFFFF] * _COUNT))
        chosen = builder.trunc(builder.select(enough, numbers, inverted), _PART)
        pointer = _pointer(context, builder, signature.args[0], _PART, target, to)
        builder.store(chosen, pointer, align=1)
        return context.get_dummy_value()

    if not target.mutable:
        return None
    word = types.uint64
    return types.void(target, word, sums, word, word, types.uint8, _NUMBERS, _NUMBERS), codegen


def load_fours_turned(typingctx: Any, array: Any, index: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, index = arguments
        fours = ir.Constant(VECTOR, [0xAA] * WIDTH)
        for place in range(4):
            at = builder.add(index, ir.Constant(WORD, place))
            bits = load_vector(context, builder, signature.args[0], array, at)
            bits = builder.and_(bits, ir.Constant(VECTOR, [6] * WIDTH))
            up = 2 * (3 - place) - 1
            shift = ir.Constant(VECTOR, [abs(up)] * WIDTH)
            moved = builder.shl(bits, shift) if up > 0 else builder.lshr(bits, shift)
            fours = builder.xor(fours, moved)
        return fours

    return BYTES(array, types.uint64), codegen


def _every_fourth(array: Any, order: list[int]) -> Any:
    eight = ir.VectorType(_NUMBER, 8)

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = _pointer(context, builder, signature.args[0], eight, *arguments)
        numbers = builder.load(pointer, align=1)
        bytes_ = builder.trunc(numbers, ir.VectorType(BYTE, 8))
        return builder.bitcast(pick_lanes(builder, bytes_, order), WORD)

    return types.uint64(array, types.uint64), codegen


def every_fourth(typingctx: Any, array: Any, index: Any) -> Any:
    return _every_fourth(array, list(range(8)))


def every_fourth_turned(typingctx: Any, array: Any, index: Any) -> Any:
    return _every_fourth(array, list(range(8))[::-1])
