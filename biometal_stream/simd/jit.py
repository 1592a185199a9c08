"""The one place where the settings of compiled kernels are kept."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache, partial
from inspect import getfile
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast, overload

from biometal_stream.extras import need
from biometal_stream.simd.compiler import Compiled

P = ParamSpec("P")
R = TypeVar("R")

_FOLDER = Path(__file__).parent
_told = False
_kernels: list[Kernel] = []


class Kernel(Compiled):
    """A function that Python calls as machine code: see `kernel`.

    Args:
        function: The Python function.
        writes: The names of the arrays that it writes to.

    Attributes:
        name: The name of its machine code among that of all kernels.
        writes: As given.
    """

    def __init__(self, function: Callable[..., Any], writes: tuple[str, ...]) -> None:
        super().__init__(function)
        self.name = f"{function.__module__}.{function.__qualname__}"
        self.writes = writes
        self._code: Callable[..., Any] | None = None

    def __call__(self, *arguments: Any) -> Any:
        """Calls the machine code for the arguments' types."""
        code = self._code
        if code is None:
            code = self._code = self._found()
        result = code(*arguments)
        return self.dispatcher(*arguments) if result is self else result

    def _found(self) -> Callable[..., Any]:
        """The machine code that came with the package; it returns the kernel if it cannot run."""
        from biometal_stream.simd.shipped import must_be_shipped, shipped

        image = shipped().image
        if image is None and must_be_shipped():
            raise RuntimeError(f"{self.name} is not compiled ahead of time: {shipped().reason}")
        found = None if image is None else image.function(self.name, self)
        if found is None:
            return lambda *_: self
        return self._strictly(found) if must_be_shipped() else found

    def _strictly(self, found: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any) -> Any:
            result = found(*arguments)
            if result is not self:
                return result
            types = ", ".join(
                f"{each.dtype} array{'' if each.flags.writeable else ', read-only'}"
                if hasattr(each, "dtype") and each.shape
                else type(each).__name__
                for each in arguments
            )
            raise TypeError(f"{self.name} is not compiled ahead of time for ({types})")

        return called

    def _made(self) -> Any:
        from biometal_stream.simd.shipped import shipped

        reason = shipped().reason or f"{self.name} is not compiled ahead of time for these types"
        need("numba", "numba", f"to compile kernels, since {reason}, biometal-stream")
        from biometal_stream.simd.cache import KernelCache

        dispatcher = super()._made()
        dispatcher._cache = KernelCache(self.py_func, partial(_digest_of_calls, self.py_func))
        return dispatcher


@overload
def kernel(function: Callable[P, R], /) -> Callable[P, R]: ...


@overload
def kernel(*, writes: tuple[str, ...]) -> Callable[[Callable[P, R]], Callable[P, R]]: ...


def kernel(function: Callable[P, R] | None = None, /, *, writes: tuple[str, ...] = ()) -> Any:
    """Makes a function of arrays and numbers machine code.

    A kernel releases the GIL, divides as numpy does (no exception at zero), and never checks
    bounds. It may call functions of `biometal_stream.simd`, other kernels and `inlined` functions,
    by names that its module has imported or defines: a change of any of their files invalidates
    the code on disk.

    The code of this package's own kernels is written when the package is built, for the types of
    their annotations: see `biometal_stream.simd.aot`. Where there is none for this processor, for
    these types, or for a kernel, numba compiles on the first call, and the code is kept in
    ``NUMBA_CACHE_DIR`` if set, else beside the module, else, when that folder is read-only, below
    the user's cache folder: see `biometal_stream.simd.cache.KernelCache`. Where none of them can be
    written the kernel is compiled anew in each process.

    Args:
        function: Takes arrays, outputs among them, and scalars, all by position. Indices should be
            ``uint64``: numba guards signed ones against negative values at a cost of up to 20
            times.
        writes: The names of the arrays that it writes to. What is not named may be read-only.

    Returns:
        The compiled function, safe to call from several threads.
    """
    if function is None:
        return partial(_kernel, writes=writes)
    return _kernel(function, writes)


def _kernel(function: Callable[P, R], writes: tuple[str, ...]) -> Callable[P, R]:
    made = Kernel(function, writes)
    _kernels.append(made)
    return cast("Callable[P, R]", made)


def loaded_kernels() -> list[Kernel]:
    """All kernels of modules that this process has imported."""
    return list(_kernels)


def cache_folder(compiled: Any) -> Path | None:
    """The folder in which a kernel's machine code is kept; ``None`` if nowhere."""
    path = getattr(compiled.dispatcher._cache, "cache_path", None)
    return Path(path) if path else None


def what_was_lost() -> str | None:
    """Says, once a process, that kernels were compiled which should not have to be.

    Returns:
        Why that is, and what to do; ``None`` if nothing was compiled, or it was said.
    """
    global _told  # noqa: PLW0603 - once a process
    compiling = sys.modules.get("biometal_stream.simd.cache")
    if _told or compiling is None:
        return None
    from biometal_stream.simd.shipped import shipped

    found = []
    if shipped().expected:
        found.append(f"kernels were compiled by numba: {shipped().reason}")
    if compiling.KernelCache.lost:
        found.append(
            "the compiled kernels cannot be kept, so that each start compiles them anew, which"
            " takes seconds; set NUMBA_CACHE_DIR to a folder of your own that can be written"
        )
    _told = bool(found)
    return "; ".join(found) or None


def _digest_of_calls(function: Callable[..., Any]) -> str:
    """A digest of the files that hold what a kernel calls, apart from its own."""
    from biometal_stream.simd.cache import file_digest

    digests = [_vectors_digest()]
    digests += [file_digest(source) for source in sorted(_sources_of_calls(function))]
    return " ".join(digests)


def _sources_of_calls(function: Callable[..., Any]) -> set[Path]:
    """The files of all compiled functions that a function calls, outside of this folder."""
    found: set[Path] = set()
    seen: set[Any] = set()
    waiting: list[Any] = [function]
    while waiting:
        caller = waiting.pop()
        for name in caller.__code__.co_names:
            callee = getattr(caller.__globals__.get(name), "py_func", None)
            if callee is not None and callee not in seen:
                seen.add(callee)
                waiting.append(callee)
                found.add(Path(getfile(callee)).absolute())
    return {source for source in found if _FOLDER not in source.parents}


@cache
def _vectors_digest() -> str:
    """A digest of this folder: what vectors are made of, and how kernels are compiled."""
    from biometal_stream.simd.cache import file_digest

    return " ".join(map(file_digest, sorted(_FOLDER.rglob("*.py"))))
