"""The code of calls of C functions."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types

from biometal_stream.simd.llvm.codegen import WORD

_MOST_ARGUMENTS = 6
"""Those that x86-64 passes in registers; AArch64 passes eight. More would be on the stack, where
macOS on AArch64 packs those of fewer than 64 bits."""


def address_of(typingctx: Any, array: Any, index: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        return builder.ptrtoint(builder.gep(data, [arguments[1]]), WORD)

    return types.uint64(array, types.uint64), codegen


def call(typingctx: Any, function: Any, *words: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        # numba passes the arguments after the star as one tuple.
        address, rest = arguments
        unpacked = [builder.extract_value(rest, place) for place in range(len(words))]
        kind = ir.FunctionType(WORD, [WORD] * len(words))
        return builder.call(builder.inttoptr(address, kind.as_pointer()), unpacked)

    if len(words) > _MOST_ARGUMENTS:
        return None
    rest: Any = types.StarArgTuple
    rest = rest.from_types([types.uint64] * len(words))
    return types.uint64(types.uint64, rest), codegen
