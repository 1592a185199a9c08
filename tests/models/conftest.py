"""Models for the tests: three tiny ones that lie in the repository, and any made with onnx."""

import pytest

from biometal_stream.models.encodings import Encoding

ENCODING = Encoding("sequence-quality-300/1")


@pytest.fixture(scope="session")
def models(data):
    """The folder of ``linear.onnx``, ``bare.onnx`` and ``fixed.onnx``; its README tells them."""
    return data / "models"


@pytest.fixture
def about():
    """What is to be said of a model that has no card."""
    return {"encoding": ENCODING, "labels": ("FAIL", "PASS"), "output": "logit"}


@pytest.fixture
def save_onnx(tmp_path):
    """A function that makes an ONNX file of nodes; the test is skipped where onnx is missing."""
    onnx = pytest.importorskip("onnx")
    from onnx import helper, numpy_helper

    def save(nodes, inputs, outputs, constants=(), name="made.onnx", metadata=None):
        graph = helper.make_graph(
            [helper.make_node(kind, takes, gives, **more) for kind, takes, gives, more in nodes],
            "made",
            [helper.make_tensor_value_info(each, kind, shape) for each, kind, shape in inputs],
            [helper.make_tensor_value_info(each, kind, shape) for each, kind, shape in outputs],
            [numpy_helper.from_array(array, each) for each, array in dict(constants).items()],
        )
        opsets = [helper.make_opsetid("", 17)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
        helper.set_model_props(model, metadata or {})
        path = tmp_path / name
        onnx.save(model, path)
        return path

    return save
