"""The one place where the settings of compiled kernels are kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from biometal_stream.simd.cache import KernelCache
from biometal_stream.simd.compiler import compiled as compiled_with

P = ParamSpec("P")
R = TypeVar("R")

_SETTINGS = {"nogil": True, "error_model": "numpy"}
_told = False


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compiles a function to machine code on its first call, and keeps the code on disk.

    A kernel releases the GIL, divides as numpy does (no exception at zero), and never checks
    bounds. It may call other kernels of its own module and the functions of
    `biometal_stream.simd`, and nothing else of this package: only these invalidate the code on
    disk when they change.

    The code is kept in ``NUMBA_CACHE_DIR`` if set, else beside the module, else, when that folder
    is read-only, below the user's cache folder: see `KernelCache`. Where none of them can be
    written the kernel is compiled anew in each process.

    Args:
        function: Takes arrays, outputs among them, and scalars. Indices should be ``uint64``:
            numba guards signed ones against negative values at a cost of up to 20 times.

    Returns:
        The compiled function, safe to call from several threads.
    """
    compiled: Any = compiled_with(**_SETTINGS)(function)
    compiled._cache = KernelCache(function, _vectors_digest())
    return cast("Callable[P, R]", compiled)


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """Compiles a function as a part of the kernels that call it: see `kernel` for which may."""
    return cast("Callable[P, R]", compiled_with(**_SETTINGS)(function))


def cache_folder(compiled: Any) -> Path | None:
    """Tells where a kernel's machine code is kept, or ``None`` if nowhere."""
    path = getattr(compiled._cache, "cache_path", None)
    return Path(path) if path else None


def what_was_lost() -> str | None:
    """Says, once a process, that kernels were compiled whose code could not be kept."""
    global _told  # noqa: PLW0603 - once a process
    if _told or not KernelCache.lost:
        return None
    _told = True
    return (
        "the compiled kernels cannot be kept, so that each start compiles them anew, which takes"
        " seconds; set NUMBA_CACHE_DIR to a folder of your own that can be written"
    )


@cache
def _vectors_digest() -> str:
    """Numba sees a change of a kernel's own file; this adds the instructions it is made of."""
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()
