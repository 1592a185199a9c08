"""The interface of what runs a model."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol

from biometal_stream.errors import PredictionError

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
        """The number of rows that suits one call best."""

    @property
    def fixed(self) -> bool:
        """Whether each call takes exactly `rows` rows; the caller pads a shorter one."""

    @property
    def outputs(self) -> int:
        """The numbers that the model returns for each row."""

    @property
    def placement(self) -> Mapping[str, int]:
        """How many of the model's nodes run on each provider, as the runtime reports it.

        Empty if the runtime does not report it.
        """

    def predict(
        self, features: NDArray[Any], out: NDArray[np.float32], /, calls: Calls | None = None
    ) -> None:
        """Runs the model once.

        Args:
            features: (n, *shape of the encoding), of the encoding's type, in C order; n is at
                least 1, and exactly `rows` if `fixed`.
            out: The output, ``float32``, (n, outputs).
            calls: The group that this call belongs to, which can be ended.

        Raises:
            PredictionError: The runtime failed, or the call was ended.
        """

    def close(self) -> None:
        """Releases the model. No call may be running or follow."""


class Calls:
    """A group of model calls, which another thread can end. Safe to share."""

    def __init__(self) -> None:
        self._running: set[_Call] = set()
        self._ended = False

    @contextmanager
    def running(self, stop: Callable[[], object]) -> Iterator[None]:
        """Makes the body one of the calls.

        Args:
            stop: Makes the body end soon; called from any thread.

        Raises:
            PredictionError: The calls were ended.
        """
        call = _Call(stop)
        self._running.add(call)
        try:
            if self._ended:
                raise PredictionError("the run has ended, and with it the calls of its model")
            yield
        finally:
            self._running.discard(call)
            call.done.release()

    def end(self, seconds: float) -> bool:
        """Ends running calls, and refuses later ones.

        Args:
            seconds: How long to wait for them.

        Returns:
            Whether all have ended.
        """
        self._ended = True
        until = monotonic() + seconds
        calls = tuple(self._running)
        for call in calls:
            call.stop()
        return all(call.wait(max(0.0, until - monotonic())) for call in calls)


class _Call:
    def __init__(self, stop: Callable[[], object]) -> None:
        self.stop = stop
        self.done = threading.Lock()  # bare, because an interrupt may come at any time
        self.done.acquire()

    def wait(self, seconds: float) -> bool:
        if not self.done.acquire(timeout=seconds):
            return False
        self.done.release()
        return True


def call_sizes(rows: int) -> tuple[int, ...]:
    """The numbers of rows that a model without a fixed number is called with, ascending.

    A call with fewer rows is padded to the next of them. So a model can be tested with all numbers
    that it will see, and a read gets the same result in any batch. There are two sizes from one
    power of two to the next; padding adds a sixth on average.

    Args:
        rows: The largest number, which is one of them.
    """
    sizes = {rows}
    power = 1
    while power < rows:
        sizes |= {power, power * 3 // 2}
        power *= 2
    return tuple(sorted(size for size in sizes if size <= rows))
