"""Where models can run: as ONNX Runtime reports it, never guessed from the platform."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from biometal_stream.errors import ConfigurationError, ModelError
from biometal_stream.models import runtime

ProviderName: TypeAlias = Literal["cpu", "coreml", "cuda", "openvino"]


@dataclass(frozen=True)
class Provider:
    """An execution provider of ONNX Runtime.

    Attributes:
        name: Our name for it.
        runtime_name: ONNX Runtime's name for it.
        package: What to install for it.
        static: Whether all shapes must be known when it compiles a model.
    """

    name: ProviderName
    runtime_name: str
    package: str
    static: bool = False


PROVIDERS: dict[str, Provider] = {
    each.name: each
    for each in (
        Provider("cuda", "CUDAExecutionProvider", "onnxruntime-gpu instead of onnxruntime"),
        Provider("coreml", "CoreMLExecutionProvider", "onnxruntime on macOS", static=True),
        Provider(
            "openvino", "OpenVINOExecutionProvider", "onnxruntime-openvino instead of onnxruntime"
        ),
        Provider("cpu", "CPUExecutionProvider", "onnxruntime"),
    )
}
"""All choices. ``auto`` uses the first one that is available."""


def available_providers() -> tuple[Provider, ...]:
    """Those of `PROVIDERS` that this ONNX Runtime has, in the order of ``auto``.

    Raises:
        MissingExtraError: ONNX Runtime is missing.
    """
    there = runtime.providers()
    return tuple(each for each in PROVIDERS.values() if each.runtime_name in there)


def choose_provider(name: str, available: Sequence[Provider]) -> Provider:
    """Chooses what a model runs on.

    Args:
        name: ``auto`` or a key of `PROVIDERS`.
        available: The available ones, the first choice first.

    Raises:
        ConfigurationError: The provider is unknown.
        ModelError: It is known, but not available.
    """
    if name != "auto" and name not in PROVIDERS:
        raise ConfigurationError(
            f"unknown provider '{name}'; choose from auto, {', '.join(sorted(PROVIDERS))}"
        )
    for each in available:
        if name in {"auto", each.name}:
            return each
    there = ", ".join(each.name for each in available) or "none"
    wanted = PROVIDERS.get(name, PROVIDERS["cpu"])
    raise ModelError(
        f"this ONNX Runtime has no provider {wanted.name}, only: {there};"
        f" install {wanted.package}, or choose the provider auto"
    )


def short_name(runtime_name: str) -> str:
    """Our name for what ONNX Runtime calls, for example, ``CPUExecutionProvider``."""
    for each in PROVIDERS.values():
        if each.runtime_name == runtime_name:
            return each.name
    return runtime_name.removesuffix("ExecutionProvider").lower()
