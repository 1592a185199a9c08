"""From LLVM IR to an object file, for a processor that need not be this one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import llvmlite.binding as llvm
from llvmlite.binding import ModuleRef, TargetMachine
from numba.core.llvm_bindings import create_pass_builder

from biometal_stream.simd.aot.targets import Target


def object_file(code: str, target: Target, entries: Iterable[str]) -> bytes:
    """Optimises and compiles, as numba does when it compiles for this machine.

    Args:
        code: LLVM IR, from `biometal_stream.simd.aot.frontend`.
        target: The processor.
        entries: The functions that are called from outside.

    Returns:
        An ELF object.
    """
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    machine = llvm.Target.from_triple(target.triple).create_target_machine(
        cpu=target.cpu, features=target.features, opt=3, reloc="pic", codemodel="small"
    )
    module = llvm.parse_assembly(code)
    module.triple = target.triple
    module.data_layout = str(machine.target_data)
    called = set(entries)
    for function in module.functions:
        if not function.is_declaration and function.name not in called:
            function.linkage = "internal"
    _optimise(module, machine)
    module.verify()
    return bytes(machine.emit_object(module))


def _optimise(module: ModuleRef, machine: TargetMachine) -> None:
    """The passes of numba's `CPUCodeLibrary`, but for those that are about reference counts."""
    full: Any = create_pass_builder(  # type: ignore[no-untyped-call]
        machine, opt=3, loop_vectorize=True, slp_vectorize=False
    )
    functions = full.getFunctionPassManager()
    for function in module.functions:
        if not function.is_declaration:
            functions.run(function, full)
    cheap: Any = create_pass_builder(machine, opt=0)  # type: ignore[no-untyped-call]
    first = cheap.getModulePassManager()
    first.add_loop_rotate_pass()
    first.add_instruction_combine_pass()
    first.add_jump_threading_pass()
    first.run(module, cheap)
    full.getModulePassManager().run(module, full)
