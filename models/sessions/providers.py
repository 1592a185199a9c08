"""Where models can run: asked of ONNX Runtime, never guessed from the platform."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from biometal_stream.errors import ConfigurationError, ModelError
from biometal_stream.models import runtime

ProviderName: TypeAlias = Literal["cpu", "coreml", "cuda", "openvino"]


@dataclass(frozen=True)
class Provider:
    """One of the things that ONNX Runtime runs models on.

    Attributes:
        name: As it is asked for.
        runtime_name: As ONNX Runtime calls it.
        package: What to install to have it.
        static: Whether it wants all shapes known before it compiles a model.
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
"""All that can be asked for. ``auto`` takes the first of them that is there."""


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
        available: What there is, the first choice first.

    Raises:
        ConfigurationError: Nobody knows that provider.
        ModelError: It is known, and not there.
    """
    if name != "auto" and name not in PROVIDERS:
        raise ConfigurationError(
            f"unknown provider '{name}'; known are auto, {', '.join(sorted(PROVIDERS))}"
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
    """Our name of what ONNX Runtime calls ``CPUExecutionProvider``."""
    for each in PROVIDERS.values():
        if each.runtime_name == runtime_name:
            return each.name
    return runtime_name.removesuffix("ExecutionProvider").lower()
