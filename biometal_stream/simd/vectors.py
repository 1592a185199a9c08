"""The vector instructions that the kernels are made of, written as portable LLVM IR.

Numba vectorises plain loops over bytes badly. Each function here is one short sequence on a
vector of 64 bytes, which LLVM turns into AVX-512, AVX2, SSE or NEON as the machine has them.
They read 64 bytes wherever they are told to: it is the caller who sees to it that these exist.

NEON has no instruction that makes bits of comparisons, x86 has. So masks are made another way
there, and `Counts` are kept as bytes instead of bits: see `NEON`. Either way is right on every
machine, only slower on the other's.

All are to be called from kernels only. Arrays are one-dimensional, contiguous ``uint8`` where
nothing else is said; indices are ``uint64``. Bit ``k`` of a mask stands for byte ``index + k``.
"""

from __future__ import annotations

import platform
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeAlias, cast

import numpy as np
from llvmlite import ir
from numba import types
from numba.core.cgutils import alloca_once, get_or_insert_function, raw_memcpy
from numba.extending import intrinsic as numba_intrinsic
from numba.extending import models, register_model

from biometal_stream.simd.compiler import compiled

Word: TypeAlias = Any
"""A ``uint64`` in a kernel, which is an ``int`` once it is handed to Python."""

WIDTH = 64
"""Bytes in one vector; also the padding that makes any read of one safe."""

NEON: ContextVar[bool] = ContextVar("NEON", default=platform.machine() in {"aarch64", "arm64"})
"""Whether kernels that are compiled in this context are for NEON; so on such a machine."""

_BYTE = ir.IntType(8)
_WORD = ir.IntType(64)
_VECTOR = ir.VectorType(_BYTE, WIDTH)
_GROUP = ir.VectorType(_BYTE, 8)
_NONE = ir.Constant(_WORD, 0)
_ZEROS = ir.Constant(_VECTOR, [0] * WIDTH)


def intrinsic(declare: Callable[..., Any]) -> Callable[..., Any]:
    """Makes a function that kernels can call from the code generator that it declares.

    Numba's own decorator is typed as the declaration, whose first argument no caller gives.
    """
    return cast("Callable[..., Any]", numba_intrinsic(declare))


def _pointer(context: Any, builder: ir.IRBuilder, array_type: Any, array: Any, index: Any) -> Any:
    data = context.make_array(array_type)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), _VECTOR.as_pointer())


def _load(context: Any, builder: ir.IRBuilder, array_type: Any, array: Any, index: Any) -> Any:
    return builder.load(_pointer(context, builder, array_type, array, index), align=1)


def _splat(builder: ir.IRBuilder, byte: Any) -> Any:
    single = builder.insert_element(
        ir.Constant(_VECTOR, ir.Undefined), byte, ir.Constant(ir.IntType(32), 0)
    )
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), [0] * WIDTH)
    return builder.shuffle_vector(single, ir.Constant(_VECTOR, ir.Undefined), zeros)


def _function(builder: ir.IRBuilder, name: str, result: Any, arguments: list[Any]) -> Any:
    """Declares one of LLVM's own functions; llvmlite knows no names for those on vectors."""
    kind = ir.FunctionType(result, arguments)
    return get_or_insert_function(builder.module, kind, name)  # type: ignore[no-untyped-call]


def _table(builder: ir.IRBuilder, name: str, values: list[int]) -> Any:
    """Bytes that lie beside the code."""
    kind = ir.ArrayType(_BYTE, len(values))
    table = ir.GlobalVariable(builder.module, kind, builder.module.get_unique_name(name))
    table.linkage = "private"
    table.global_constant = True
    table.initializer = ir.Constant(kind, bytearray(values))
    return table


