"""The protocol of an engine, and how work is sent to its workers."""

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
    """Runs a function on many tasks, in processes on one or several machines."""

    @property
    def name(self) -> str:
        """The engine's name in statistics and messages."""

    @property
    def workers(self) -> int:
        """The number of tasks that it runs at a time, as far as it knows now."""

    def map(self, function: Callable[[Task], Result], tasks: Sequence[Task], /) -> Iterator[Result]:
        """Yields the results in the order of the tasks, as soon as they are available.

        Function, tasks and results are pickled. A task whose worker dies is run again, so a task
        may run more than once. When the iterator is closed or raises an error, running tasks are
        stopped and waiting ones are not started.

        Raises:
            ConfigurationError: The function or a task cannot be pickled.
            WorkerError: The engine does not start, workers died repeatedly, or the function
                raised an error. A function should return the errors that its caller has to see.
        """


def pack(pickler: ModuleType, function: Callable[[Any], Any], task: object) -> bytes:
    """Pickles a call, for `call_packed`.

    Args:
        pickler: The engine's pickle module, which pickles classes of notebooks and scripts by
            value.
        function: The function to call.
        task: Its argument.

    Raises:
        ConfigurationError: It cannot be pickled.
    """
    try:
        packed: bytes = pickler.dumps((function, task))
    except (pickle.PicklingError, TypeError, AttributeError, ValueError) as error:
        raise ConfigurationError(
            f"the work cannot be sent to other machines: {error}; sources and operators must"
            " be picklable, so open files and locks in their open()"
        ) from error
    return packed


def call_packed(packed: bytes) -> bytes:
    """Runs a call packed by `pack`, in the worker; returns the result, pickled."""
    function, task = pickle.loads(packed)  # noqa: S301 - our own, over the engine's channels
    return pickle.dumps(function(task))


def advice(text: str) -> str:
    """Advice for a worker's error, to be appended to its text; empty if unknown."""
    if f"No module named '{PACKAGE}" in text:
        return "; install biometal-stream for the Python of the workers"
    if "No module named" in text:
        return "; install it for the Python of the workers"
    return ""
