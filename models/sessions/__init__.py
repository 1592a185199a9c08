"""Runs models: ONNX Runtime on the processor or an accelerator, and Core ML packages.

Importing this package imports nothing heavy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from biometal_stream.models.library import Model
    from biometal_stream.models.predictor import Predictor

__all__ = ["open_predictor"]


def open_predictor(
    model: Model,
    *,
    provider: str = "auto",
    precision: str = "auto",
    rows: int | None = None,
    memory: int | None = None,
) -> Predictor:
    """Loads a model, checks that it fits its card, and tests it.

    On an accelerator a model must give the same results as on the CPU for a first batch. If it
    does not, or fails, a `ModelWarning` says why, and it runs on the CPU.

    Args:
        model: The model, from `biometal_stream.models.library.find_model`.
        provider: ``auto``, ``cpu``, ``coreml``, ``cuda`` or ``openvino``. ``auto`` is the first
            of cuda, coreml, openvino and cpu that ONNX Runtime reports.
        precision: Which of the card's files; ``auto`` is ``fp32``.
        rows: The rows of one call; by default as many as suit a small model.
        memory: The bytes that its concurrent calls may use together, besides the weights; by
            default 512 MiB. It limits the CPU's memory, not that of an accelerator.

    Returns:
        The model. Several threads may share it.

    Raises:
        ConfigurationError: The provider is unknown, or there are fewer than 1 rows.
        ModelError: The provider or precision is missing; the file is broken; the model takes or
            returns something else than its card says, or needs too much memory; or its result for
            a row depends on the other rows.
        MissingExtraError: The runtime is not installed.
        KeyboardInterrupt: A signal came. It ends a model that does not answer, see
            `biometal_stream.attended`.
    """
    from biometal_stream.attended import GRACE, attended
    from biometal_stream.models.sessions.memory import DEFAULT_MEMORY
    from biometal_stream.models.sessions.opening import Ways, open_model

    ways = Ways(provider, precision, rows, DEFAULT_MEMORY if memory is None else memory)
    return attended(
        lambda: open_model(model, ways),
        lambda: ways.calls.end(GRACE),
        f"{model.card.name}: has not answered a first batch in a minute",
    )
