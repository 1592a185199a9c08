"""From torch to ONNX, so that the same weights always give the same bytes."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from biometal_stream.errors import ModelError
from biometal_stream.models.training.extras import need

if TYPE_CHECKING:
    from onnx import ModelProto
    from torch import nn

    from biometal_stream.models.encodings import Encoding

OPSET = 18
IR_VERSION = 10
"""ONNX Runtime 1.18 and later read both."""

INPUT, OUTPUT, BATCH = "features", "logit", "batch"
"""The names of the input, the output, and the dynamic axis of both."""

PRODUCER = "biometal-stream"


def to_onnx(network: nn.Module, encoding: Encoding) -> ModelProto:
    """Exports a network with a dynamic batch axis.

    Notes of the exporter about its version and the source code are removed.

    Args:
        network: In evaluation mode, from (batch, *shape of the encoding) to (batch, 1).
        encoding: How reads become its input; of a floating-point type.

    Returns:
        The model: input ``features``, output ``logit``, axis ``batch``.

    Raises:
        MissingExtraError: torch, onnx or onnxscript is not installed.
        ModelError: The network cannot be exported like this.
    """
    torch, onnx = need("torch"), need("onnx")
    need("onnxscript")
    example = torch.zeros((2, *encoding.shape), dtype=getattr(torch, encoding.dtype))
    with _quiet():
        program = torch.onnx.export(
            network,
            (example,),
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_shapes=({0: torch.export.Dim(BATCH)},),
            opset_version=OPSET,
            dynamo=True,
            external_data=False,
            verbose=False,
        )
    model = _plain(program.model_proto)
    onnx.checker.check_model(model, full_check=True)
    axis = model.graph.input[0].type.tensor_type.shape.dim[0].dim_param
    if axis != BATCH:
        raise ModelError(f"the network's batch axis became {axis!r} in ONNX, and is not dynamic")
    return model


def fix_batch(model: ModelProto, rows: int) -> ModelProto:
    """Copies a model with its batch axis fixed; the original is not changed."""
    onnx = need("onnx")
    fixed = type(model)()
    fixed.CopyFrom(model)
    del fixed.graph.value_info[:]  # inferred again below
    for value in (*fixed.graph.input, *fixed.graph.output):
        axis = value.type.tensor_type.shape.dim[0]
        axis.Clear()
        axis.dim_value = rows
    inferred: ModelProto = onnx.shape_inference.infer_shapes(fixed, strict_mode=True)
    return inferred


def to_half(model: ModelProto, rows: int) -> ModelProto:
    """Copies a model with float16 weights and arithmetic, and a fixed batch axis.

    Input and output stay float32, so that the same features fit every variant.

    Args:
        model: A model with a dynamic batch axis.
        rows: The rows of each call.
    """
    converter = need("onnxruntime.transformers.float16")
    half: ModelProto = converter.convert_float_to_float16(
        fix_batch(model, rows), keep_io_types=True
    )
    return _plain(half)


def with_metadata(model: ModelProto, metadata: Mapping[str, str]) -> bytes:
    """Writes a model with its ``metadata_props``.

    Args:
        model: The model, which is changed.
        metadata: The metadata, from `biometal_stream.models.card.Card.to_metadata`.
    """
    need("onnx").helper.set_model_props(model, dict(sorted(metadata.items())))
    content: bytes = model.SerializeToString(deterministic=True)
    return content


def _plain(model: ModelProto) -> ModelProto:
    """Drops from a model everything that does not affect what it computes."""
    model.ir_version = IR_VERSION
    model.producer_name = PRODUCER
    for field in ("producer_version", "domain", "model_version", "doc_string"):
        model.ClearField(field)
    del model.metadata_props[:]
    del model.functions[:]
    graph = model.graph
    graph.name = "network"
    graph.ClearField("doc_string")
    del graph.metadata_props[:]
    del graph.value_info[:]
    for each in (*graph.node, *graph.input, *graph.output, *graph.initializer):
        each.ClearField("doc_string")
        del each.metadata_props[:]
    kept = {node.domain for node in graph.node} | {""}
    used = [each for each in model.opset_import if each.domain in kept]
    del model.opset_import[:]
    model.opset_import.extend(used)
    return model


@contextmanager
def _quiet() -> Iterator[None]:
    """Suppresses the exporter's messages about other packages and its own future."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
