"""Checks that a model fits its card, before any data flows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from biometal_stream.errors import ModelError, PredictionError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from biometal_stream.models.card import Card

INPUT_TYPES = {
    "tensor(float)": "float32",
    "tensor(float16)": "float16",
    "tensor(uint8)": "uint8",
    "tensor(int32)": "int32",
    "tensor(int64)": "int64",
}
"""ONNX Runtime's type names by NumPy's, for types that an encoding can have."""

_OUTPUT_NAMES = {
    "tensor(float)": "float32",
    "tensor(float16)": "float16",
    "tensor(double)": "float64",
}


@dataclass(frozen=True)
class Signature:
    """A model's input and output, as far as its file describes them.

    Attributes:
        input: The name of its only input.
        output: The name of its only output.
        batch: The name of its batch axis, if that is dynamic and has one.
        rows: The rows that each call takes, if that is fixed; otherwise ``None``.
        sizes: The sizes of the other dynamic axes of the input, by name, from the encoding.
    """

    input: str
    output: str
    batch: str | None
    rows: int | None
    sizes: Mapping[str, int]

    @property
    def fixable(self) -> bool:
        """Whether the batch axis is fixed, or can be fixed by name."""
        return self.rows is not None or self.batch is not None


def outputs_of(card: Card) -> int:
    """The numbers that a model with this card returns for each row."""
    return len(card.labels) if card.output in {"logits", "probabilities"} else 1


def check_fit(inputs: Sequence[Any], outputs: Sequence[Any], card: Card, source: str) -> Signature:
    """Checks a model's input and output against its card.

    Args:
        inputs: The inputs of an ``onnxruntime.InferenceSession``, with ``name``, ``type`` and
            ``shape``.
        outputs: Likewise.
        card: The model's card.
        source: The model's file, for messages.

    Raises:
        ModelError: The number of inputs or outputs, a rank, a size or a type does not fit.
    """
    one_input = _only(inputs, "input", "takes", source)
    one_output = _only(outputs, "output", "gives", source)
    batch, rows, sizes = _check_input(one_input, card, source)
    _check_output(one_output, rows, card, source)
    return Signature(one_input.name, one_output.name, batch, rows, sizes)


def check_output(shape: tuple[int, ...], rows: int, card: Card, source: str) -> None:
    """Checks the shape of a model's actual output.

    Args:
        shape: The shape.
        rows: The rows of the input.
        card: The model's card.
        source: The model's file, for messages.

    Raises:
        ModelError: It is not (rows, outputs), or (rows,) for one output.
    """
    expected = outputs_of(card)
    if shape != (rows, expected) and not (shape == (rows,) and expected == 1):
        raise ModelError(
            f"{source}: gave numbers of shape {shape} for {rows} rows; expected is"
            f" ({rows}, {expected}), {_why(card)}"
        )


def check_metadata(told: Card | None, card: Card, source: str) -> None:
    """Checks that the metadata of a file agree with its card.

    Args:
        told: The card in the metadata; ``None`` if there is none there.
        card: The card that is used.
        source: The model's file, for messages.

    Raises:
        ModelError: The encoding, the output or the labels differ.
    """
    if told is None:
        return
    for key in ("encoding", "output", "labels"):
        here, there = getattr(told, key), getattr(card, key)
        if here != there:
            raise ModelError(
                f"{source}: is not the model of its card: its metadata say {key} {here},"
                f" the card says {there}"
            )


def hand_over(result: NDArray[Any], out: NDArray[np.float32], source: str) -> None:
    """Copies a model's output for some rows to its destination.

    Args:
        result: (rows,) or (rows, outputs), of any type of number.
        out: The destination, (rows, outputs).
        source: The model's file, for the message.

    Raises:
        PredictionError: The number of values differs.
    """
    if result.size != out.size or len(result) != len(out):
        raise PredictionError(
            f"{source}: gave numbers of shape {result.shape}; expected is {out.shape}"
        )
    out[:] = result.reshape(out.shape)


def _only(values: Sequence[Any], what: str, does: str, source: str) -> Any:
    if len(values) != 1:
        names = ", ".join(f"'{each.name}'" for each in values) or "none"
        raise ModelError(f"{source}: {does} {len(values)} {what}s ({names}); one is expected")
    return values[0]


def _check_input(
    tensor: Any, card: Card, source: str
) -> tuple[str | None, int | None, dict[str, int]]:
    wanted, shape = card.encoding.shape, tuple(tensor.shape)
    what = f"{source}: input '{tensor.name}'"
    layout = f"the encoding {card.encoding.layout}"
    found = INPUT_TYPES.get(tensor.type)
    if found != card.encoding.dtype:
        raise ModelError(f"{what} is {found or tensor.type}, {layout} gives {card.encoding.dtype}")
    if len(shape) != 1 + len(wanted):
        raise ModelError(
            f"{what} has {len(shape)} axes {_shown(shape)}; {layout} needs"
            f" {1 + len(wanted)}: {_shown(('rows', *wanted))}"
        )
    batch, *others = shape
    sizes: dict[str, int] = {}
    for axis, (size, expected) in enumerate(zip(others, wanted, strict=True), 1):
        known = sizes.setdefault(size, expected) if isinstance(size, str) else size
        if (known is not None and known != expected) or (size == batch and isinstance(size, str)):
            raise ModelError(
                f"{what} has the shape {_shown(shape)}; {layout} needs {expected} on axis {axis}:"
                f" {_shown(('rows', *wanted))}"
            )
    if isinstance(batch, int):
        if batch < 1:
            raise ModelError(f"{what} takes {batch} rows a call; 1 or more are expected")
        return None, batch, sizes
    return batch or None, None, sizes


def _check_output(tensor: Any, rows: int | None, card: Card, source: str) -> None:
    what, expected = f"{source}: output '{tensor.name}'", outputs_of(card)
    if tensor.type not in _OUTPUT_NAMES:
        raise ModelError(f"{what} is {tensor.type}; floating-point numbers are expected")
    shape = tuple(tensor.shape)
    if not shape:  # the runtime does not know the shape
        return
    if len(shape) > 2:
        raise ModelError(
            f"{what} has {len(shape)} axes {_shown(shape)}; expected is (rows, {expected})"
        )
    numbers = shape[1] if len(shape) == 2 else 1
    if isinstance(numbers, int) and numbers != expected:
        raise ModelError(f"{what} gives {numbers} numbers for a row; expected is {_why(card)}")
    if rows is not None and isinstance(shape[0], int) and shape[0] != rows:
        raise ModelError(f"{what} gives {shape[0]} rows for the {rows} that the model takes")


def _why(card: Card) -> str:
    if card.output in {"logits", "probabilities"}:
        return f"one for each of the {len(card.labels)} labels ({', '.join(card.labels)})"
    return f"1 for the output {card.output}"


def _shown(shape: Sequence[object]) -> str:
    inner = ", ".join("?" if size is None else str(size) for size in shape)
    return f"({inner})"
