"""Ray, on this machine or on a cluster."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from biometal_stream.engines.base import advice, call_packed, pack
from biometal_stream.errors import ConfigurationError, WorkerError
from biometal_stream.extras import need

Task = TypeVar("Task")
Result = TypeVar("Result")

_GONE = 10.0  # seconds to wait for killed workers to end


@dataclass(frozen=True)
class RayEngine:
    """Runs tasks on Ray. If this process is connected to a cluster, uses that.

    Otherwise it connects as `ray.init` does: to ``address``, to the address in the variable
    ``RAY_ADDRESS``, or to a cluster that runs on this machine. If there is none it starts Ray
    here, until this process ends.

    Its workers are actors: each is a process that runs one task after another until `map` ends.
    A worker that cannot be placed yet, because others use the cluster, joins later. Workers are
    killed when a run is stopped, because cancelling Ray tasks that are about to begin can abort
    the cancelling process (seen with Ray 2.60).

    Attributes:
        address: The cluster's address; not used if this process is connected.
        cpus_per_task: The cores that Ray reserves for each worker.
        at_once: The number of workers; by default as many as the cluster has cores for. For a
            cluster that scales automatically, set this to the number to scale to.
        retries: How often a task is run again if its worker dies.

    Raises:
        ConfigurationError: A number is out of range.
    """

    address: str | None = None
    cpus_per_task: float = 1
    at_once: int | None = None
    retries: int = 3

    def __post_init__(self) -> None:
        if self.cpus_per_task <= 0:
            raise ConfigurationError(f"cpus_per_task must be above 0: {self.cpus_per_task}")
        if self.at_once is not None and self.at_once < 1:
            raise ConfigurationError(f"at_once must be at least 1: {self.at_once}")
        if self.retries < 0:
            raise ConfigurationError(f"retries must be at least 0: {self.retries}")

    @property
    def name(self) -> str:
        """The engine's name in statistics and messages."""
        return "ray"

    @property
    def workers(self) -> int:
        """The number of workers to start; by default as many as there are cores for.

        Raises:
            MissingExtraError: Ray is not installed, or too old.
            WorkerError: There is no cluster at the address, or no machine of it has enough cores
                for a task.
        """
        ray = self._connected()
        machines = [node["Resources"].get("CPU", 0) for node in ray.nodes() if node["Alive"]]
        room = sum(int(cores // self.cpus_per_task) for cores in machines)
        if self.at_once is not None:
            return self.at_once
        if not room:
            raise WorkerError(
                f"no machine of the Ray cluster has {self.cpus_per_task:g} cores for a task;"
                " lower the threads, or set the number of workers to scale to (at_once)"
            )
        return room

    def _connected(self) -> Any:
        ray = need("ray", "ray", "engine='ray'", at_least="2.51")
        if not ray.is_initialized():
            try:
                ray.init(address=self.address, logging_level="warning")
            except (ConnectionError, ValueError, RuntimeError) as error:
                raise WorkerError(
                    f"cannot connect to Ray: {_line(error)}; start a cluster with 'ray start"
                    " --head', or unset RAY_ADDRESS to start one here"
                ) from error
        return ray

    def map(
        self, function: Callable[[Task], Result], tasks: Sequence[Task], /
    ) -> Generator[Result, None, None]:
        """Yields the results in the order of the tasks; see `Engine.map`."""
        if not tasks:
            return
        ray = self._connected()
        packed = pack(ray.cloudpickle, function, tasks[0])  # may fail, before anything starts
        begun = 0
        pool = _Pool(ray, self.cpus_per_task, self.retries)
        try:
            for _ in range(min(len(tasks), self.workers)):
                pool.start()
            for number in range(len(tasks)):
                while number not in pool.done:
                    while pool.idle and (pool.again or begun < len(tasks)):
                        if pool.again:
                            pool.begin(*pool.again.pop())
                        else:
                            pool.begin(begun, packed)
                            begun += 1
                            if begun < len(tasks):
                                packed = pack(ray.cloudpickle, function, tasks[begun])
                    pool.wait()
                result = pool.done.pop(number)
                if isinstance(result, WorkerError):
                    raise result
                yield pickle.loads(result)  # noqa: S301 - of our own function
        finally:
            pool.kill()


class _Worker:
    """A worker process of Ray."""

    def ready(self) -> None:
        """Returns when the process has started."""

    def call(self, packed: bytes) -> bytes:
        """Makes a call."""
        return call_packed(packed)


class _Pool:
    """The workers of one map.

    Attributes:
        ray: The module.
        idle: Workers that wait for a task.
        again: Numbers and calls of tasks whose workers died.
        done: Results by task number.
    """

    def __init__(self, ray: Any, cores: float, retries: int) -> None:
        self.ray = ray
        self.idle: list[Any] = []
        self.again: list[tuple[int, bytes]] = []
        self.done: dict[int, bytes | WorkerError] = {}
        self._retries = retries
        self._deaths: dict[int, int] = {}  # by task number; -1 before the first task
        self._starting: dict[Any, Any] = {}
        self._busy: dict[Any, tuple[Any, int, bytes]] = {}
        self._class = ray.remote(num_cpus=cores, max_restarts=0)(_Worker)

    def start(self) -> None:
        """Starts a worker; `wait` adds it to the idle ones once it is running."""
        worker = self._class.remote()
        self._starting[worker.ready.remote()] = worker

    def begin(self, number: int, packed: bytes) -> None:
        """Starts a call in an idle worker."""
        worker = self.idle.pop()
        self._busy[worker.call.remote(packed)] = (worker, number, packed)

    def wait(self) -> None:
        """Waits until a worker has started or finished its task.

        Raises:
            WorkerError: The workers do not start.
        """
        waiting = [*self._busy, *self._starting]
        ended, _ = self.ray.wait(waiting, num_returns=1)
        for reference in ended:
            if reference in self._starting:
                self._greet(reference, self._starting.pop(reference))
            else:
                self._finish(reference, *self._busy.pop(reference))

    def _greet(self, reference: Any, worker: Any) -> None:
        try:
            self.ray.get(reference)
        except self.ray.exceptions.RayError as error:
            if not self._replace(-1, worker):
                text = str(error)
                raise WorkerError(
                    f"the workers of Ray do not start: {_line(error)}{advice(text)}"
                ) from error
        else:
            self.idle.append(worker)

    def _finish(self, reference: Any, worker: Any, number: int, packed: bytes) -> None:
        try:
            self.done[number] = self.ray.get(reference)
        except self.ray.exceptions.RayTaskError as error:
            cause = getattr(error, "cause", None) or error
            text = f"{type(cause).__name__}: {_line(cause)}{advice(str(error))}"
            self.done[number] = WorkerError(f"a task failed on Ray: {text}")
        except self.ray.exceptions.RayError as error:
            if self._replace(number, worker):
                self.again.append((number, packed))
                return
            self.done[number] = WorkerError(
                f"a worker of Ray died {self._deaths[number]} times on one task:"
                f" {_line(error)}; it may need more memory than its machine has"
            )
            return
        self.idle.append(worker)

    def _replace(self, number: int, worker: Any) -> bool:
        """Replaces a worker that died; returns whether to run its task again."""
        self.ray.kill(worker)  # it may be alive, but unreachable
        self._deaths[number] = self._deaths.get(number, 0) + 1
        self.start()
        return self._deaths[number] <= self._retries

    def kill(self) -> None:
        """Ends all workers and waits until they are gone, so that they write nothing more."""
        busy = [worker for worker, _, _ in self._busy.values()]
        for worker in (*self.idle, *self._starting.values(), *busy):
            self.ray.kill(worker)
        if self._busy:
            self.ray.wait(list(self._busy), num_returns=len(self._busy), timeout=_GONE)


def _line(error: BaseException) -> str:
    """The last line that is not empty."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
