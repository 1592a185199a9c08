"""The code of loads near the ends of an array."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core.cgutils import alloca_once, raw_memcpy
from numba.extending import models, register_model

from biometal_stream.simd.llvm.codegen import BYTE, BYTES, VECTOR, WORD, ZERO
from biometal_stream.simd.llvm.memory import opaque_word
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


def padded_start(typingctx: Any, array: Any) -> Any:
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


def load_ending(typingctx: Any, array: Any, start: Any, end: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = _before(context, builder, signature.args[0], arguments, WIDTH)
        return builder.load(builder.bitcast(pointer, VECTOR.as_pointer()), align=1)

    return BYTES(array, START, types.uint64), codegen


def load_word_ending(typingctx: Any, array: Any, start: Any, end: Any) -> Any:
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


def padded_end(typingctx: Any, array: Any) -> Any:
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


def load_starting(typingctx: Any, array: Any, end: Any, index: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        source = context.make_array(signature.args[0])(context, builder, arguments[0])
        _, end, index = arguments
        behind = builder.sub(index, source.nitems)
        far = builder.icmp_signed("<=", behind, ir.Constant(WORD, -WIDTH))
        pointer = builder.select(far, builder.gep(source.data, [index]), builder.gep(end, [behind]))
        return builder.load(builder.bitcast(pointer, VECTOR.as_pointer()), align=1)

    return BYTES(array, _END, types.uint64), codegen
