"""Imports of what only training needs."""

from __future__ import annotations

from typing import Any

from biometal_stream import extras


def need(name: str, extra: str = "train") -> Any:
    """Imports a package that training needs.

    Args:
        name: The module, such as ``torch`` or ``onnxruntime.quantization``.
        extra: The extra that installs it.

    Raises:
        MissingExtraError: It is not installed, or cannot be loaded.
    """
    return extras.need(name, extra, "training")
