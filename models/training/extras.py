"""Imports of what only training needs, with a clear word where it is not installed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from biometal_stream.errors import MissingExtraError


def need(name: str, extra: str = "train") -> Any:
    """Imports a package of an extra.

    Args:
        name: The module, such as ``torch`` or ``onnxruntime.quantization``.
        extra: The extra that brings it.

    Raises:
        MissingExtraError: It is not installed, or does not load.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise MissingExtraError(
            f"training needs {name.partition('.')[0]} ({error});"
            f" pip install 'biometal-stream[{extra}]'"
        ) from error
