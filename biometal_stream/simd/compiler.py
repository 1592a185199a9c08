"""Functions that numba compiles; it is imported only when that is due."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from threading import RLock
from typing import Any, ParamSpec, TypeVar, cast, overload

from biometal_stream.errors import ConfigurationError
from biometal_stream.extras import need

P = ParamSpec("P")
R = TypeVar("R")

SETTINGS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
"""What all kernels are compiled with, for `numba.njit`."""

_lock = RLock()


class Compiled:
    """A function that numba compiles on its first call, or with the kernel that calls it.

    Args:
        function: The Python function.
        options: For `numba.njit`, beside those that all kernels have.

    Attributes:
        py_func: The Python function.
        options: All options.
    """

    def __init__(self, function: Callable[..., Any], **options: Any) -> None:
        update_wrapper(self, function)
        self.py_func = function
        self.options = {**SETTINGS, **options}
        self._dispatcher: Any = None

    def __call__(self, *arguments: Any) -> Any:
        """Calls the machine code for the arguments' types."""
        return self.dispatcher(*arguments)

    def __repr__(self) -> str:
        return f"<compiled {self.py_func.__qualname__}>"

    def __reduce__(self) -> str:
        return self.py_func.__qualname__  # of its module

    @property
    def is_compiled(self) -> bool:
        """Whether numba has compiled the function, or was about to."""
        return self._dispatcher is not None

    @property
    def dispatcher(self) -> Any:
        """What `numba.njit` makes of the function.

        Raises:
            ConfigurationError: Numba is told to compile nothing. Kernels are made of vector
                instructions, which as Python they cannot run.
            MissingExtraError: Numba is not installed.
        """
        if self._dispatcher is None:
            with _lock:
                self._dispatcher = self._dispatcher or self._made()
        return self._dispatcher

    def _made(self) -> Any:
        numba = need("numba", "numba", "a kernel that was not compiled ahead of time")
        if vars(numba.config)["DISABLE_JIT"]:
            raise ConfigurationError(
                "NUMBA_DISABLE_JIT is set, and the kernels of biometal-stream run only when they"
                " are compiled; unset it"
            )
        compiler: Any = numba.njit(**self.options)
        return compiler(self.py_func)

    # What numba asks of a function that a kernel calls: its type, and whether to inline it.

    @property
    def _numba_type_(self) -> Any:
        return self.dispatcher._numba_type_

    @property
    def targetoptions(self) -> Any:
        """The settings as numba has them."""
        return self.dispatcher.targetoptions

    def __deepcopy__(self, memo: dict[int, Any]) -> Compiled:
        return self  # numba copies the statements that it compiles


@overload
def inlined(function: Callable[P, R], /) -> Callable[P, R]: ...


@overload
def inlined(*, inline: str) -> Callable[[Callable[P, R]], Callable[P, R]]: ...


def inlined(function: Callable[P, R] | None = None, /, **options: Any) -> Any:
    """Compiles a function as a part of the kernels that call it.

    Args:
        function: See `biometal_stream.simd.jit.kernel` for what it may call.
        options: ``inline="always"`` has numba put the function's statements in place of each call,
            before it finds types; otherwise LLVM decides.
    """
    if function is None:
        return lambda function: Compiled(function, **options)
    return cast("Callable[P, R]", Compiled(function, **options))
