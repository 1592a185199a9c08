"""What an engine is, and how work is sent to its workers."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

from biometal_stream.errors import ConfigurationError
from biometal_stream.interfaces.recognition import Recognised

if TYPE_CHECKING:
    from types import ModuleType

Task = TypeVar("Task")
Result = TypeVar("Result")

PACKAGE = "biometal_stream"


@runtime_checkable
class Engine(Recognised, Protocol):
    """Runs a function on many tasks, in processes of one machine or of many."""

    @property
    def name(self) -> str:
        """The engine's name in statistics and messages."""

    @property
    def workers(self) -> int:
        """How many tasks it runs at once, as far as it knows now."""

    def map(self, function: Callable[[Task], Result], tasks: Sequence[Task], /) -> Iterator[Result]:
        """Yields the results in the order of the tasks, as soon as those before are there.

        Function, tasks and results are pickled. A task whose worker dies is run again, so a task
        may run more than once. When the iterator is closed, or an error comes through it, what
        runs is stopped and what waits is not begun.

        Raises:
            ConfigurationError: The function or a task cannot be pickled.
            WorkerError: The engine does not start, workers died again and again, or the
                function itself failed: what it wants its caller to know it is to return.
        """


def pack(pickler: ModuleType, function: Callable[[Any], Any], task: object) -> bytes:
    """Pickles a call, for `call_packed`.

    Args:
        pickler: The engine's own, which takes classes of notebooks and scripts by value.
        function: The function to call.
        task: What to call it with.

    Raises:
        ConfigurationError: It cannot be pickled.
    """
    try:
        packed: bytes = pickler.dumps((function, task))
    except (pickle.PicklingError, TypeError, AttributeError, ValueError) as error:
        raise ConfigurationError(
            f"the work cannot be sent to other machines: {error}; sources and operators must"
            " be made of what pickle takes, so open files and locks within their open()"
        ) from error
    return packed


def call_packed(packed: bytes) -> bytes:
    """Makes a call that `pack` pickled, in the worker; returns its result, pickled."""
    function, task = pickle.loads(packed)  # noqa: S301 - our own, over the engine's channels
    return pickle.dumps(function(task))


def advice(text: str) -> str:
    """What to do about a worker's error, to be appended to its text; empty if unknown."""
    if f"No module named '{PACKAGE}" in text:
        return "; install biometal-stream for the Python of the workers"
    if "No module named" in text:
        return "; install it for the Python of the workers"
    return ""
