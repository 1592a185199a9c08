"""The doctor looks at everything and says what is broken."""

import json
import os
import shutil
import sys
import warnings
from importlib.metadata import PackageNotFoundError, version

import numpy as np
import pytest

from biometal_stream.cli import doctor
from biometal_stream.cli.main import main
from biometal_stream.errors import MissingExtraError, ModelWarning
from biometal_stream.models import library, runtime, sessions
from biometal_stream.models.library import find_model, shipped
from biometal_stream.models.sessions.onnx import OnnxPredictor


def test_a_healthy_machine(capsys):
    assert main(["doctor", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["healthy"] is True
    findings = {finding["what"]: finding for finding in told["findings"]}
    assert findings["trial run"]["found"].startswith("2,000 bundled reads")
    assert "CPUExecutionProvider" in findings["ONNX Runtime"]["found"]
    assert findings["providers"]["found"].startswith("models run on ")
    assert "cpu" in findings["providers"]["found"]
    for name in shipped():
        assert findings[f"model {name}"]["state"] == "ok"
        assert "predicts on " in findings[f"model {name}"]["found"]
    for what in ("cores", "memory", "SIMD", "zstd", "gzip (ISA-L)", "numba cache", "rapidgzip"):
        assert findings[what]["found"]
    assert f"polars {version('polars')}" in findings["engines"]["found"]


def test_engines_that_are_not_there_are_named(monkeypatch):
    def missing(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr("importlib.metadata.version", missing)
    found = doctor._engines().found
    assert found.startswith("none; not installed: daft, datafusion, duckdb, polars, pyspark, ray")


def test_what_is_broken_fails(capsys, monkeypatch):
    def broken():
        raise ImportError("libdeflate.so: not there")

    monkeypatch.setattr(doctor, "_codecs", broken)
    monkeypatch.setattr(doctor, "_trial", lambda: doctor.Finding("trial run", "none"))
    assert main(["doctor"]) == 1
    lines = capsys.readouterr().out.splitlines()
    (line,) = [line for line in lines if line.startswith("codecs")]
    assert line.split(maxsplit=1)[1].startswith("broken")
    assert line.endswith("ImportError: libdeflate.so: not there")


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
    (finding,) = doctor._models()
    assert (finding.what, finding.state) == ("model linear", "ok")
    assert finding.found.startswith("version 1, predicts on cpu")


def test_no_model(shelf):
    shutil.rmtree(shelf / "linear")
    assert doctor._models() == [
        doctor.Finding("models", "none is shipped; name a folder or an .onnx file", "note")
    ]


def test_a_model_that_does_not_run(shelf):
    (shelf / "linear" / "linear.onnx").write_bytes(b"")
    (finding,) = doctor._models()
    assert (finding.what, finding.state) == ("model linear", "broken")
    assert finding.found.startswith("ModelError: ")


def test_a_model_that_runs_elsewhere(shelf, monkeypatch):
    def warns(model):
        warnings.warn("linear: runs on the CPU, since coreml failed", ModelWarning, stacklevel=2)
        return open_predictor(model, provider="cpu")

    open_predictor = sessions.open_predictor
    monkeypatch.setattr(sessions, "open_predictor", warns)
    (finding,) = doctor._models()
    assert finding.state == "note"
    assert finding.found.endswith("; linear: runs on the CPU, since coreml failed")


def test_a_model_that_gives_nan(shelf, monkeypatch):
    def predict(_, features, out, calls=None):
        out[:] = np.nan

    monkeypatch.setattr(OnnxPredictor, "predict", predict)
    (finding,) = doctor._models()
    assert finding.state == "broken"
    assert finding.found.startswith("PredictionError: gave NaN or infinity")


def test_no_provider_of_ours(monkeypatch):
    monkeypatch.setattr(runtime, "providers", lambda: ("AzureExecutionProvider",))
    assert doctor._providers().state == "broken"


def test_onnx_runtime_keeps_to_itself(monkeypatch):
    monkeypatch.delenv("ORT_DISABLE_TELEMETRY", raising=False)
    assert runtime.onnxruntime().__name__ == "onnxruntime"
    assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(MissingExtraError, match="pip install onnxruntime"):
        runtime.providers()


@pytest.mark.parametrize(
    ("features", "bits", "name"),
    [
        ({"avx512f", "avx512bw", "avx2", "sse2"}, 512, "AVX-512"),
        ({"avx512f", "avx2", "sse2"}, 256, "AVX2"),
        ({"sse2"}, 128, "SSE"),
        ({"neon", "sve"}, 128, "NEON"),
    ],
)
def test_simd_width(monkeypatch, features, bits, name):
    monkeypatch.setattr(doctor.platform, "machine", lambda: "x86_64")
    assert doctor.simd_width(features)[:2] == (bits, name)
