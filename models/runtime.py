"""Imports ONNX Runtime without its telemetry."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from biometal_stream.errors import MissingExtraError

if TYPE_CHECKING:
    from types import ModuleType


def onnxruntime() -> ModuleType:
    """Imports ONNX Runtime with telemetry switched off: its wheels send it by default.

    Returns:
        The module ``onnxruntime``.

    Raises:
        MissingExtraError: It is not installed, or cannot be loaded on this machine.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    try:
        import onnxruntime as runtime
    except ImportError as error:
        raise MissingExtraError(
            f"ONNX Runtime cannot be imported ({error}); pip install onnxruntime"
        ) from error
    return runtime  # type: ignore[no-any-return]


def providers() -> tuple[str, ...]:
    """The providers of this ONNX Runtime, its first choice first.

    Raises:
        MissingExtraError: See `onnxruntime`.
    """
    runtime: Any = onnxruntime()
    return tuple(runtime.get_available_providers())
