"""What is exported: the graph, its metadata, its numbers, and that its bytes never vary."""

import numpy as np
import pytest

from biometal_stream.errors import ModelError
from biometal_stream.models.encodings import Encoding
from biometal_stream.models.runtime import onnxruntime
from biometal_stream.models.training.networks import build_network
from biometal_stream.models.training.onnx_export import (
    fix_batch,
    to_half,
    to_onnx,
    with_metadata,
)
from biometal_stream.models.training.quantization import to_int8

onnx = pytest.importorskip("onnx")
torch = pytest.importorskip("torch")
pytest.importorskip("onnxscript")

from tests.models.training.graphs import describe_graph, most_in_16_bits  # noqa: E402 - needs onnx

ENCODING = Encoding("quality-mask/1")


@pytest.fixture(scope="module")
def network():
    return build_network("mlp", 300, 3).eval()


@pytest.fixture(scope="module")
def whole(network):
    return to_onnx(network, ENCODING)


@pytest.fixture(scope="module")
def features():
    draw = np.random.default_rng(0)
    phred = draw.integers(2, 42, (3000, 150)).astype(np.float32) / np.float32(93)
    mask = np.arange(150) < draw.integers(1, 151, (3000, 1))
    return np.concatenate([phred * mask, mask], axis=1, dtype=np.float32)


def given_by(model, features):
    session = onnxruntime().InferenceSession(model.SerializeToString())
    return session.run(None, {"features": features})[0]


def test_the_graph(whole, network, features):
    assert describe_graph(whole) == ["Gemm", "Relu", "Gemm", "Relu", "Gemm"]  # dropout is gone
    assert [(each.domain, each.version) for each in whole.opset_import] == [("", 18)]
    assert whole.ir_version <= 10
    (into,), (out,) = whole.graph.input, whole.graph.output
    assert (into.name, out.name) == ("features", "logit")
    for value, size in ((into, 300), (out, 1)):
        batch, numbers = value.type.tensor_type.shape.dim
        assert (batch.dim_param, numbers.dim_value) == ("batch", size)
    with torch.inference_mode():
        expected = network(torch.from_numpy(features)).numpy()
    assert np.abs(given_by(whole, features) - expected).max() < 1e-5
    assert given_by(whole, features[:1]).shape == (1, 1)


def test_the_same_weights_give_the_same_bytes(whole, network):
    again = to_onnx(network, ENCODING)
    assert with_metadata(again, {"b": "2", "a": "1"}) == with_metadata(whole, {"a": "1", "b": "2"})
    assert b"/home" not in whole.SerializeToString()
    assert b".py" not in whole.SerializeToString()


def test_a_fixed_batch(whole, features):
    fixed = fix_batch(whole, 8)
    assert fixed.graph.input[0].type.tensor_type.shape.dim[0].dim_value == 8
    assert fixed.graph.output[0].type.tensor_type.shape.dim[0].dim_value == 8
    assert (given_by(fixed, features[:8]) == given_by(whole, features[:8])).all()
    assert whole.graph.input[0].type.tensor_type.shape.dim[0].dim_param == "batch"


def test_half_precision(whole, features):
    half = to_half(whole, 16)
    kinds = {each.data_type for each in half.graph.initializer}
    assert kinds == {onnx.TensorProto.FLOAT16}
    assert half.graph.input[0].type.tensor_type.elem_type == onnx.TensorProto.FLOAT
    assert half.graph.output[0].type.tensor_type.elem_type == onnx.TensorProto.FLOAT
    assert half.graph.input[0].type.tensor_type.shape.dim[0].dim_value == 16
    apart = given_by(half, features[:16]) - given_by(whole, features[:16])
    assert np.abs(apart).max() < 0.01


def test_integers(whole, features):
    model = to_int8(whole, features, 1 / 93)
    assert describe_graph(model) == [
        "QuantizeLinear",
        "com.microsoft.QGemm",
        "com.microsoft.QGemm",
        "DequantizeLinear",
        "Gemm",
    ]
    arrays = {each.name: onnx.numpy_helper.to_array(each) for each in model.graph.initializer}
    scale, zero = (arrays[name] for name in model.graph.node[0].input[1:])
    assert (scale, zero) == (np.float32(1 / 93), 0)
    assert most_in_16_bits(model) <= 32_767
    expected, found = given_by(whole, features), given_by(model, features)
    assert np.abs(found - expected).max() < 0.1 * np.ptp(expected)
    assert to_int8(whole, features, 1 / 93).SerializeToString() == model.SerializeToString()
    ranged = to_int8(whole, features)
    assert np.abs(given_by(ranged, features) - expected).max() < 0.1 * np.ptp(expected)


def test_a_linear_model_has_no_integers(features):
    linear = to_onnx(build_network("linear", 300, 0).eval(), ENCODING)
    assert describe_graph(linear) == ["Gemm"]
    with pytest.raises(ModelError, match="linear"):
        to_int8(linear, features)
