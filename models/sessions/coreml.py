"""The options of ONNX Runtime's Core ML provider."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

from biometal_stream.models.sessions.onnx import has_external_data


def coreml_options(model: Path, rows: int, version: str) -> dict[str, str]:
    """Returns the options of the provider.

    ML programs rather than layers of a neural network, because only those use half precision
    throughout. The Neural Engine and the CPU, because for models of this size the GPU costs more
    in copies than it gains (8 times as slow in one report). Only static shapes, because the
    Neural Engine takes no others.

    Args:
        model: The ONNX file.
        rows: The rows of each call, which are fixed in the compiled model.
        version: The version of ONNX Runtime.

    Returns:
        Options by name. ``ModelCacheDirectory`` is missing if no folder can be made, and for a
        model with weights in other files, because the cache would not notice changes to them.
    """
    options = {
        "ModelFormat": "MLProgram",
        "MLComputeUnits": "CPUAndNeuralEngine",
        "RequireStaticInputShapes": "1",
    }
    if not has_external_data(model):
        folder = model_cache(model, rows, version)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            return options
        options["ModelCacheDirectory"] = str(folder)
    return options


def model_cache(model: Path, rows: int, version: str) -> Path:
    """The cache folder of Core ML's compiled model.

    Args:
        model: The ONNX file. Its content determines the path: another content, another folder.
        rows: The rows of each call.
        version: The version of ONNX Runtime; another one may compile differently.
    """
    with model.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return user_cache() / "coreml" / f"onnxruntime-{version}" / f"{digest[:32]}-{rows}"


def user_cache() -> Path:
    """The folder of this user's caches, from ``XDG_CACHE_HOME`` or the system."""
    if given := os.environ.get("XDG_CACHE_HOME"):
        root = Path(given)
    elif sys.platform == "darwin":
        root = Path.home() / "Library" / "Caches"
    else:
        root = Path.home() / ".cache"
    return root / "biometal-stream"
