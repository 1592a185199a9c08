"""The operators of this package."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from biometal_stream import operators
from biometal_stream.lazy import class_files


@cache
def _classes() -> dict[str, type]:
    found = {
        module.replace("_", "-"): getattr(import_module(f"{operators.__name__}.{module}"), name)
        for name, module in class_files(operators.__path__).items()
    }
    return dict(sorted(found.items()))


def operator_classes() -> dict[str, type]:
    """Finds our operators by step name, in alphabetical order.

    An operator is on the command line because its file is in the folder ``operators``:
    ``min_length.py`` with its class ``MinLength`` is ``min-length``. Imports these modules, which
    are light.
    """
    return dict(_classes())