def _mask(builder: ir.IRBuilder, flags: Any) -> Any:
    if not NEON.get():
        return builder.bitcast(flags, _WORD)
    # Each byte gets the bit of its place in a group of eight, and neighbours are added up three
    # times. LLVM knows the instruction for that, but takes a longer way with `or` if it sees that
    # the bits cannot meet.
    bits = builder.bitcast(_opaque(builder, ir.Constant(_WORD, 0x8040201008040201)), _GROUP)
    chosen = builder.select(flags, _lanes(builder, bits, list(range(8)) * 8), _ZEROS)
    for width in (64, 32, 16):
        even = _lanes(builder, chosen, list(range(0, width, 2)))
        odd = _lanes(builder, chosen, list(range(1, width, 2)))
        chosen = builder.add(even, odd)
    return builder.bitcast(chosen, _WORD)


def _opaque(builder: ir.IRBuilder, word: Any) -> Any:
    """A word through which LLVM cannot look."""
    return builder.asm(ir.FunctionType(_WORD, [_WORD]), "", "=r,0", [word], side_effect=False)


def _lanes(builder: ir.IRBuilder, vector: Any, lanes: list[int]) -> Any:
    order = ir.Constant(ir.VectorType(ir.IntType(32), len(lanes)), lanes)
    return builder.shuffle_vector(vector, ir.Constant(vector.type, ir.Undefined), order)


def _sum(builder: ir.IRBuilder, vector: Any, width: int) -> Any:
    """Adds up bytes; as 16-bit numbers, which LLVM knows how to add up on each machine."""
    wide = ir.VectorType(ir.IntType(16), width)
    reduce = _function(builder, f"llvm.vector.reduce.add.v{width}i16", ir.IntType(16), [wide])
    return builder.zext(builder.call(reduce, [builder.zext(vector, wide)]), _WORD)


@intrinsic
def equal_mask(typingctx: Any, array: Any, index: Any, byte: Any) -> Any:
    """Marks the bytes of ``array[index : index + 64]`` that equal ``byte``."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector = _load(context, builder, signature.args[0], *arguments[:2])
        return _mask(builder, builder.icmp_unsigned("==", vector, _splat(builder, arguments[2])))

    return types.uint64(array, types.uint64, types.uint8), codegen


@intrinsic
def outside_mask(typingctx: Any, array: Any, index: Any, low: Any, high: Any) -> Any:
    """Marks the bytes of ``array[index : index + 64]`` below ``low`` or above ``high``."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector = _load(context, builder, signature.args[0], *arguments[:2])
        shifted = builder.sub(vector, _splat(builder, arguments[2]))
        span = _splat(builder, builder.sub(arguments[3], arguments[2]))
        return _mask(builder, builder.icmp_unsigned(">", shifted, span))

    return types.uint64(array, types.uint64, types.uint8, types.uint8), codegen


@intrinsic
def other_base_mask(typingctx: Any, array: Any, index: Any) -> Any:
    """Marks the bytes of ``array[index : index + 64]`` other than A, C, G, T and N of any case."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector = _load(context, builder, signature.args[0], *arguments)
        upper = builder.and_(vector, ir.Constant(_VECTOR, [0xDF] * WIDTH))
        other = None
        for base in b"ACGTN":
            differs = builder.icmp_unsigned("!=", upper, ir.Constant(_VECTOR, [base] * WIDTH))
            other = differs if other is None else builder.and_(other, differs)
        return _mask(builder, other)

    return types.uint64(array, types.uint64), codegen


@intrinsic
def copy_lanes(typingctx: Any, target: Any, to: Any, array: Any, index: Any) -> Any:
    """Copies ``array[index : index + 64]`` over ``target[to : to + 64]``."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector = _load(context, builder, signature.args[2], *arguments[2:])
        pointer = _pointer(context, builder, signature.args[0], *arguments[:2])
        builder.store(vector, pointer, align=1)
        return context.get_dummy_value()

    return types.void(target, types.uint64, array, types.uint64), codegen


class _Bytes(types.Type):
    """What `load` yields, as a kernel's variable: 64 bytes in registers."""

    def __init__(self) -> None:
        super().__init__(name="Bytes64")


