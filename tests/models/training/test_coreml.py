"""What a Core ML package has, checked without Core ML."""

import pytest

from biometal_stream.errors import ModelError
from biometal_stream.models.encodings import Encoding
from biometal_stream.models.training import coreml
from biometal_stream.models.training.networks import build_network

pytest.importorskip("torch")
pytest.importorskip("onnx")
pytest.importorskip("coremltools")

ENCODING = Encoding("quality-mask/1")


def test_a_function_for_each_batch(tmp_path, capfd):
    network = build_network("mlp", 300, 3).eval()
    path = tmp_path / "model.mlpackage"
    functions = coreml.to_mlpackage(network, ENCODING, path, (4, 32))
    assert coreml.describe_package(path) == functions
    assert capfd.readouterr() == ("", "")
    assert {each.name for each in functions} == {"batch_4", "batch_32"}
    for each in functions:
        rows = int(each.name.removeprefix("batch_"))
        assert each.input == ("float32", (rows, 300))
        assert each.output == ("float16", (rows, 1))
        assert each.operators == ("cast", "linear", "relu", "linear", "relu", "linear")
        assert each.weight_types == {"float16"}
    weights = path / "Data" / "com.apple.CoreML" / "weights" / "weight.bin"
    assert weights.stat().st_size < 1.1 * 2 * 46_849  # stored once for both


def test_what_the_neural_engine_does_not_take_is_refused(tmp_path):
    import torch

    odd = torch.nn.Sequential(torch.nn.Linear(300, 8), torch.nn.Sigmoid(), torch.nn.Linear(8, 1))
    with pytest.raises(ModelError, match="Neural Engine"):
        coreml.to_mlpackage(odd.eval(), ENCODING, tmp_path / "odd.mlpackage", (4,))
    assert not list(tmp_path.iterdir())
