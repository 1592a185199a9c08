"""One part of a run that several machines share: what is sent there, and what comes back."""

from __future__ import annotations

import pickle
import secrets
import socket
import traceback
from contextlib import chdir, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from biometal_stream.errors import BiometalError, BiometalWarning, SinkError, WorkerError
from biometal_stream.interfaces import Source
from biometal_stream.pipeline.cached import kept_open
from biometal_stream.pipeline.execution import Execution
from biometal_stream.sinks.templates import escaped
from biometal_stream.warned import taking_warnings

if TYPE_CHECKING:
    from biometal_stream.pipeline.report import Report
    from biometal_stream.pipeline.value import Recipe
    from biometal_stream.sinks.parquet.sink import ParquetSink


@runtime_checkable
class QuarantiningPartition(Source, Protocol):
    """A part of a source that writes what it cannot read to a file."""

    def with_quarantine(self, path: str, /) -> Source:
        """Returns the part with a file of its own; those of all parts make that of the whole."""


@dataclass(frozen=True)
class PartitionTask:
    """What a worker is sent.

    Attributes:
        number: The part's number, from 0.
        parts: Their number in all.
        pipeline: The pipeline with the part as its source.
        sink: The settings of the sink; its target is that of the whole run.
        attempts: The folder for the files of each attempt, each under a name of its own.
        folder: The folder that relative paths start from.
        quarantined: Whether the part is to write its bad records to a file.
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
        """The name of the part's file; in the order of the parts."""
        digits = max(5, len(str(self.parts)))
        return f"part-{self.number:0{digits}}-of-{self.parts:0{digits}}.parquet"


@dataclass(frozen=True)
class PartitionOutcome:
    """What comes back, also of a part that failed: what an engine sees as failed, it repeats.

    Attributes:
        written: The name of the attempt's file or folder, in the folder of attempts.
        quarantine: The name of its file of bad records, if any.
        report: What the run did.
        states: What each observer has found, in order.
        warnings: What the user is to be told: the category, and the text.
        failure: What went wrong.
    """

    written: str = ""
    quarantine: str | None = None
    report: Report | None = None
    states: tuple[Any, ...] = ()
    warnings: tuple[tuple[type[BiometalWarning], str], ...] = ()
    failure: Failure | None = None


@dataclass(frozen=True)
class Failure:
    """An exception on its way to another process.

    Attributes:
        pickled: The exception, where it can be pickled.
        text: Its type and what it says.
        notes: What was added to it.
    """

    pickled: bytes | None
    text: str
    notes: tuple[str, ...]

    def error(self) -> BaseException:
        """The exception, or one of its text where it cannot be had here."""
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
    """Makes an exception fit to travel.

    Args:
        error: The exception.
        where: What happened there, for a last note.
    """
    notes = [*getattr(error, "__notes__", ()), where]
    if not isinstance(error, BiometalError):  # a fault of a program: somebody will look for it
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
    """Runs a part in a worker, into files of its own. Interrupts alone are raised."""
    told: list[tuple[type[BiometalWarning], str]] = []
    with taking_warnings(lambda *warning: told.append(warning)):
        try:
            with _working_in(task.folder):
                outcome = _run(task)
        except Exception as error:  # noqa: BLE001 - it is for the caller of the whole run
            where = f"in part {task.number + 1:,} of {task.parts:,}, on {socket.gethostname()}"
            outcome = PartitionOutcome(failure=failure_of(error, where))
    return replace(outcome, warnings=tuple(told))


def _run(task: PartitionTask) -> PartitionOutcome:
    attempts = Path(task.attempts)
    if not attempts.is_dir():
        raise SinkError(
            f"{task.sink.path}: cannot be written from {socket.gethostname()}, which does not"
            " see the folder beside it; the target must be on a file system that all machines share"
        )
    name = f"{task.number:05}.{secrets.token_hex(4)}"
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
    except SinkError as error:  # which names a file that the user does not know
        shown = f"{task.sink.path.rstrip('/')}/{task.file}"
        if written not in str(error):
            raise
        raise SinkError(str(error).replace(written, shown)) from error
    report = replace(report, outputs=())
    return PartitionOutcome(name, quarantine, report, tuple(execution.states()))


def _working_in(folder: str) -> chdir[str] | nullcontext[None]:
    """Makes relative paths mean what they mean to the caller of the whole run."""
    try:
        here = Path(folder).samefile(".")
    except OSError:  # one of them is not there; a missing file will have its own error
        here = not Path(folder).is_dir()
    return nullcontext() if here else chdir(folder)
