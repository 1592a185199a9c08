"""The one place where the settings of compiled kernels are kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import numba
from numba.core.caching import FunctionCache
from numba.core.runtime.nrt import rtsys

P = ParamSpec("P")
R = TypeVar("R")


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compiles a function to machine code on its first call, and keeps the code on disk.

    A kernel releases the GIL, divides as numpy does (no exception at zero), and never checks
    bounds. It may call other kernels of its own module and the functions of
    `biometal_stream.simd`, and nothing else of this package: only these invalidate the code on
    disk when they change.

    The code is kept where numba keeps it: in ``NUMBA_CACHE_DIR`` if set, else beside the
    module, else, when that folder is read-only, below the user's cache folder. Where none of
    them can be written the kernel is compiled anew in each process.

    Args:
        function: Takes arrays, outputs among them, and scalars. Indices should be ``uint64``:
            numba guards signed ones against negative values at a cost of up to 20 times.

    Returns:
        The compiled function, safe to call from several threads.
    """
    compiled: Any = numba.njit(nogil=True, error_model="numpy")(function)
    try:
        compiled._cache = _Cache(function)  # type: ignore[no-untyped-call]
    except RuntimeError:  # no folder that numba knows of can be written
        return cast("Callable[P, R]", compiled)
    index = compiled._cache._cache_file
    index._source_stamp = (index._source_stamp, _vectors_digest())
    return cast("Callable[P, R]", compiled)


class _Cache(FunctionCache):
    """Numba's cache, which loads machine code without what only the compiler needs.

    Before it loads anything numba's own fills the compiler's tables: 0.15 s at each start, more
    than all our kernels take together. Where there is nothing to load the compiler fills them
    itself.
    """

    def load_overload(self, signature: Any, target_context: Any) -> Any:
        """Loads the code for a signature; ``None`` where there is none."""
        rtsys.initialize(target_context)  # compiled code calls into numba's run-time library
        with self._guard_against_spurious_io_errors():
            return self._load_overload(signature, target_context)  # type: ignore[no-untyped-call]


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """Compiles a function as a part of the kernels that call it: see `kernel` for which may."""
    return numba.njit(nogil=True, error_model="numpy")(function)


def cache_folder(compiled: Any) -> Path | None:
    """Tells where a kernel's machine code is kept, or ``None`` if nowhere."""
    path = getattr(compiled._cache, "cache_path", None)
    return Path(path) if path else None


@cache
def _vectors_digest() -> str:
    """Numba sees a change of a kernel's own file; this adds the instructions it is made of."""
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()