@register_model(_Bytes)
class _BytesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _VECTOR)  # type: ignore[no-untyped-call]


_BYTES = _Bytes()


@intrinsic
def load(typingctx: Any, array: Any, index: Any) -> Any:
    """Loads ``array[index : index + 64]`` as a variable for the functions below."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _load(context, builder, signature.args[0], *arguments)

    return _BYTES(array, types.uint64), codegen


class _Start(types.Type):
    """What `padded_start` yields, as a kernel's variable: where the copy lies."""

    def __init__(self) -> None:
        super().__init__(name="PaddedStart64")


@register_model(_Start)
class _StartModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _BYTE.as_pointer())  # type: ignore[no-untyped-call]


_START = _Start()


@intrinsic
def padded_start(typingctx: Any, array: Any) -> Any:
    """Copies the first 64 bytes of an array, or all, behind 64 zeros.

    With it `load_ending` and `load_word_ending` can read where nothing lies before the array.
    To be called once, before a kernel's loops.
    """

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        source = context.make_array(signature.args[0])(context, builder, arguments[0])
        room = ir.ArrayType(_BYTE, 2 * WIDTH)
        buffer = alloca_once(builder, room)  # type: ignore[no-untyped-call]
        builder.store(ir.Constant(room, None), buffer)
        copy = builder.gep(buffer, [_NONE, ir.Constant(_WORD, WIDTH)])
        width = ir.Constant(_WORD, WIDTH)
        fewer = builder.icmp_unsigned("<", source.nitems, width)
        count = builder.select(fewer, source.nitems, width)
        raw_memcpy(builder, copy, source.data, count, 1)  # type: ignore[no-untyped-call]
        return copy

    return _START(array), codegen


def _before(
    context: Any, builder: ir.IRBuilder, array_type: Any, arguments: Any, width: int
) -> Any:
    """Where the bytes before an index lie, as many as told: in the array or in its copy."""
    array, start, end = arguments
    data = context.make_array(array_type)(context, builder, array).data
    inside = builder.icmp_unsigned(">=", end, ir.Constant(_WORD, width))
    first = builder.sub(end, ir.Constant(_WORD, width))
    return builder.gep(builder.select(inside, data, start), [first])


@intrinsic
def load_ending(typingctx: Any, array: Any, start: Any, end: Any) -> Any:
    """Loads ``array[end - 64 : end]``, with zeros for what would lie before the array.

    ``start`` is from `padded_start` of the same array.
    """

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = _before(context, builder, signature.args[0], arguments, WIDTH)
        return builder.load(builder.bitcast(pointer, _VECTOR.as_pointer()), align=1)

    return _BYTES(array, _START, types.uint64), codegen


class _End(types.Type):
    """What `padded_end` yields, as a kernel's variable: where the copy lies."""

    def __init__(self) -> None:
        super().__init__(name="PaddedEnd64")


@register_model(_End)
class _EndModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _BYTE.as_pointer())  # type: ignore[no-untyped-call]


_END = _End()


@intrinsic
def padded_end(typingctx: Any, array: Any) -> Any:
    """Copies the last 64 bytes of an array, or all, in front of 64 zeros.

    With it `load_starting` can read where nothing lies behind the array. To be called once,
    before a kernel's loops.
    """

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        source = context.make_array(signature.args[0])(context, builder, arguments[0])
        room = ir.ArrayType(_BYTE, 2 * WIDTH)
        buffer = alloca_once(builder, room)  # type: ignore[no-untyped-call]
        builder.store(ir.Constant(room, None), buffer)
        width = ir.Constant(_WORD, WIDTH)
        fewer = builder.icmp_unsigned("<", source.nitems, width)
        count = builder.select(fewer, source.nitems, width)
        copy = builder.gep(buffer, [_NONE, builder.sub(width, count)])
        last = builder.gep(source.data, [builder.sub(source.nitems, count)])
        raw_memcpy(builder, copy, last, count, 1)  # type: ignore[no-untyped-call]
        return builder.gep(buffer, [_NONE, width])

    return _END(array), codegen


