"""What the tests look at in the graphs of exported models."""

import numpy as np
import onnx


def describe_graph(model):
    """The operators of a model, in their order, with the domain of those that are not ONNX's."""
    return [f"{n.domain}.{n.op_type}" if n.domain else n.op_type for n in model.graph.node]


def most_in_16_bits(model):
    """The largest sum of two products of bytes that any layer in integers can come to.

    CPUs without VNNI saturate beyond 32,767.

    Args:
        model: As of `to_int8`.
    """
    arrays = {each.name: onnx.numpy_helper.to_array(each) for each in model.graph.initializer}
    most = 0
    for node in model.graph.node:
        if node.op_type == "QGemm":
            weights = arrays[node.input[3]].astype(np.int64)
            most = max(most, 2 * 255 * int(np.abs(weights).max()))
    return most
