"""Apache Spark, classic or with Spark Connect."""

from __future__ import annotations

import os
import pickle
import secrets
import sys
import threading
import warnings
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from biometal_stream.engines.base import advice, call_packed, pack
from biometal_stream.errors import ConfigurationError, WorkerError
from biometal_stream.extras import need

if TYPE_CHECKING:
    import pyarrow as pa

Task = TypeVar("Task")
Result = TypeVar("Result")

JOBS = 4
"""Concurrent Spark jobs: while one waits for its slowest task, the others continue."""

LEAST_TASKS = 4
"""The fewest tasks of a job."""

_PAUSE = 1.0  # seconds before a job is run again
_AHEAD = 4 * JOBS  # jobs that may finish before the one whose result is next


@dataclass(frozen=True)
class SparkEngine:
    """Runs tasks on Spark: in the active session, or in one from ``getOrCreate``.

    So the master and the settings come from ``spark-submit``, from ``spark-defaults.conf``, from
    the variable ``SPARK_REMOTE``, or it is a session on this machine.

    Tasks are rows of a data frame with one row per partition, processed by ``mapInArrow``, which
    Spark Connect also supports. Four jobs run at a time, each with a task for every core, so
    results arrive while others run. If a worker dies, Spark runs its task again, up to
    ``spark.task.maxFailures`` attempts: 4 on clusters, 1 in ``local[2]``. If Spark then fails the
    job, the engine runs the job again.

    Attributes:
        session: The session; by default the active one, or a new one.
        retries: How often to run a job again that failed because workers died.

    Raises:
        ConfigurationError: A number is out of range.
    """

    session: Any = None
    retries: int = 3

    def __post_init__(self) -> None:
        if self.retries < 0:
            raise ConfigurationError(f"retries must be at least 0: {self.retries}")

    @property
    def name(self) -> str:
        """The engine's name in statistics and messages."""
        return "spark"

    @property
    def workers(self) -> int:
        """The number of tasks that the executors run at a time, as far as Spark reports it.

        Raises:
            MissingExtraError: Spark is not installed, or too old.
            WorkerError: Spark does not start.
        """
        return _Session(self._connected()).workers

    def _connected(self) -> Any:
        sql = need("pyspark.sql", "spark", "engine='spark'", at_least="4.1", package="pyspark")
        if self.session is not None:
            return self.session
        active = sql.SparkSession.getActiveSession()
        if active is not None:
            return active
        try:
            session = sql.SparkSession.builder.appName("biometal-stream").getOrCreate()
        except Exception as error:
            raise WorkerError(
                f"Spark does not start: {_line(error)}; it needs Java 17 or later, and a master"
                " that is reachable"
            ) from error
        _use_this_python(session)
        return session

    def map(
        self, function: Callable[[Task], Result], tasks: Sequence[Task], /
    ) -> Generator[Result, None, None]:
        """Yields the results in the order of the tasks; see `Engine.map`."""
        session = _Session(self._connected())
        from pyspark import cloudpickle

        begun = 0
        jobs: deque[Future[list[bytes]]] = deque()
        with ThreadPoolExecutor(JOBS, "biometal-spark") as pool:
            try:
                while begun < len(tasks) or jobs:
                    while begun < len(tasks) and len(jobs) < _AHEAD:
                        some = tasks[begun : begun + max(LEAST_TASKS, session.workers)]
                        packed = [pack(cloudpickle, function, task) for task in some]
                        jobs.append(pool.submit(session.job(packed, self.retries)))
                        begun += len(some)
                    for result in jobs[0].result():
                        yield pickle.loads(result)  # noqa: S301 - of our own function
                    jobs.popleft()
            finally:
                session.stop(jobs)


