"""The machine code that a kernel would be on another machine, to see which instructions it is."""

from __future__ import annotations

import re
from typing import Any

import llvmlite.binding as llvm
import numba


def assembly(
    kernel: Any, arguments: tuple[Any, ...], triple: str, cpu: str = "", features: str = ""
) -> str:
    """Compiles a kernel for a machine that need not be this one.

    The kernel's portable intermediate code is made as for a call with the arguments, and handed
    to LLVM's compiler for the other machine.

    Args:
        kernel: A function made by `biometal_stream.simd.jit.kernel`.
        arguments: Arguments of the types that it is called with.
        triple: The machine, such as ``aarch64-unknown-linux-gnu``.
        cpu: Its processor, such as ``apple-m1`` or ``x86-64-v3``; the plainest where empty.
        features: Features to add or leave out, such as ``+avx512bw``.

    Returns:
        The assembly text of the kernel alone.
    """
    # Without numba's reference counts, which call into its run-time library for this machine.
    compiler: Any = numba  # whose types do not know this setting
    compiled = compiler.njit(nogil=True, error_model="numpy", _nrt=False)(kernel.py_func)
    signature = tuple(compiler.typeof(argument) for argument in arguments)
    compiled.compile(signature)
    code = compiled.inspect_llvm(signature)
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    module = llvm.parse_assembly(code)
    module.triple = triple
    target = llvm.Target.from_triple(triple)
    machine = target.create_target_machine(cpu=cpu, features=features, opt=3, reloc="pic")
    module.data_layout = str(machine.target_data)
    text = str(machine.emit_assembly(module))
    # Around the kernel stands what Python calls it through, which is none of ours.
    name = re.escape(compiled.overloads[signature].fndesc.llvm_func_name)
    body = rf'^"?_?{name}"?:.*?(?=^\s*\.(?:globl|size|section)\b)'
    own = re.search(body, text, re.MULTILINE | re.DOTALL)
    assert own is not None
    return own.group()
