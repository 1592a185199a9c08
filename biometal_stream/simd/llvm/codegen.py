"""What the vector functions generate their LLVM IR with."""

from __future__ import annotations

import platform
from contextvars import ContextVar
from typing import Any

from llvmlite import ir
from numba import types
from numba.core.cgutils import get_or_insert_function
from numba.extending import models, register_model

from biometal_stream.simd.words import WIDTH

NEON: ContextVar[bool] = ContextVar("NEON", default=platform.machine() in {"aarch64", "arm64"})
"""Whether kernels compiled in this context are for NEON; by default, on machines that have it."""


BYTE = ir.IntType(8)
"""A byte in LLVM IR."""
WORD = ir.IntType(64)
"""A word: an index, or a mask of a vector."""
VECTOR = ir.VectorType(BYTE, WIDTH)
"""A vector."""
ZERO = ir.Constant(WORD, 0)
"""The word 0."""
ZEROS = ir.Constant(VECTOR, [0] * WIDTH)
"""The vector of zeros."""

_GROUP = ir.VectorType(BYTE, 8)


class Bytes(types.Type):
    """The type of a kernel's variable that is a vector: 64 bytes in registers."""

    def __init__(self) -> None:
        super().__init__(name="Bytes64")


@register_model(Bytes)
class _BytesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, VECTOR)  # type: ignore[no-untyped-call]


BYTES = Bytes()
"""The type, for signatures."""


def vector_pointer(
    context: Any, builder: ir.IRBuilder, array_type: Any, array: Any, index: Any
) -> Any:
    """The address of ``array[index : index + 64]``."""
    data = context.make_array(array_type)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), VECTOR.as_pointer())


def load_vector(
    context: Any, builder: ir.IRBuilder, array_type: Any, array: Any, index: Any
) -> Any:
    """Loads ``array[index : index + 64]``."""
    return builder.load(vector_pointer(context, builder, array_type, array, index), align=1)


def broadcast(builder: ir.IRBuilder, byte: Any) -> Any:
    """A vector of 64 times the same byte."""
    single = builder.insert_element(
        ir.Constant(VECTOR, ir.Undefined), byte, ir.Constant(ir.IntType(32), 0)
    )
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), [0] * WIDTH)
    return builder.shuffle_vector(single, ir.Constant(VECTOR, ir.Undefined), zeros)


def llvm_function(builder: ir.IRBuilder, name: str, result: Any, arguments: list[Any]) -> Any:
    """Declares one of LLVM's own functions; llvmlite has no names for those on vectors."""
    kind = ir.FunctionType(result, arguments)
    return get_or_insert_function(builder.module, kind, name)  # type: ignore[no-untyped-call]


def constant_table(builder: ir.IRBuilder, name: str, values: list[int]) -> Any:
    """Bytes that are stored next to the code."""
    kind = ir.ArrayType(BYTE, len(values))
    table = ir.GlobalVariable(builder.module, kind, builder.module.get_unique_name(name))
    table.linkage = "private"
    table.global_constant = True
    table.initializer = ir.Constant(kind, bytearray(values))
    return table


def flags_to_mask(builder: ir.IRBuilder, flags: Any) -> Any:
    """Turns the 64 results of a comparison into a mask."""
    if not NEON.get():
        return builder.bitcast(flags, WORD)
    # NEON has no instruction for that, unlike x86. So each byte gets the bit of its place in a
    # group of eight, and neighbours are added three times. If LLVM saw that the bits are disjoint,
    # it would use `or`, which takes more instructions than adding pairs.
    bits = builder.bitcast(hide_from_llvm(builder, ir.Constant(WORD, 0x8040201008040201)), _GROUP)
    chosen = builder.select(flags, pick_lanes(builder, bits, list(range(8)) * 8), ZEROS)
    for width in (64, 32, 16):
        even = pick_lanes(builder, chosen, list(range(0, width, 2)))
        odd = pick_lanes(builder, chosen, list(range(1, width, 2)))
        chosen = builder.add(even, odd)
    return builder.bitcast(chosen, WORD)


def hide_from_llvm(builder: ir.IRBuilder, word: Any) -> Any:
    """The same word, whose value LLVM cannot see."""
    return builder.asm(ir.FunctionType(WORD, [WORD]), "", "=r,0", [word], side_effect=False)


def pick_lanes(builder: ir.IRBuilder, vector: Any, lanes: list[int]) -> Any:
    """A vector of some lanes of another, in the order given."""
    order = ir.Constant(ir.VectorType(ir.IntType(32), len(lanes)), lanes)
    return builder.shuffle_vector(vector, ir.Constant(vector.type, ir.Undefined), order)


def add_up(builder: ir.IRBuilder, vector: Any, width: int) -> Any:
    """Adds up ``width`` bytes, as 16-bit numbers: those LLVM adds up well on every machine."""
    wide = ir.VectorType(ir.IntType(16), width)
    reduce = llvm_function(builder, f"llvm.vector.reduce.add.v{width}i16", ir.IntType(16), [wide])
    return builder.zext(builder.call(reduce, [builder.zext(vector, wide)]), WORD)


def equal_bits(builder: ir.IRBuilder, vector: Any, bits: Any, byte: Any) -> Any:
    """Compares each byte, once all but ``bits`` is cleared from it, with ``byte``."""
    kept = builder.and_(vector, broadcast(builder, bits))
    return builder.icmp_unsigned("==", kept, broadcast(builder, byte))