class _Session:
    """A session during one `map`."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._remote = type(session).__module__.startswith("pyspark.sql.connect")
        self._tag = f"biometal-stream-{secrets.token_hex(4)}"
        self._stopped = threading.Event()
        self._partitions: int | None = None

    @property
    def workers(self) -> int:
        """The number of concurrent tasks; asked again each time if that is cheap."""
        if not self._remote:
            context = self._session.sparkContext
            cores = int(self._session.conf.get("spark.task.cpus", "1"))
            return max(1, int(context.defaultParallelism) // cores)
        if self._partitions is None:  # Spark splits a range into as many as it has cores
            from pyspark.sql.functions import spark_partition_id

            column = self._session.range(100_000).select(spark_partition_id())
            self._partitions = max(1, int(column.distinct().count()))
        return self._partitions

    def job(self, packed: list[bytes], retries: int) -> Callable[[], list[bytes]]:
        """Prepares a job of calls, to be run in its own thread."""
        from pyspark import inheritable_thread_target

        with warnings.catch_warnings():  # of a pandas that is too new, and not used
            warnings.simplefilter("ignore", FutureWarning)
            numbers = self._session.range(0, len(packed), 1, len(packed))
            frame = numbers.mapInArrow(_calls(packed), "number bigint, result binary")

        def run() -> list[bytes]:
            self._add_tag()
            for left in range(retries, -1, -1):
                try:
                    table = _collected(frame)
                except Exception as error:
                    if not left or self._stopped.is_set() or not _is_death(error):
                        raise _explained(error) from error
                    self._stopped.wait(_PAUSE)  # time for a killed daemon to start again
                else:
                    results = dict(
                        zip(table["number"].to_pylist(), table["result"].to_pylist(), strict=True)
                    )
                    return [results[number] for number in range(len(packed))]
            raise AssertionError

        target: Callable[[], list[bytes]] = inheritable_thread_target(self._session)(run)
        return target

    def _add_tag(self) -> None:
        # Tags of a classic session belong to the thread that set them.
        if self._remote:
            self._session.addTag(self._tag)
        else:
            self._session.sparkContext.addJobTag(self._tag)

    def stop(self, jobs: Sequence[Future[list[bytes]]]) -> None:
        """Cancels the jobs, and waits until Spark has ended them."""
        self._stopped.set()
        running = [job for job in jobs if not job.cancel()]
        while running:
            if self._remote:
                self._session.interruptTag(self._tag)
            else:
                self._session.sparkContext.cancelJobsWithTag(self._tag)
            running = list(wait(running, timeout=0.5).not_done)


def _calls(packed: list[bytes]) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """The function for Spark's workers: runs the calls with the numbers it is given."""

    def calls(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa

        for batch in batches:
            for number in batch.column(0).to_pylist():
                result = call_packed(packed[number])
                columns = [pa.array([number], pa.int64()), pa.array([result], pa.binary())]
                yield pa.RecordBatch.from_arrays(columns, names=["number", "result"])

    return calls


def _collected(frame: Any) -> pa.Table:
    table: pa.Table = frame.toArrow()
    return table


def _use_this_python(session: Any) -> None:
    """Makes the workers of a local session run this Python, unless configured otherwise."""
    context = getattr(session, "_sc", None)
    if (
        context is not None
        and context.master.startswith("local")
        and "PYSPARK_PYTHON" not in os.environ
        and context.getConf().get("spark.pyspark.python") is None
    ):
        context.pythonExec = sys.executable


_DEATHS = (
    "exited unexpectedly",
    "executorlost",
    "executor lost",
    "pyspark.daemon",  # it starts the workers, and was itself killed
    "failed to connect back",
    "socketexception",
    "closedchannelexception",
    "connection reset",
    "broken pipe",
)
"""What Spark's message says, in lower case, if a worker or its daemon died."""


def _is_death(error: Exception) -> bool:
    """Whether a job failed because a worker died, and not by its own error or a cancellation."""
    from pyspark.errors import PythonException

    return not isinstance(error, PythonException) and _tells_death(str(error))


def _tells_death(text: str) -> bool:
    return any(words in text.lower() for words in _DEATHS)


def _explained(error: Exception) -> WorkerError:
    if _is_death(error):
        return WorkerError(
            f"workers of Spark died repeatedly: {_line(error)}; they may need more memory"
            " (spark.executor.memoryOverhead)"
        )
    return WorkerError(f"a task failed on Spark: {_line(error)}{advice(str(error))}")


def _line(error: BaseException) -> str:
    """The line that says what happened: after Python's traceback, among Java's causes."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    told = [line for line in lines if not line.startswith(("at ", "File ", "..."))]
    named = [line for line in told if "Exception: " in line or "Error: " in line]
    if not _is_java(told):
        return (named or told or [type(error).__name__])[-1][:400]
    # Java wraps a cause in exceptions that add nothing.
    named = [line for line in named if not line.endswith("Exception thrown in awaitResult:")]
    deaths = [line for line in named if _tells_death(line)]
    line = (deaths or named or told)[0]
    cause = line.rpartition("Exception: ")[2] if deaths else line.partition("Exception: ")[2]
    return (cause or line)[:400].rstrip(".")


def _is_java(lines: list[str]) -> bool:
    return any("org.apache.spark" in line or "java." in line for line in lines)
