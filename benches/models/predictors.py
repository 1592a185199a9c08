"""The models that are timed, opened as the package opens them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from biometal_stream.errors import ModelError
from biometal_stream.models.encodings import cut_windows
from biometal_stream.models.library import find_model
from biometal_stream.models.sessions import open_predictor
from biometal_stream.view import BatchView

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.columns import StringColumn
    from biometal_stream.models.card import Card
    from biometal_stream.models.encodings import Encoding, Windows
    from biometal_stream.models.predictor import Predictor

PRECISIONS = ("fp32", "int8")
"""What is timed, of what a model has."""


@dataclass(frozen=True, eq=False)
class Opened:
    """A model, ready, in one precision.

    Attributes:
        model: What it is called by: a shipped model's name, or a folder.
        card: Its card.
        precision: Which of its files.
        predictor: What runs it, on the processor.
    """

    model: str
    card: Card
    precision: str
    predictor: Predictor


@contextmanager
def opened(model: str) -> Iterator[dict[str, Opened]]:
    """Opens a model on the processor, in each of `PRECISIONS` that it has.

    Raises:
        ModelError: There is no such model, it is broken, or it has none of them.
    """
    found = find_model(model)
    if not found.files.keys() & set(PRECISIONS):
        raise ModelError(f"{model}: has no {' or '.join(PRECISIONS)} to time")
    with ExitStack() as stack:
        ready = {}
        for precision in PRECISIONS:
            if precision in found.files:
                predictor = open_predictor(found, provider="cpu", precision=precision)
                stack.callback(predictor.close)
                ready[precision] = Opened(model, found.card, precision, predictor)
        yield ready


@dataclass(frozen=True, eq=False)
class Encoded:
    """Reads, and their features.

    Attributes:
        encoding: How they are encoded.
        sequence: Their bases, where the encoding reads them.
        quality: Their qualities, likewise.
        lengths: ``int64``, (reads,): the bases of each.
        windows: One of each read.
        features: (reads, *shape of the encoding).
    """

    encoding: Encoding
    sequence: StringColumn | None
    quality: StringColumn | None
    lengths: NDArray[np.int64]
    windows: Windows
    features: NDArray[Any]

    def write(self, first: int, stop: int, out: NDArray[Any]) -> None:
        """Encodes some of them once more."""
        self.encoding.encode(self.sequence, self.quality, self.windows[first:stop], out)


def encode(batch: pa.RecordBatch, encoding: Encoding) -> Encoded:
    """Encodes reads that are no longer than the encoding."""
    view = BatchView(batch)
    texts = {name: view.text(name) for name in encoding.columns}
    lengths = next(iter(texts.values())).lengths
    windows = cut_windows(lengths, encoding.length)
    features = np.empty((batch.num_rows, *encoding.shape), encoding.dtype)
    columns = (texts.get("sequence"), texts.get("quality"))
    found = Encoded(encoding, *columns, lengths, windows, features)
    found.write(0, batch.num_rows, features)
    return found
