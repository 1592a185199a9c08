"""What sinks have in common: work for several threads that one thread can also do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from biometal_stream.errors import ConfigurationError, SchemaError
from biometal_stream.sinks.rebatch import rebatch

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.interfaces import Run
    from biometal_stream.sinks.rebatch import Rebatcher

Part = TypeVar("Part")


class OpenRebatching(ABC, Generic[Part]):
    """A sink being written; a subclass defines how batches become morsels."""

    @abstractmethod
    def rebatcher(self) -> Rebatcher:
        """Returns what merges and splits the batches."""

    def rebatch(self, batches: Iterator[pa.RecordBatch], /) -> Iterator[list[pa.RecordBatch]]:
        """Merges and splits batches to morsels, each to be encoded in one step."""
        return rebatch(self.rebatcher(), batches)

    @abstractmethod
    def encode(self, batches: list[pa.RecordBatch], /) -> Part:
        """Turns a morsel into bytes; runs in any worker, for several morsels in parallel."""

    @abstractmethod
    def write(self, part: Part, /) -> None:
        """Writes encoded morsels in their order, in the caller's thread."""

    @property
    @abstractmethod
    def bytes_written(self) -> int:
        """Bytes written to the target so far."""

    @property
    @abstractmethod
    def outputs(self) -> tuple[str, ...]:
        """The files that the sink writes, ``-`` for standard output."""


class RebatchingSink(ABC, Generic[Part]):
    """A sink whose serial form is derived from its parallel form.

    Subclasses are frozen dataclasses: descriptions, thread-safe and picklable.
    """

    @abstractmethod
    def open_parallel(
        self, schema: pa.Schema, run: Run, /
    ) -> AbstractContextManager[OpenRebatching[Part]]:
        """Starts writing; commits if the context ends without an error, otherwise discards."""

    @contextmanager
    def open(self, schema: pa.Schema, /) -> Iterator[Callable[[pa.RecordBatch], None]]:
        """Starts writing in one thread; yields the function to call with each batch.

        The target is committed if the context ends without an error; otherwise it is unchanged.

        Raises:
            SchemaError: The sink cannot write such batches.
            SinkError: The target cannot be written.
        """
        with self.open_parallel(schema, SerialRun()) as opened:
            rebatcher = opened.rebatcher()

            def write(batch: pa.RecordBatch) -> None:
                if not batch.schema.equals(schema):
                    raise SchemaError(
                        f"the sink was opened for the columns {describe(schema)},"
                        f" but a batch has {describe(batch.schema)}"
                    )
                for morsel in rebatcher.add(batch):
                    opened.write(opened.encode(morsel))

            yield write
            for morsel in rebatcher.finish():
                opened.write(opened.encode(morsel))


class SerialRun:
    """A run without workers: the caller's thread does everything."""

    workers = 1
    memory = 256 * 2**20

    @property
    def executor(self) -> Executor:
        """An executor that runs each job immediately."""
        return _InPlace()

    def thread(self) -> Executor:
        """Does the work at once."""
        return _InPlace()

    def warn(self, message: str, /, *, at_once: bool = False) -> None:  # noqa: ARG002 - it always is
        """Shows the user a warning, once."""
        import warnings

        from biometal_stream.errors import InputWarning

        warnings.warn(message, InputWarning, stacklevel=3)

    def count(self, what: str, number: int, /) -> None:
        """Ignores a counter: a serial run has no report."""

    def note(self, what: str, name: str, learnt: str, /) -> None:
        """Ignores what was learnt: a serial run has no report."""


class _InPlace(Executor):
    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001 - a future carries any error
            future.set_exception(error)
        return future


def describe(schema: pa.Schema) -> str:
    """Lists columns and their types in a line."""
    return ", ".join(f"{field.name}: {field.type}" for field in schema) or "none"


def check_choice(what: str, value: str, choices: tuple[str, ...]) -> None:
    """Checks a setting.

    Raises:
        ConfigurationError: It is not one of the choices.
    """
    if value not in choices:
        raise ConfigurationError(f"{what} must be one of {', '.join(choices)}: {value}")


def check_partitions(most: int) -> None:
    """Checks the limit on the number of partitions.

    Raises:
        ConfigurationError: It is less than 1.
    """
    if most < 1:
        raise ConfigurationError(f"max_partitions must be at least 1: {most}")


def check_level(compression: str, level: int | None, ranges: Mapping[str, tuple[int, int]]) -> None:
    """Checks a compression level.

    Raises:
        ConfigurationError: The compression has no levels, or not this one.
    """
    if level is None:
        return
    if compression not in ranges:
        raise ConfigurationError(f"compression {compression} has no levels; leave the level out")
    low, high = ranges[compression]
    if not low <= level <= high:
        raise ConfigurationError(
            f"the level of {compression} must be from {low} to {high}: {level}"
        )
