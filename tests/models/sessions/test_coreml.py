"""The options for Core ML, and where it keeps what it compiles."""

import sys
from pathlib import Path

import pytest

from biometal_stream.models.sessions import coreml
from biometal_stream.models.sessions.coreml import coreml_options, model_cache, user_cache


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    return tmp_path / "caches"


def test_the_options(models, cache):
    options = coreml_options(models / "linear.onnx", 1024, "1.32.0")
    folder = Path(options.pop("ModelCacheDirectory"))
    assert options == {
        "ModelFormat": "MLProgram",
        "MLComputeUnits": "CPUAndNeuralEngine",
        "RequireStaticInputShapes": "1",
    }
    assert folder.is_dir()
    assert folder.is_relative_to(cache / "biometal-stream" / "coreml" / "onnxruntime-1.32.0")


def test_what_makes_another_folder(models):
    folders = {
        model_cache(models / file, rows, version)
        for file in ("linear.onnx", "bare.onnx")
        for rows in (256, 1024)
        for version in ("1.31.0", "1.32.0")
    }
    assert len(folders) == 8
    assert model_cache(models / "bare.onnx", 4, "1") == model_cache(models / "bare.onnx", 4, "1")


def test_no_folder_can_be_made(models, cache):
    cache.write_text("in the way")
    assert "ModelCacheDirectory" not in coreml_options(models / "linear.onnx", 1, "1")


def test_a_model_in_several_files_is_not_kept(models, monkeypatch):
    monkeypatch.setattr(coreml, "has_external_data", lambda _: True)
    assert "ModelCacheDirectory" not in coreml_options(models / "linear.onnx", 1, "1")


def test_the_caches_of_the_user(monkeypatch, cache):
    assert user_cache() == cache / "biometal-stream"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setattr(sys, "platform", "linux")
    assert user_cache() == Path("/home/me/.cache/biometal-stream")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert user_cache() == Path("/home/me/Library/Caches/biometal-stream")
