"""The addresses of the C functions of an extension module."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable
from typing import Any


def addresses(function: Callable[..., Any], names: Iterable[str]) -> dict[str, int] | None:
    """Finds C functions in an extension module, or in the libraries that it is linked with.

    The wheels of PyPI export the functions of the library that they contain, on Linux and macOS.

    Args:
        function: A built-in function of the module.
        names: The C functions.

    Returns:
        Their addresses; ``None`` if one is not exported.
    """
    file = getattr(getattr(function, "__self__", None), "__file__", None)  # that of its module
    if file is None:
        return None
    try:
        library = ctypes.CDLL(file)
        return {name: _address(getattr(library, name)) for name in names}
    except (OSError, AttributeError):
        return None


def _address(function: Any) -> int:
    return ctypes.cast(function, ctypes.c_void_p).value or 0
