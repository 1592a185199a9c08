"""The types that a kernel is compiled for, from its annotations."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import numpy as np
from numba import types
from numba.np.numpy_support import from_dtype

Signature = tuple[Any, ...]

_PLAIN: dict[Any, Any] = {bool: types.boolean, int: types.int64, float: types.float64}


def signatures(function: Callable[..., Any], writes: tuple[str, ...]) -> list[Signature]:
    """The types of a kernel's arguments, as numba has them.

    Args:
        function: The kernel's Python function. Its arrays are annotated as `numpy.typing.NDArray`,
            words as in `biometal_stream.simd.words`. One that is of any of several types has a type
            variable with constraints; all arguments with this variable are of one type.
        writes: The names of the arrays that it writes to.

    Returns:
        One signature for each choice of types.

    Raises:
        TypeError: An annotation does not tell the type, or an array that is written does not exist.
    """
    hints = get_type_hints(function)
    names = list(inspect.signature(function).parameters)
    if unknown := set(writes) - set(names):
        raise TypeError(f"{function.__qualname__} has no {', '.join(unknown)} to write to")
    variables = {found for name in names for found in _variables(hints[name])}
    if len(variables) > 1:
        raise TypeError(f"{function.__qualname__} has several type variables")
    choices: list[dict[Any, Any]] = [{}]
    for variable in variables:
        choices = [{variable: kind} for kind in variable.__constraints__]
    return [
        tuple(_type(hints[name], chosen, written=name in writes) for name in names)
        for chosen in choices
    ]


def _variables(hint: Any) -> list[TypeVar]:
    if isinstance(hint, TypeVar):
        return [hint]
    return [found for each in get_args(hint) for found in _variables(each)]


def _type(hint: Any, chosen: dict[Any, Any], *, written: bool) -> Any:
    hint = chosen.get(hint, hint)
    if get_origin(hint) is np.ndarray:
        shape, dtype = get_args(hint)
        kind = get_args(dtype)[0]
        kind = from_dtype(np.dtype(chosen.get(kind, kind)))
        arguments = get_args(shape)
        dimensions = 1 if Ellipsis in arguments else len(arguments)
        return types.Array(kind, dimensions, "C", readonly=not written)
    if hint in _PLAIN:
        return _PLAIN[hint]
    if isinstance(hint, type) and issubclass(hint, np.generic):
        return from_dtype(np.dtype(hint))
    raise TypeError(f"{hint} is no type of a kernel's argument")
