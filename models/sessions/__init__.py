"""What runs models: ONNX Runtime on the processor or an accelerator, and Core ML's packages.

Importing this imports nothing heavy.
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
    """Loads a model, checks that it fits its card, and tries it.

    A model on an accelerator has to give the same as on the CPU for a first batch. Where it does
    not, or fails, a `ModelWarning` says what was seen, and it runs on the CPU.

    Args:
        model: As `biometal_stream.models.library.find_model` finds it.
        provider: ``auto``, ``cpu``, ``coreml``, ``cuda`` or ``openvino``. ``auto`` is the first
            of cuda, coreml, openvino and cpu that ONNX Runtime says it has.
        precision: Which of the card's files; ``auto`` is ``fp32``.
        rows: The rows of one call; by default as many as suit a small model.
        memory: The bytes that its calls may take together, besides the weights; by default
            512 MiB. It bounds what the CPU takes, not an accelerator's own memory.

    Returns:
        The model, ready. Several threads may share it.

    Raises:
        ConfigurationError: Nobody knows that provider, or the rows are fewer than 1.
        ModelError: The provider or precision is not there; the file is broken; the model takes
            or gives something else than its card says, or more memory than it may have; or what
            it gives for a row depends on the other rows.
        MissingExtraError: What runs it is not installed.
        KeyboardInterrupt: A signal came. A model that does not answer is ended by it, see
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
