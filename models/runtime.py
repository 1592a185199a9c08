"""ONNX Runtime, imported so that it keeps to itself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from biometal_stream.errors import MissingExtraError

if TYPE_CHECKING:
    from types import ModuleType


def onnxruntime() -> ModuleType:
    """Imports ONNX Runtime with its telemetry off: its wheels send it unless told not to.

    Returns:
        The module ``onnxruntime``.

    Raises:
        MissingExtraError: It is not installed, or does not load on this machine.
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
    """What ONNX Runtime can run models on here, its first choice first.

    Raises:
        MissingExtraError: As for `onnxruntime`.
    """
    runtime: Any = onnxruntime()
    return tuple(runtime.get_available_providers())
