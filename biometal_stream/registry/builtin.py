"""The operators of this package."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from biometal_stream import operators
from biometal_stream.lazy import class_files


@cache
def _homes() -> dict[str, tuple[str, str]]:
    """The module and the class of each step, in alphabetical order."""
    files = class_files(operators.__path__).items()
    homes = {module.replace("_", "-"): (module, name) for name, module in files}
    return dict(sorted(homes.items()))


def operator_names() -> tuple[str, ...]:
    """The step names of our operators, in alphabetical order. Imports none of them."""
    return tuple(_homes())


def operator_class(name: str) -> type:
    """Imports an operator.

    Args:
        name: Its step name, one of `operator_names`.
    """
    module, kind = _homes()[name]
    found: type = getattr(import_module(f"{operators.__name__}.{module}"), kind)
    return found


def operator_classes() -> dict[str, type]:
    """Finds our operators by step name, in alphabetical order.

    An operator is on the command line because its file is in the folder ``operators``:
    ``min_length.py`` with its class ``MinLength`` is ``min-length``. Imports all these modules,
    which are light.
    """
    return {name: operator_class(name) for name in operator_names()}
