"""Models that are made for the bench: one that does nothing, and one that works harder.

Their weights are random: what a model costs does not depend on what it has learnt.
"""

from __future__ import annotations

import itertools
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from biometal_stream.errors import MissingExtraError
from biometal_stream.models.card import Card
from biometal_stream.models.encodings import Encoding
from biometal_stream.models.runtime import onnxruntime

if TYPE_CHECKING:
    from numpy.typing import NDArray

_OPSET = 17
_IR_VERSION = 8
_SEED = 1
_CALIBRATION = 64  # rows that the range of int8 is taken from
_CHANNELS = (4, 32, 32)
_KERNEL = 7

Node = tuple[str, list[str], str, dict[str, Any]]


def write_nothing(folder: Path, encoding: Encoding) -> Path:
    """Writes a model that gives the first feature of each row: what is left is the call.

    Args:
        folder: Where it goes; it is made.
        encoding: What the model takes.

    Returns:
        The folder, with a card.
    """
    rank = 1 + len(encoding.shape)
    axes = np.arange(1, rank)
    constants = {"zeros": 0 * axes, "ones": 0 * axes + 1, "axes": axes, "shape": [-1, 1]}
    nodes: list[Node] = [
        ("Slice", ["features", "zeros", "ones", "axes"], "first", {}),
        ("Reshape", ["first", "shape"], "number", {}),
        ("Cast", ["number"], "score", {"to": 1}),  # to FLOAT
    ]
    arrays = {name: np.asarray(values, np.int64) for name, values in constants.items()}
    return _write(folder, encoding, nodes, arrays, int8=False)


def write_cnn(folder: Path) -> Path:
    """Writes a small convolutional network on the bases: 8,000 weights, 340,000 products.

    Conv 1x7 of 4 to 32 channels, and again to 32, every second place, over (N, 4, 1, 150); then
    the mean over the places, and one number. In fp32, and in int8 as QOperator.

    Args:
        folder: Where it goes; it is made.

    Returns:
        The folder, with a card.
    """
    random = np.random.default_rng(_SEED)
    nodes: list[Node] = []
    arrays: dict[str, NDArray[Any]] = {}
    last = "features"
    for layer, (before, after) in enumerate(itertools.pairwise(_CHANNELS)):
        scale = (before * _KERNEL) ** -0.5
        weights = random.normal(0, scale, (after, before, 1, _KERNEL))
        arrays[f"weights{layer}"] = weights.astype(np.float32)
        arrays[f"biases{layer}"] = random.normal(0, 0.1, after).astype(np.float32)
        taken = [last, f"weights{layer}", f"biases{layer}"]
        sizes = {"kernel_shape": [1, _KERNEL], "strides": [1, 2], "pads": [0, 3, 0, 3]}
        nodes.append(("Conv", taken, f"conv{layer}", sizes))
        last = f"relu{layer}"
        nodes.append(("Relu", [f"conv{layer}"], last, {}))
    arrays["dense"] = random.normal(0, 1, (_CHANNELS[-1], 1)).astype(np.float32)
    nodes += [
        ("GlobalAveragePool", [last], "pooled", {}),
        ("Flatten", ["pooled"], "flat", {}),
        ("MatMul", ["flat", "dense"], "score", {}),
    ]
    return _write(folder, Encoding("one-hot/1"), nodes, arrays, int8=True)


def _write(
    folder: Path,
    encoding: Encoding,
    nodes: list[Node],
    arrays: dict[str, NDArray[Any]],
    *,
    int8: bool,
) -> Path:
    """Writes the ONNX files and the card of a model that scores."""
    try:
        import onnx
    except ImportError as error:
        raise MissingExtraError(
            f"onnx is not installed ({error}); pip install '.[bench]'"
        ) from error
    from onnx import TensorProto, helper, numpy_helper

    folder.mkdir(parents=True)
    taken: list[Any] = ["rows", *encoding.shape]
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(encoding.dtype))
    graph = helper.make_graph(
        [helper.make_node(kind, before, [after], **more) for kind, before, after, more in nodes],
        folder.name,
        [helper.make_tensor_value_info("features", kind, taken)],
        [helper.make_tensor_value_info("score", TensorProto.FLOAT, ["rows", 1])],
        [numpy_helper.from_array(array, name) for name, array in arrays.items()],
    )
    opsets = [helper.make_opsetid("", _OPSET)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION)
    files = {"fp32": "model.onnx"}
    onnx.save(model, folder / files["fp32"])
    if int8:
        files["int8"] = "model.int8.onnx"
        _quantise(folder / files["fp32"], folder / files["int8"], encoding)
    card = Card(folder.name, "1", "Random weights.", encoding, "score", files=files)
    (folder / "card.json").write_text(card.to_json(), encoding="utf-8")
    return folder


def _quantise(source: Path, target: Path, encoding: Encoding) -> None:
    """Makes integers of a model, by the range of its numbers on random rows."""
    onnxruntime()  # imported as the package does it
    from onnxruntime import quantization

    class Rows(quantization.CalibrationDataReader):  # type: ignore[misc]
        def __init__(self) -> None:
            random = np.random.default_rng(_SEED)
            rows = random.integers(0, 2, (_CALIBRATION, *encoding.shape)).astype(np.float32)
            self._rest = iter([{"features": rows}])

        def get_next(self) -> dict[str, NDArray[np.float32]] | None:
            return next(self._rest, None)

    logging.disable(logging.WARNING)  # it advises steps that change nothing in this model
    try:
        quantization.quantize_static(
            source,
            target,
            Rows(),
            quant_format=quantization.QuantFormat.QOperator,
            # For signed inputs the runtime has no fast way on x86.
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
        )
    finally:
        logging.disable(logging.NOTSET)