@intrinsic
def load_starting(typingctx: Any, array: Any, end: Any, index: Any) -> Any:
    """Loads ``array[index : index + 64]``, with zeros for what would lie behind the array.

    ``end`` is from `padded_end` of the same array; ``index`` is at most the array's length.
    """

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        source = context.make_array(signature.args[0])(context, builder, arguments[0])
        _, end, index = arguments
        behind = builder.sub(index, source.nitems)
        far = builder.icmp_signed("<=", behind, ir.Constant(_WORD, -WIDTH))
        pointer = builder.select(far, builder.gep(source.data, [index]), builder.gep(end, [behind]))
        return builder.load(builder.bitcast(pointer, _VECTOR.as_pointer()), align=1)

    return _BYTES(array, _END, types.uint64), codegen


@intrinsic
def store(typingctx: Any, array: Any, index: Any, vector: Any) -> Any:
    """Writes 64 bytes over ``array[index : index + 64]``."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = _pointer(context, builder, signature.args[0], *arguments[:2])
        builder.store(arguments[2], pointer, align=1)
        return context.get_dummy_value()

    return types.void(array, types.uint64, _BYTES), codegen


@intrinsic
def zeros(typingctx: Any) -> Any:
    """The vector of 64 zeros."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _ZEROS

    return _BYTES(), codegen


@intrinsic
def keep_last(typingctx: Any, vector: Any, count: Any) -> Any:
    """The vector with its last ``count`` bytes, at most 64, and 0 in place of the others.

    The mask is read from a table, which takes half the instructions of making it.
    """

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector, count = arguments
        table = _table(builder, "last_lanes", [0] * WIDTH + [0xFF] * WIDTH)
        pointer = builder.bitcast(builder.gep(table, [_NONE, count]), _VECTOR.as_pointer())
        return builder.and_(vector, builder.load(pointer, align=1))

    return _BYTES(_BYTES, types.uint64), codegen


@intrinsic
def keep_first(typingctx: Any, vector: Any, count: Any) -> Any:
    """The vector with its first ``count`` bytes, at most 64, and 0 in place of the others."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector, count = arguments
        table = _table(builder, "first_lanes", [0xFF] * WIDTH + [0] * WIDTH)
        place = builder.sub(ir.Constant(_WORD, WIDTH), count)
        pointer = builder.bitcast(builder.gep(table, [_NONE, place]), _VECTOR.as_pointer())
        return builder.and_(vector, builder.load(pointer, align=1))

    return _BYTES(_BYTES, types.uint64), codegen


@intrinsic
def repeated(typingctx: Any, byte: Any) -> Any:
    """The vector of 64 times the same byte."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _splat(builder, arguments[0])

    return _BYTES(types.uint8), codegen


@intrinsic
def replace(typingctx: Any, vector: Any, other: Any, bits: Any, byte: Any, value: Any) -> Any:
    """The vector with ``value`` where `count_alike` would count the byte of ``other``.

    That is where it equals ``byte`` once all but ``bits`` is cleared from it.
    """

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector, other, bits, byte, value = arguments
        alike = _alike(builder, other, bits, byte)
        return builder.select(alike, _splat(builder, value), vector)

    byte_type = types.uint8
    return _BYTES(_BYTES, _BYTES, byte_type, byte_type, byte_type), codegen


@intrinsic
def plus(typingctx: Any, vector: Any, other: Any) -> Any:
    """Adds two vectors byte by byte, modulo 256."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.add(*arguments)

    return _BYTES(_BYTES, _BYTES), codegen


@intrinsic
def minus(typingctx: Any, vector: Any, byte: Any) -> Any:
    """Subtracts ``byte`` from each byte, modulo 256."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.sub(arguments[0], _splat(builder, arguments[1]))

    return _BYTES(_BYTES, types.uint8), codegen


