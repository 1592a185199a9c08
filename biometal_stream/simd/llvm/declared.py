"""Functions that generate code, made known to numba."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba.core.registry import cpu_target
from numba.extending import intrinsic


def declared_type(declare: Callable[..., Any]) -> Any:
    """The numba type of what a function of this folder generates the code of."""
    context: Any = cpu_target.typing_context
    known = intrinsic(declare)
    context.refresh()
    return context.resolve_value_type(known)
