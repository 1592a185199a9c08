"""From float32 to static int8, so that no CPU's instructions can saturate."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from biometal_stream.errors import ModelError
from biometal_stream.models import runtime
from biometal_stream.models.training.extras import need
from biometal_stream.models.training.onnx_export import INPUT, _plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from onnx import ModelProto

QUALITY_SCALE = 1 / 93
"""The step of the features of ``quality-mask/1``, Phred / 93 and a mask of 0 and 1: with this scale
they become bytes without loss."""

_LEAST_LAYERS = 2
_ROWS_AT_ONCE = 4096


def to_int8(
    model: ModelProto, features: NDArray[np.float32], scale: float | None = None
) -> ModelProto:
    """Copies a model with integers in all layers but the last.

    The choices follow measurements on the shipped model (``docs/training.md``):

    - QOperator: the runtime then has one operator per layer, including ReLU.
    - A separate scale for the weights of each output (per channel).
    - 7-bit weights. CPUs without VNNI add pairs of products of bytes in 16 bits, which
      255 * 64 * 2 just fits and 8 bits would not: the model gives the same results everywhere.
    - The last layer, which is 64 to 1, stays float32: an 8-bit logit would be coarse where it
      matters, and the layer costs nothing.

    Args:
        model: A float32 model with a dynamic batch axis.
        features: ``float32``, (n, features), of real reads: they set the ranges of the inputs and
            outputs of layers.
        scale: The step of the features, which are 0 to 255 times it; ``None`` derives it from
            their range.

    Raises:
        ModelError: The model has only one layer, so no layer would use integers.
        MissingExtraError: onnx is not installed.
    """
    runtime.onnxruntime()  # with its telemetry off
    onnx, quantization = need("onnx"), need("onnxruntime.quantization")
    layers = [node.name for node in model.graph.node if node.op_type == "Gemm"]
    if len(layers) < _LEAST_LAYERS:
        raise ModelError("a linear model has no int8 variant: its one layer stays float32")
    options: dict[str, Any] = {}
    if scale is not None:
        exact = {"scale": np.array(scale, np.float32), "zero_point": np.array(0, np.uint8)}
        options["TensorQuantOverrides"] = {INPUT: [exact]}
    with TemporaryDirectory(prefix="biometal-") as folder, _quiet():
        before, after = Path(folder) / "float32.onnx", Path(folder) / "int8.onnx"
        onnx.save(model, before)
        quantization.quantize_static(
            before,
            after,
            _reader(quantization, features),
            quant_format=quantization.QuantFormat.QOperator,
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
            nodes_to_exclude=layers[-1:],
            extra_options=options,
        )
        return _plain(onnx.load(after))


def _reader(quantization: Any, features: NDArray[np.float32]) -> Any:
    parts = iter(np.array_split(features, max(1, len(features) // _ROWS_AT_ONCE)))

    class Reader(quantization.CalibrationDataReader):  # type: ignore[misc]
        def get_next(self) -> dict[str, NDArray[np.float32]] | None:
            part = next(parts, None)
            return None if part is None else {INPUT: part}

    return Reader()


@contextmanager
def _quiet() -> Iterator[None]:
    """Suppresses the quantizer's advice to preprocess the model, which has just one fragment."""
    level = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(level)
