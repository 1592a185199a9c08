"""Makes the models of this folder: ``python tests/data/models/make.py``; needs ``onnx``.

Each is the linear model of 301 parameters whose output is the mean Phred score of a read of 150
bases less 20, so that a test knows what it must give.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from biometal_stream.models.card import Card
from biometal_stream.models.encodings import Encoding

CARD = Card(
    name="linear",
    version="1",
    description="The mean Phred score of a read of 150 bases, less 20.",
    encoding=Encoding("sequence-quality-300/1"),
    output="logit",
    labels=("FAIL", "PASS"),
    licence="Apache-2.0",
)


def linear(batch: int | str | None, *, half: bool = False) -> onnx.ModelProto:
    """The model, with a batch axis that is fixed, named or nameless; perhaps half as precise."""
    weights = np.zeros((300, 1), np.float32)
    weights[150:] = 93 / 150
    last = "whole" if half else "logit"
    nodes = [helper.make_node("Gemm", ["features", "weights", "bias"], [last], name="linear")]
    if half:
        nodes.append(
            helper.make_node("Cast", [last], ["logit"], name="half", to=TensorProto.FLOAT16)
        )
    graph = helper.make_graph(
        nodes,
        "linear",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, [batch, 300])],
        [
            helper.make_tensor_value_info(
                "logit", TensorProto.FLOAT16 if half else TensorProto.FLOAT, [batch, 1]
            )
        ],
        [
            numpy_helper.from_array(weights, "weights"),
            numpy_helper.from_array(np.full(1, -20, np.float32), "bias"),
        ],
    )
    opsets = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="")
    onnx.checker.check_model(model)
    return model


def main() -> None:
    """Writes the files beside this one."""
    folder = Path(__file__).parent
    named = linear("rows")
    helper.set_model_props(named, CARD.to_metadata())
    onnx.save(named, folder / "linear.onnx")
    onnx.save(linear("rows"), folder / "bare.onnx")
    onnx.save(linear(4, half=True), folder / "fixed.onnx")


if __name__ == "__main__":
    main()
