"""Numba's compiler, for kernels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba

from biometal_stream.errors import ConfigurationError


def compiled(**options: Any) -> Callable[[Any], Any]:
    """As `numba.njit`.

    Raises:
        ConfigurationError: Numba is told to compile nothing. Kernels are made of vector
            instructions, which as Python they cannot run.
    """
    if vars(numba.config)["DISABLE_JIT"]:
        raise ConfigurationError(
            "NUMBA_DISABLE_JIT is set, and the kernels of biometal-stream run only when they are"
            " compiled; unset it"
        )
    compiler: Callable[[Any], Any] = numba.njit(**options)
    return compiler
