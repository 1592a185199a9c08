"""What models run on, and whether they do."""

import os
import shutil
import sys
import warnings

import numpy as np
import pytest

from biometal_stream.cli.doctor import models
from biometal_stream.cli.doctor.finding import Finding
from biometal_stream.errors import MissingExtraError, ModelWarning
from biometal_stream.models import library, runtime, sessions
from biometal_stream.models.library import find_model
from biometal_stream.models.sessions.onnx import OnnxPredictor


@pytest.fixture
def shelf(tmp_path, monkeypatch, data):
    """A package that ships the linear model."""
    monkeypatch.setattr(library, "_SHIPPED", tmp_path)
    model = find_model(data / "models" / "linear.onnx")
    (tmp_path / "linear").mkdir()
    (tmp_path / "linear" / "card.json").write_text(model.card.to_json())
    shutil.copy(model.files["fp32"], tmp_path / "linear")
    return tmp_path


def test_a_model_that_runs(shelf):
    (finding,) = models.shipped_models()
    assert (finding.what, finding.state) == ("model linear", "ok")
    assert finding.found.startswith("version 1, predicts on cpu")


def test_no_model(shelf):
    shutil.rmtree(shelf / "linear")
    assert models.shipped_models() == [
        Finding("models", "none is included; name a folder or an .onnx file", "note")
    ]


def test_a_model_that_does_not_run(shelf):
    (shelf / "linear" / "linear.onnx").write_bytes(b"")
    (finding,) = models.shipped_models()
    assert (finding.what, finding.state) == ("model linear", "broken")
    assert finding.found.startswith(str(shelf / "linear" / "linear.onnx"))


def test_a_model_that_runs_elsewhere(shelf, monkeypatch):
    def warns(model):
        warnings.warn("linear: runs on the CPU, since coreml failed", ModelWarning, stacklevel=2)
        return open_predictor(model, provider="cpu")

    open_predictor = sessions.open_predictor
    monkeypatch.setattr(sessions, "open_predictor", warns)
    (finding,) = models.shipped_models()
    assert finding.state == "note"
    assert finding.found.endswith("; linear: runs on the CPU, since coreml failed")


def test_a_model_that_gives_nan(shelf, monkeypatch):
    def predict(_, features, out, calls=None):
        out[:] = np.nan

    monkeypatch.setattr(OnnxPredictor, "predict", predict)
    (finding,) = models.shipped_models()
    assert finding.state == "broken"
    assert finding.found.startswith("returned NaN or infinity")


def test_no_provider_of_ours(monkeypatch):
    monkeypatch.setattr(runtime, "providers", lambda: ("AzureExecutionProvider",))
    assert models.model_providers().state == "broken"


def test_onnx_runtime_keeps_to_itself(monkeypatch):
    monkeypatch.delenv("ORT_DISABLE_TELEMETRY", raising=False)
    assert runtime.onnxruntime().__name__ == "onnxruntime"
    assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(MissingExtraError, match="pip install onnxruntime"):
        runtime.providers()
