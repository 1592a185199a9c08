"""One partition of a run that several machines share: what a worker gets, and what it returns."""

from __future__ import annotations

import os
import pickle
import socket
import traceback
from contextlib import chdir, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from biometal_stream.errors import (
    BiometalError,
    BiometalWarning,
    ConfigurationError,
    SinkError,
    WorkerError,
)
from biometal_stream.interfaces import Source
from biometal_stream.pipeline.cached import kept_open
from biometal_stream.pipeline.execution import Execution
from biometal_stream.sinks.templates import escaped
from biometal_stream.warned import taking_warnings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from biometal_stream.interfaces import Observation
    from biometal_stream.pipeline.report import Report
    from biometal_stream.pipeline.value import Recipe
    from biometal_stream.sinks.parquet.sink import ParquetSink


@runtime_checkable
class QuarantiningPartition(Source, Protocol):
    """A partition of a source that can write bad records to a file."""

    def with_quarantine(self, path: str, /) -> Source:
        """Returns the partition with its own file. All files together make that of the run."""


@dataclass(frozen=True)
class PartitionTask:
    """What is sent to a worker.

    Attributes:
        number: The number of the partition, from 0.
        parts: The number of partitions.
        pipeline: The pipeline, with the partition as its source.
        sink: The settings of the sink; its target is that of the whole run.
        attempts: The folder for the files of all attempts, each under its own name.
        folder: The folder that relative paths start from.
        quarantined: Whether to write bad records to a file.
    """

    number: int
    parts: int
    pipeline: Recipe
    sink: ParquetSink
    attempts: str
    folder: str
    quarantined: bool = False

    @property
    def file(self) -> str:
        """The name of the partition's file; names sort in the order of the partitions."""
        digits = max(5, len(str(self.parts)))
        return f"part-{self.number:0{digits}}-of-{self.parts:0{digits}}.parquet"


@dataclass(frozen=True)
class PartitionOutcome:
    """What a worker returns, also for a partition that failed: engines repeat failed tasks.

    Attributes:
        written: The name of the file or folder of this attempt, in the folder of attempts.
        quarantine: The name of its file of bad records, if any.
        report: The report of the run.
        states: What each observer has found, in order.
        warnings: Warnings for the user: category and text.
        failure: The error, if it failed.
    """

    written: str = ""
    quarantine: str | None = None
    report: Report | None = None
    states: tuple[Any, ...] = ()
    warnings: tuple[tuple[type[BiometalWarning], str], ...] = ()
    failure: Failure | None = None


@dataclass(frozen=True)
class Failure:
    """An exception to be sent to another process.

    Attributes:
        pickled: The exception, if it can be pickled.
        text: Its type and message.
        notes: Its notes.
    """

    pickled: bytes | None
    text: str
    notes: tuple[str, ...]

    def error(self) -> BaseException:
        """The exception, or one with its text if it cannot be unpickled here."""
        error: BaseException = WorkerError(self.text)
        if self.pickled is not None:
            try:
                error = pickle.loads(self.pickled)  # noqa: S301 - of our own worker
            except Exception:  # noqa: BLE001 - such as of a module that is not here
                error = WorkerError(self.text)
        for note in self.notes:
            if note not in getattr(error, "__notes__", ()):
                error.add_note(note)
        return error


def failure_of(error: Exception, where: str) -> Failure:
    """Prepares an exception for sending.

    Args:
        error: The exception.
        where: What was being done, for a last note.
    """
    notes = [*getattr(error, "__notes__", ()), where]
    if not isinstance(error, BiometalError):  # a bug: the traceback helps to find it
        notes.append("".join(traceback.format_exception(error)).rstrip())
    pickled: bytes | None
    try:
        pickled = pickle.dumps(error)
        again = pickle.loads(pickled)  # noqa: S301 - our own
        if type(again) is not type(error) or str(again) != str(error):
            pickled = None
    except Exception:  # noqa: BLE001 - a class can refuse in any way
        pickled = None
    return Failure(pickled, f"{type(error).__name__}: {error}", tuple(notes))


def run_partition(task: PartitionTask) -> PartitionOutcome:
    """Runs a partition in a worker, into its own files. Raises nothing but interrupts."""
    told: list[tuple[type[BiometalWarning], str]] = []
    with taking_warnings(lambda *warning: told.append(warning)):
        try:
            with _working_in(task.folder):
                outcome = _run(task)
        except Exception as error:  # noqa: BLE001 - it is for the caller of the whole run
            where = f"in partition {task.number + 1:,} of {task.parts:,}, on {socket.gethostname()}"
            outcome = PartitionOutcome(failure=failure_of(error, where))
    return replace(outcome, warnings=tuple(told))


def _run(task: PartitionTask) -> PartitionOutcome:
    attempts = Path(task.attempts)
    if not attempts.is_dir():
        raise SinkError(
            f"{task.sink.path}: cannot be written from {socket.gethostname()}, which does not see"
            " the folder next to it; the target must be on a file system that all machines share"
        )
    name = f"{task.number:05}.{os.urandom(4).hex()}"
    written = str(attempts / name)
    source = task.pipeline.source
    quarantine = None
    if task.quarantined:
        quarantine = f"{name}.quarantine"
        assert isinstance(source, QuarantiningPartition)
        source = source.with_quarantine(str(attempts / quarantine))
    operators = tuple(kept_open(operator) for operator in task.pipeline.operators)
    pipeline = replace(task.pipeline, source=source, operators=operators)
    try:
        sink = replace(task.sink, target=escaped(written))
        execution = Execution(pipeline, sink, whole=False)
        report = execution.run()
    except SinkError as error:  # it names a file that the user has not seen
        shown = f"{task.sink.path.rstrip('/')}/{task.file}"
        if written not in str(error):
            raise
        raise SinkError(str(error).replace(written, shown)) from error
    report = replace(report, outputs=())
    states = tuple(execution.states())
    _check_states(execution.observers, states)
    return PartitionOutcome(name, quarantine, report, states)


def _working_in(folder: str) -> chdir[str] | nullcontext[None]:
    """Makes relative paths relative to the folder of the caller."""
    try:
        here = Path(folder).samefile(".")
    except OSError:  # the folder does not exist here; a missing file raises its own error
        here = not Path(folder).is_dir()
    return nullcontext() if here else chdir(folder)


def _check_states(observers: Sequence[tuple[str, Observation[Any]]], states: Sequence[Any]) -> None:
    """Refuses states that cannot be sent from a worker of an engine to the driver.

    Args:
        observers: As of `results.finished`.
        states: What each has found.

    Raises:
        ConfigurationError: One cannot be pickled.
    """
    for (name, _), state in zip(observers, states, strict=True):
        try:
            pickle.dumps(state)
        except Exception as error:  # a class can refuse in any way
            raise ConfigurationError(
                f"{name}: its state, {type(state).__name__}, cannot be sent between machines:"
                f" {error}; have empty(), observe() and merge() return what pickle takes, such as"
                " numbers, lists, arrays, or objects of a class in an installed module"
            ) from error
