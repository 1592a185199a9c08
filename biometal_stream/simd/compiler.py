"""Numba's compiler, with the settings of kernels."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numba
from numba.core import config

_lock = threading.Lock()


def compiled(**options: Any) -> Callable[[Any], Any]:
    """As `numba.njit`, which here compiles also where ``NUMBA_DISABLE_JIT`` is set.

    That variable is for looking at Python functions in a debugger. Kernels are made of vector
    instructions, which as Python they cannot run.
    """

    def compile_(function: Any) -> Any:
        with _lock:
            disabled = vars(config)["DISABLE_JIT"]
            vars(config)["DISABLE_JIT"] = 0
            try:
                return numba.njit(**options)(function)
            finally:
                vars(config)["DISABLE_JIT"] = disabled

    return compile_
