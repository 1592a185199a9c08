"""What runs a model, to those who feed it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Predictor(Protocol):
    """A model that is loaded and ready. Safe to share between threads."""

    @property
    def provider(self) -> str:
        """What the model runs on: ``cpu``, ``coreml``, ``cuda`` or ``openvino``."""

    @property
    def rows(self) -> int:
        """The number of rows that suits one call."""

    @property
    def fixed(self) -> bool:
        """Whether each call takes exactly `rows` rows; a shorter one is padded by the caller."""

    @property
    def outputs(self) -> int:
        """The numbers that the model gives for each row."""

    @property
    def placement(self) -> Mapping[str, int]:
        """How many of the model's nodes run on each provider, by the runtime's own account.

        Empty where the runtime cannot tell.
        """

    def predict(self, features: NDArray[Any], out: NDArray[np.float32], /) -> None:
        """Runs the model once.

        Args:
            features: (n, *shape of the encoding), of the encoding's type, in C order; n is at
                least 1, and exactly `rows` where `fixed`.
            out: Output, ``float32``, (n, outputs).

        Raises:
            PredictionError: The runtime failed.
        """

    def close(self) -> None:
        """Lets go of the model. No call may run or follow."""
