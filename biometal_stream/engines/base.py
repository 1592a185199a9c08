"""What an engine is: something that maps a function over tasks, on several machines at once."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

from biometal_stream.errors import ConfigurationError

if TYPE_CHECKING:
    from types import ModuleType

Task = TypeVar("Task")
Result = TypeVar("Result")

PACKAGE = "biometal_stream"


@runtime_checkable
class Engine(Protocol):
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


def engine_for(engine: str | Engine, *, threads: int = 1) -> Engine:
    """Chooses an engine.

    Args:
        engine: ``ray``, ``spark``, or an engine as it is.
        threads: The threads of a task. Of Ray so many cores are asked for each; Spark gives
            each the ``spark.task.cpus`` that its session was started with.

    Raises:
        ConfigurationError: There is no such engine.
    """
    if engine == "ray":
        from biometal_stream.engines.ray import RayEngine

        return RayEngine(cpus_per_task=threads)
    if engine == "spark":
        from biometal_stream.engines.spark import SparkEngine

        return SparkEngine()
    if isinstance(engine, str) or not isinstance(engine, Engine):
        raise ConfigurationError(f"engine must be local, ray, spark or an Engine: {engine!r}")
    return engine


def pack(pickler: ModuleType, function: Callable[[Any], Any], task: object) -> bytes:
    """Pickles a call, for `call_packed`.

    Args:
        pickler: The engine's own, which takes classes of notebooks and scripts by value.
        function: What is to be called.
        task: With what.

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
    """Makes the call that `pack` has pickled; runs in the worker. Returns its result, pickled."""
    function, task = pickle.loads(packed)  # noqa: S301 - our own, over the engine's channels
    return pickle.dumps(function(task))


def advice(text: str) -> str:
    """What to do about a worker's error, where that is known: to be put behind its text."""
    if f"No module named '{PACKAGE}" in text:
        return "; install biometal-stream for the Python of the workers"
    if "No module named" in text:
        return "; install it for the Python of the workers"
    return ""
