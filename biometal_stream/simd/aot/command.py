"""The command that writes images."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path

from biometal_stream.simd.aot.targets import TARGETS, Target
from biometal_stream.simd.images import FOLDER, PACKAGE, Header, checksum, packed

_LOADING = {"cache.py", "command.py", "images.py", "jit.py", "processor.py", "shipped.py"}
"""The files of `biometal_stream.simd` that only say which code is made and which runs."""


def main(arguments: Sequence[str]) -> int:
    """Writes images, and prints their names and sizes.

    Args:
        arguments: The names of targets; of all, if there are none.

    Returns:
        The exit status: 1 without numba.
    """
    parser = argparse.ArgumentParser(
        prog="python -m biometal_stream.simd.aot",
        description="Compiles all kernels ahead of time.",
    )
    names = [target.name for target in TARGETS]
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(names))
    wanted = parser.parse_args(arguments).targets
    if unknown := set(wanted) - set(names):
        parser.error(f"{', '.join(sorted(unknown))}: no target; there are {', '.join(names)}")
    try:
        import_module("numba")
    except ImportError as error:
        text = f"compiling kernels ahead of time needs numba ({error}); pip install numba"
        print(f"{parser.prog}: error: {text}", file=sys.stderr)  # noqa: T201
        return 1
    begun = time.perf_counter()
    for file in build([each for each in TARGETS if each.name in wanted or not wanted]):
        print(f"{file} {file.stat().st_size // 1024} KiB")  # noqa: T201 - a command
    print(f"{time.perf_counter() - begun:.1f} s", file=sys.stderr)  # noqa: T201
    return 0


def build(
    targets: Iterable[Target] = TARGETS, folder: Path = FOLDER, modules: Sequence[str] = ()
) -> list[Path]:
    """Writes images.

    Args:
        targets: For which processors.
        folder: Where to.
        modules: The modules whose kernels are compiled; all, if there are none.

    Returns:
        The files.
    """
    families = [[each for each in targets if each.neon == neon] for neon in (False, True)]
    families = [family for family in families if family]
    folder.mkdir(exist_ok=True)
    # What numba knows of a kernel is for one family, so each has a process.
    with ProcessPoolExecutor(len(families), get_context("spawn")) as processes:
        return [
            file
            for files in processes.map(_family, families, [folder] * 2, [modules] * 2)
            for file in files
        ]


def _family(targets: list[Target], folder: Path, modules: Sequence[str]) -> list[Path]:
    import llvmlite
    import numba

    from biometal_stream.simd.aot.code import object_file
    from biometal_stream.simd.aot.entry import ALLOWED
    from biometal_stream.simd.aot.frontend import portable_code
    from biometal_stream.simd.aot.link import linked
    from biometal_stream.simd.aot.relocations import UnlinkableError
    from biometal_stream.simd.jit import loaded_kernels

    sources = {
        str(file.relative_to(PACKAGE)): checksum(file.read_bytes()) for file in source_files()
    }
    for module in modules or kernel_modules():
        import_module(module)
    kernels = {each.name: each for each in loaded_kernels()}
    names = tuple(sorted(kernels))
    code = portable_code({name: kernels[name] for name in names}, neon=targets[0].neon)
    files = []
    for target in targets:
        image = linked(object_file(code, target, names), names)
        if foreign := set(image.imports) - ALLOWED:
            raise UnlinkableError(f"kernels call {', '.join(sorted(foreign))}")
        header = Header(
            writable=image.writable,
            entries=image.entries,
            imports=image.imports,
            own=sorted(image.own.items()),
            sources=sources,
            compiler=f"numba {numba.__version__}, llvmlite {llvmlite.__version__}",
        )
        file = folder / f"{target.name}.image"
        whole = file.with_suffix(".part")
        whole.write_bytes(packed(header, bytes(image.content)))
        files.append(whole.replace(file))
    return files


def kernel_modules() -> list[str]:
    """The names of the modules with kernels."""
    found = []
    for file in _modules():
        if "\n@kernel" in file.read_text():
            path = file.relative_to(PACKAGE.parent).with_suffix("")
            found.append(".".join(path.parts))
    return sorted(found)


def source_files() -> list[Path]:
    """The files that machine code depends on."""
    own = Path(__file__).parents[1]
    return sorted(
        file
        for file in _modules()
        if (own in file.parents and file.name not in _LOADING)
        or "kernels" in file.parts
        or "simd.compiler import inlined" in (text := file.read_text())
        or "\n@kernel" in text
    )


def _modules() -> Iterable[Path]:
    for folder, _, names in os.walk(PACKAGE, followlinks=True):  # `operators` is a link
        yield from (Path(folder, name) for name in names if name.endswith(".py"))
