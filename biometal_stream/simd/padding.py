"""Loads near the ends of an array, with zeros for the bytes that do not exist."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core.cgutils import alloca_once, raw_memcpy
from numba.extending import models, register_model

from biometal_stream.simd.codegen import BYTE, BYTES, VECTOR, WORD, ZERO, intrinsic
from biometal_stream.simd.memory import opaque_word
from biometal_stream.simd.words import WIDTH


class _Start(types.Type):
    """The type of what `padded_start` returns: the address of the copy."""

    def __init__(self) -> None:
        super().__init__(name="PaddedStart64")


@register_model(_Start)
class _StartModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, BYTE.as_pointer())  # type: ignore[no-untyped-call]


START = _Start()


@intrinsic
def padded_start(typingctx: Any, array: Any) -> Any:
    """Copies the first 64 bytes of an array, or all, after 64 zeros.

    `load_ending` and `load_word_ending` read from the copy where the array has no bytes. To be
    called once, before a kernel's loops.
    """

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        source = context.make_array(signature.args[0])(context, builder, arguments[0])
        room = ir.ArrayType(BYTE, 2 * WIDTH)
        buffer = alloca_once(builder, room)  # type: ignore[no-untyped-call]
        builder.store(ir.Constant(room, None), buffer)
        copy = builder.gep(buffer, [ZERO, ir.Constant(WORD, WIDTH)])
        width = ir.Constant(WORD, WIDTH)
        fewer = builder.icmp_unsigned("<", source.nitems, width)
        count = builder.select(fewer, source.nitems, width)
        raw_memcpy(builder, copy, source.data, count, 1)  # type: ignore[no-untyped-call]
        return copy

    return START(array), codegen


def _before(
    context: Any, builder: ir.IRBuilder, array_type: Any, arguments: Any, width: int
) -> Any:
    """The address of ``width`` bytes before an index, in the array or in its copy."""
    array, start, end = arguments
    data = context.make_array(array_type)(context, builder, array).data
    inside = builder.icmp_unsigned(">=", end, ir.Constant(WORD, width))
    first = builder.sub(end, ir.Constant(WORD, width))
    return builder.gep(builder.select(inside, data, start), [first])


@intrinsic
def load_ending(typingctx: Any, array: Any, start: Any, end: Any) -> Any:
    """Loads ``array[end - 64 : end]``, with zeros for bytes before the array.

    ``start`` is from `padded_start` of the same array.
    """

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = _before(context, builder, signature.args[0], arguments, WIDTH)
        return builder.load(builder.bitcast(pointer, VECTOR.as_pointer()), align=1)

    return BYTES(array, START, types.uint64), codegen


@intrinsic
def load_word_ending(typingctx: Any, array: Any, start: Any, end: Any) -> Any:
    """Loads ``array[end - 8 : end]`` as `load_word` does, with zeros as `load_ending` does."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return opaque_word(builder, _before(context, builder, signature.args[0], arguments, 8))

    return types.uint64(array, START, types.uint64), codegen


class _End(types.Type):
    """The type of what `padded_end` returns: the address after the copy."""

    def __init__(self) -> None:
        super().__init__(name="PaddedEnd64")


@register_model(_End)
class _EndModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, BYTE.as_pointer())  # type: ignore[no-untyped-call]


_END = _End()


@intrinsic
def padded_end(typingctx: Any, array: Any) -> Any:
    """Copies the last 64 bytes of an array, or all, before 64 zeros.

    `load_starting` reads from the copy where the array has no bytes. To be called once, before a
    kernel's loops.
    """

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        source = context.make_array(signature.args[0])(context, builder, arguments[0])
        room = ir.ArrayType(BYTE, 2 * WIDTH)
        buffer = alloca_once(builder, room)  # type: ignore[no-untyped-call]
        builder.store(ir.Constant(room, None), buffer)
        width = ir.Constant(WORD, WIDTH)
        fewer = builder.icmp_unsigned("<", source.nitems, width)
        count = builder.select(fewer, source.nitems, width)
        copy = builder.gep(buffer, [ZERO, builder.sub(width, count)])
        last = builder.gep(source.data, [builder.sub(source.nitems, count)])
        raw_memcpy(builder, copy, last, count, 1)  # type: ignore[no-untyped-call]
        return builder.gep(buffer, [ZERO, width])

    return _END(array), codegen


@intrinsic
def load_starting(typingctx: Any, array: Any, end: Any, index: Any) -> Any:
    """Loads ``array[index : index + 64]``, with zeros for bytes after the array.

    ``end`` is from `padded_end` of the same array; ``index`` is at most the array's length.
    """

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        source = context.make_array(signature.args[0])(context, builder, arguments[0])
        _, end, index = arguments
        behind = builder.sub(index, source.nitems)
        far = builder.icmp_signed("<=", behind, ir.Constant(WORD, -WIDTH))
        pointer = builder.select(far, builder.gep(source.data, [index]), builder.gep(end, [behind]))
        return builder.load(builder.bitcast(pointer, VECTOR.as_pointer()), align=1)

    return BYTES(array, _END, types.uint64), codegen