@intrinsic
def backwards(typingctx: Any, vector: Any) -> Any:
    """The vector with its last byte first."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _lanes(builder, arguments[0], list(range(WIDTH))[::-1])

    return _BYTES(_BYTES), codegen


@intrinsic
def larger(typingctx: Any, vector: Any, other: Any) -> Any:
    """The larger of two bytes, byte by byte."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        larger = _function(builder, f"llvm.umax.v{WIDTH}i8", _VECTOR, [_VECTOR, _VECTOR])
        return builder.call(larger, arguments)

    return _BYTES(_BYTES, _BYTES), codegen


@intrinsic
def differing(typingctx: Any, vector: Any, other: Any) -> Any:
    """The bits in which two vectors differ: 0 where two bytes are equal."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.xor(*arguments)

    return _BYTES(_BYTES, _BYTES), codegen


@intrinsic
def above_mask(typingctx: Any, vector: Any, byte: Any) -> Any:
    """Marks the bytes that are larger than ``byte``."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        splat = _splat(builder, arguments[1])
        return _mask(builder, builder.icmp_unsigned(">", arguments[0], splat))

    return types.uint64(_BYTES, types.uint8), codegen


def _alike(builder: ir.IRBuilder, vector: Any, bits: Any, byte: Any) -> Any:
    kept = builder.and_(vector, _splat(builder, bits))
    return builder.icmp_unsigned("==", kept, _splat(builder, byte))


@intrinsic
def sum_both(typingctx: Any, vector: Any, other: Any) -> Any:
    """Adds up all bytes of two vectors."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        both = ir.Constant(ir.VectorType(ir.IntType(32), 2 * WIDTH), list(range(2 * WIDTH)))
        return _sum(builder, builder.shuffle_vector(*arguments, both), 2 * WIDTH)

    return types.uint64(_BYTES, _BYTES), codegen


@intrinsic
def sum_lanes(typingctx: Any, vector: Any) -> Any:
    """Adds up all bytes of a vector."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _sum(builder, arguments[0], WIDTH)

    return types.uint64(_BYTES), codegen


@intrinsic
def load_word(typingctx: Any, array: Any, index: Any) -> Any:
    """Loads ``array[index : index + 8]`` as one number, the first byte its lowest."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        return _opaque_word(builder, builder.gep(data, [arguments[1]]))

    return types.uint64(array, types.uint64), codegen


@intrinsic
def load_word_ending(typingctx: Any, array: Any, start: Any, end: Any) -> Any:
    """Loads ``array[end - 8 : end]`` as `load_word` does, with zeros as `load_ending` does."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _opaque_word(builder, _before(context, builder, signature.args[0], arguments, 8))

    return types.uint64(array, _START, types.uint64), codegen


def _opaque_word(builder: ir.IRBuilder, pointer: Any) -> Any:
    """Loads a word, whose bytes LLVM cannot see.

    A loop that looks words up in a table would otherwise be turned into gather instructions,
    which take half as long again.
    """
    return _opaque(builder, builder.load(builder.bitcast(pointer, _WORD.as_pointer()), align=1))


def _unary(name: str) -> Callable[..., Any]:
    def declare(typingctx: Any, word: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            kind = ir.FunctionType(_WORD, [_WORD, ir.IntType(1)] if name == "cttz" else [_WORD])
            function = builder.module.declare_intrinsic(f"llvm.{name}", [_WORD], kind)
            extra = [ir.Constant(ir.IntType(1), 0)] if name == "cttz" else []
            return builder.call(function, [*arguments, *extra])

        return types.uint64(types.uint64), codegen

    return declare


count_ones = intrinsic(_unary("ctpop"))
"""Counts the bits of a mask that are set."""

trailing_zeros = intrinsic(_unary("cttz"))
"""Tells the lowest bit of a mask that is set; 64 where none is."""


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
