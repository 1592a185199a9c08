"""From Python to LLVM IR that is not optimised yet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from numba.core.codegen import CPUCodeLibrary
from numba.core.compiler import Flags, compile_extra
from numba.core.compiler_lock import global_compiler_lock
from numba.core.cpu import CPUContext

from biometal_stream.simd import compiler
from biometal_stream.simd.aot.entry import Overload, add_entry
from biometal_stream.simd.aot.signatures import signatures
from biometal_stream.simd.jit import Kernel, loaded_kernels
from biometal_stream.simd.llvm.codegen import NEON


def portable_code(kernels: dict[str, Kernel], *, neon: bool) -> str:
    """The LLVM IR of kernels, and of a function for each that Python calls.

    To be called once a process, before any kernel was compiled: what a kernel calls is compiled
    with it, and kept.

    Args:
        kernels: The kernels, by the names of the functions that Python calls.
        neon: Whether to generate what is good for NEON.
    """
    # Without numba's reference counts, which call into its run-time library.
    compiler.SETTINGS["_nrt"] = False
    for kernel in loaded_kernels():  # also those that are only called by these
        kernel.dispatcher._cache.disable()
    token = NEON.set(neon)
    try:
        with _without_machine_code(), global_compiler_lock:
            return _linked(kernels)
    finally:
        NEON.reset(token)


def _linked(kernels: dict[str, Kernel]) -> str:
    whole: Any = None
    for name, kernel in kernels.items():
        overloads = []
        libraries = []
        target: Any = kernel.dispatcher.targetdescr
        context = target.target_context
        for signature in signatures(kernel.py_func, kernel.writes):
            compiled = _compiled(kernel, signature)
            overloads.append(Overload(compiled.fndesc, compiled.signature))
            libraries.append(compiled.library)
        library = context.codegen().create_library(name)
        module = library.create_ir_module(name)
        add_entry(context, module, name, overloads)
        library.add_ir_module(module)
        for each in libraries:
            library.add_linking_library(each)
        library.finalize()
        if whole is None:
            whole = library._final_module
        else:
            whole.link_in(library._final_module, preserve=True)
    return str(whole)


def _compiled(kernel: Kernel, signature: tuple[Any, ...]) -> Any:
    dispatcher = kernel.dispatcher
    target = dispatcher.targetdescr
    settings: Any = Flags()  # type: ignore[no-untyped-call]
    target.options.parse_as_flags(settings, dispatcher.targetoptions)
    settings.no_compile = True
    settings.no_cpython_wrapper = True
    settings.no_cfunc_wrapper = True
    compiled: Any = compile_extra(  # type: ignore[no-untyped-call]
        target.typing_context, target.target_context, kernel.py_func, signature, None, settings, {}
    )
    compiled.library.finalize()
    return compiled


@contextmanager
def _without_machine_code() -> Iterator[None]:
    """Keeps numba from optimising and compiling for this machine."""

    def finalize(library: Any) -> None:
        library._finalize_dynamic_globals()
        library._verify_declare_only_symbols()
        library._finalized = True

    nothing: dict[str, Any] = {
        "_optimize_functions": lambda _library, _module: None,
        "_optimize_final_module": lambda _library: None,
        "_finalize_final_module": finalize,
    }
    # Never called, but numba knows the function by it, so each has another.
    executable: Any = patch.object(CPUContext, "get_executable", lambda *_: [].append)
    with patch.multiple(CPUCodeLibrary, **nothing), executable:
        yield
