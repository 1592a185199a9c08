"""The doctor looks at everything and says what is broken."""

import errno
import io
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
from biometal_stream.errors import ConfigurationError, MissingExtraError, ModelWarning
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


def test_what_train_needs_is_named(monkeypatch):
    monkeypatch.setattr("importlib.metadata.version", lambda name: "1.0")
    assert doctor._training().state == "ok"

    def missing(name):
        if name == "torch":
            raise PackageNotFoundError(name)
        return "1.0"

    monkeypatch.setattr("importlib.metadata.version", missing)
    finding = doctor._training()
    assert finding.state == "note"
    assert finding.found.startswith("not installed: torch; only train needs them: pip install")


def test_an_error_of_ours_is_said_without_its_class(monkeypatch):
    def broken():
        raise ConfigurationError("unset that")

    monkeypatch.setattr(doctor, "_trial", broken)
    (finding,) = [each for each in doctor.examine() if each.what == "trial run"]
    assert finding == doctor.Finding("trial run", "unset that", "broken")


def test_the_trial_runs_what_the_demo_runs_and_both_sinks():
    doctor._trial()
    loaded = {name for name in sys.modules if name.startswith("biometal_stream.")}
    assert {"biometal_stream.sinks.parquet.sink", "biometal_stream.sinks.fastq.sink"} <= loaded
    assert "biometal_stream.operators.measure" in loaded


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A folder in which all kernels seem to be kept."""
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    folder = tmp_path / "cache"
    monkeypatch.setattr("biometal_stream.simd.jit.cache_folder", lambda _: folder)
    return folder


def test_a_cache_that_can_be_written(cache):
    assert doctor._numba_cache() == doctor.Finding("numba cache", str(cache))
    assert not list(cache.iterdir())


def test_a_cache_whose_folder_cannot_be_made(cache):
    cache.touch()
    finding = doctor._numba_cache()
    assert finding.state == "note"
    assert finding.found.startswith(f"{cache} cannot be written (File exists), so each start")


def test_a_cache_on_a_full_disk(cache, monkeypatch):
    class Full(io.BytesIO):
        def write(self, _):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(doctor.tempfile, "TemporaryFile", lambda **_: Full())
    finding = doctor._numba_cache()
    assert finding.state == "note"
    assert "No space left on device" in finding.found
    assert "NUMBA_CACHE_DIR" in finding.found


def test_a_cache_elsewhere_than_was_said(cache, tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(cache.parent))
    assert doctor._numba_cache().state == "ok"
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "other"))
    finding = doctor._numba_cache()
    assert finding.state == "note"
    assert f"not in NUMBA_CACHE_DIR, {tmp_path / 'other'}, which must be yours" in finding.found


def test_no_cache(monkeypatch):
    monkeypatch.setattr("biometal_stream.simd.jit.cache_folder", lambda _: None)
    finding = doctor._numba_cache()
    assert finding.state == "note"
    assert finding.found.startswith("no folder can be written, so each start compiles again")


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
    assert finding.found.startswith(str(shelf / "linear" / "linear.onnx"))


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
    assert finding.found.startswith("gave NaN or infinity")


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
