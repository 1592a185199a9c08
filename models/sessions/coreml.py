"""How ONNX Runtime is to use Core ML."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

from biometal_stream.models.sessions.onnx import has_external_data


def coreml_options(model: Path, rows: int, version: str) -> dict[str, str]:
    """The options of the provider.

    Programs of ML rather than layers of a neural network, since those alone have half
    precision throughout; the Neural Engine and the CPU, since the GPU's part costs more in
    copies than it gains on models of this size (8 times as slow in one report); and only what
    has static shapes, since the Neural Engine takes nothing else.

    Args:
        model: The ONNX file.
        rows: The rows of each call, which the compiled model has in it.
        version: That of ONNX Runtime.

    Returns:
        Options by name. There is no ``ModelCacheDirectory`` where no folder can be made, and
        for a model that keeps weights in other files: the cache could not tell that they
        changed.
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
    """The folder of what Core ML compiles of a model.

    Args:
        model: The ONNX file, whose content is part of the path: another one is another folder.
        rows: The rows of each call.
        version: That of ONNX Runtime, which may compile otherwise.
    """
    with model.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return user_cache() / "coreml" / f"onnxruntime-{version}" / f"{digest[:32]}-{rows}"


def user_cache() -> Path:
    """The folder that this user's caches are in: of ``XDG_CACHE_HOME``, or of the system."""
    if given := os.environ.get("XDG_CACHE_HOME"):
        root = Path(given)
    elif sys.platform == "darwin":
        root = Path.home() / "Library" / "Caches"
    else:
        root = Path.home() / ".cache"
    return root / "biometal-stream"
