"""The machine code that a kernel would be on another machine, to see which instructions it is."""

from __future__ import annotations

import re
from types import FunctionType
from typing import Any

import llvmlite.binding as llvm
import numba
from numba.core.compiler import Flags, compile_extra
from numba.core.compiler_lock import global_compiler_lock

from biometal_stream.simd.compiler import Compiled
from biometal_stream.simd.llvm.codegen import NEON

_LABEL = re.compile(r"^[.\w]+:")
_INSTRUCTION = re.compile(r"^\s+[a-z]")
_JUMP = re.compile(r"^\s+(?:j[a-z]+|b(?:\.[a-z]+)?|cbn?z|tbn?z)\s+(?:.*,\s*)?(\.?L\w+)$")
_FUNCTION = re.compile(r"_ZN[\w.]+")


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
        The assembly text of the kernel, and of the functions that it calls.
    """
    # Without numba's reference counts, which call into its run-time library for this machine.
    compiled = _anew(kernel, _nrt=False)
    compiler: Any = numba  # whose types do not tell
    signature = tuple(compiler.typeof(argument) for argument in arguments)
    settings: Any = Flags()  # type: ignore[no-untyped-call]
    compiled.targetdescr.options.parse_as_flags(settings, compiled.targetoptions)
    settings.no_compile = True
    token = NEON.set(triple.startswith(("aarch64", "arm64")))
    try:
        result: Any = compile_extra(  # type: ignore[no-untyped-call]
            compiled.targetdescr.typing_context,
            compiled.targetdescr.target_context,
            compiled.py_func,
            signature,
            None,
            settings,
            {},
        )
    finally:
        NEON.reset(token)
    # Compiling for this machine, as the last step would, fits the code to this machine.
    result.library._finalize_final_module = lambda: None
    with global_compiler_lock:
        result.library.finalize()
    code = str(result.library._final_module)
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    module = llvm.parse_assembly(code)
    module.triple = triple
    target = llvm.Target.from_triple(triple)
    machine = target.create_target_machine(cpu=cpu, features=features, opt=3, reloc="pic")
    module.data_layout = str(machine.target_data)
    text = str(machine.emit_assembly(module))
    # Around the kernel stands what Python calls it through, which is none of ours.
    return _with_what_it_calls(text, result.fndesc.llvm_func_name)


def inner_loops(text: str) -> list[list[str]]:
    """The instructions of the loops of a kernel that have no loop in them.

    Args:
        text: From `assembly`.

    Returns:
        The instructions of each loop, from the label that it jumps back to up to that jump, as
        the compiler laid them out.
    """
    lines = [line for line in text.splitlines() if _LABEL.match(line) or _INSTRUCTION.match(line)]
    labels = {line.partition(":")[0]: at for at, line in enumerate(lines) if _LABEL.match(line)}
    loops = []
    for last, line in enumerate(lines):
        jump = _JUMP.match(line)
        first = labels.get(jump.group(1), last) if jump else last
        if first < last:
            loops.append(range(first, last + 1))
    inner = [
        loop
        for loop in loops
        if not any(o != loop and loop.start <= o.start and o.stop <= loop.stop for o in loops)
    ]
    bodies = [lines[loop.start : loop.stop] for loop in inner]
    return [[line.strip() for line in body if not _LABEL.match(line)] for body in bodies]


def _with_what_it_calls(text: str, name: str) -> str:
    """The body of a function and those of the functions in the text that it calls."""
    bodies: dict[str, str] = {}
    missing = [name]
    while missing:
        function = missing.pop()
        body = rf'^"?_?{re.escape(function)}"?:.*?(?=^\s*\.(?:globl|size|section)\b)'
        found = re.search(body, text, re.MULTILINE | re.DOTALL)
        if found and function not in bodies:
            bodies[function] = found.group()
            missing += _FUNCTION.findall(found.group())
    assert name in bodies
    return "".join(bodies.values())


def _anew(kernel: Compiled, **settings: Any) -> Any:
    """What numba makes of a kernel that is not compiled yet, nor what it calls."""
    return _copied(kernel, **settings).dispatcher


def _copied(kernel: Compiled, **settings: Any) -> Compiled:
    function: Any = kernel.py_func
    known = dict(function.__globals__)
    for name in function.__code__.co_names:
        if isinstance(known.get(name), Compiled):
            known[name] = _copied(known[name])
    copy = FunctionType(
        function.__code__, known, function.__name__, function.__defaults__, function.__closure__
    )
    return Compiled(copy, **{**kernel.options, **settings})
