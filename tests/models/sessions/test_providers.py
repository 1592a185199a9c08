"""What a model runs on is asked of the runtime."""

import pytest

from biometal_stream.errors import ConfigurationError, ModelError
from biometal_stream.models import runtime
from biometal_stream.models.sessions.providers import (
    PROVIDERS,
    available_providers,
    choose_provider,
    short_name,
)

ALL = tuple(PROVIDERS.values())
CPU = (PROVIDERS["cpu"],)


def test_what_is_there(monkeypatch):
    assert PROVIDERS["cpu"] in available_providers()
    there = ("AzureExecutionProvider", "CPUExecutionProvider", "CUDAExecutionProvider")
    monkeypatch.setattr(runtime, "providers", lambda: there)
    assert [each.name for each in available_providers()] == ["cuda", "cpu"]


@pytest.mark.parametrize(
    ("name", "available", "chosen"),
    [
        ("auto", ALL, "cuda"),
        ("auto", ALL[1:], "coreml"),
        ("auto", ALL[2:], "openvino"),
        ("auto", CPU, "cpu"),
        ("cpu", ALL, "cpu"),
        ("openvino", ALL, "openvino"),
    ],
)
def test_what_is_chosen(name, available, chosen):
    assert choose_provider(name, available).name == chosen


@pytest.mark.parametrize("name", ["coreml", "cuda", "openvino"])
def test_what_is_not_there(name):
    with pytest.raises(ModelError, match=f"has no provider {name}, only: cpu; install onnxrunt"):
        choose_provider(name, CPU)


def test_nothing_is_there():
    with pytest.raises(ModelError, match="has no provider cpu, only: none; install onnxruntime,"):
        choose_provider("auto", ())


def test_what_nobody_knows():
    with pytest.raises(ConfigurationError, match="'tpu'; choose from auto, coreml, cpu, cuda, ope"):
        choose_provider("tpu", CPU)


def test_names():
    assert short_name("CoreMLExecutionProvider") == "coreml"
    assert short_name("XnnpackExecutionProvider") == "xnnpack"
