"""What observers find in a run: states that are merged in input order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

from biometal_stream.columns import empty_batch
from biometal_stream.errors import ConfigurationError
from biometal_stream.interfaces import (
    Concurrency,
    Editor,
    Filter,
    Informed,
    Observation,
    Observer,
    Operator,
    Trimmer,
    ends_early,
)
from biometal_stream.pipeline.meter import Meter, noting
from biometal_stream.settings import as_typed
from biometal_stream.view import BatchView

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.interfaces import BatchFunction


class Taker(Protocol):
    """Takes the states of batches, in input order."""

    def add(self, state: Any) -> None:
        """Takes the state of a batch."""


Found: TypeAlias = "list[tuple[Taker, Any]]"
"""What was found in one batch: states, each with the object that merges it."""

LEFT_OUT = object()
"""Stands for the state of an observer before an operator that ended the run."""


class Passed(NamedTuple):
    """A batch on its way from the workers, with what was found in it."""

    batch: pa.RecordBatch
    found: Found


def folded(results: Iterator[Passed]) -> Iterator[pa.RecordBatch]:
    """Yields the batches of a stage of workers in order, and merges what was found in them."""
    for passed in results:
        for fold, state in passed.found:
            fold.add(state)
        batch = passed.batch
        del passed
        yield batch
        del batch  # the next may take long to come


class Fold:
    """The state of one observer. Call `add` and `state` from one thread.

    Args:
        name: The name of the result.
        observation: How to merge.
        meter: The operator's meter.
        schema: The schema of the batches that are observed.
    """

    def __init__(
        self, name: str, observation: Observation[Any], meter: Meter, schema: pa.Schema
    ) -> None:
        self.name = name
        self.observation = observation
        self._informed = observation if isinstance(observation, Informed) else None
        self.meter = meter
        self._schema = schema
        self._observed = False
        self._common: Fold | None = None
        with noting(f"in {name}"):
            self._state = observation.empty()

    def observe(self, view: BatchView) -> Any:
        """Returns the state of the reads of a view. Any thread may call this, also during `add`."""
        if self._informed is None:
            return self.observation.observe(view)
        return self._informed.observe_informed(view, self._state)

    def sharing(self, other: Fold) -> Fold:
        """Makes a third fold, for what this observer and another count once for both."""
        self._common = other._common = Fold(self.name, self.observation, self.meter, self._schema)
        return self._common

    @property
    def so_far(self) -> Any:
        """What was merged so far, which may be read during `add`."""
        return self._state

    def add(self, state: Any) -> None:
        """Merges the state of a batch with that of the batches before it."""
        self._observed = True
        with noting(f"in {self.name}"), self.meter.working():
            self._state = self.observation.merge(self._state, state)

    def state(self) -> Any:
        """Returns what was found. If no batch came, a batch without rows is observed.

        So the result has the columns. A filter, trimmer or editor that observes is skipped,
        because it would have to run on the batch first.
        """
        if self._common is not None and self._common._observed:
            return self.observation.merge(self._state, self._common.so_far)
        if not self._observed and not isinstance(self.observation, Filter | Trimmer | Editor):
            with noting(f"in {self.name}"):
                nothing = self.observation.observe(BatchView(empty_batch(self._schema)))
            self.add(nothing)
        return self._state


@dataclass(frozen=True)
class Attached:
    """An observation as an operator, which observes the output of the operator before it.

    Attributes:
        observation: How to observe.
        name: The name of the result.
    """

    observation: Observation[Any]
    name: str

    concurrency = Concurrency.SHARED

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input, unchanged."""
        return input_schema

    @contextmanager
    def open(self) -> Iterator[BatchFunction]:
        """Yields a function that passes batches on; the run calls `observe` instead."""
        yield lambda batch: batch

    def empty(self) -> Any:
        """See the observation."""
        return self.observation.empty()

    def observe(self, view: BatchView, /) -> Any:
        """See the observation."""
        return self.observation.observe(view)

    def merge(self, one: Any, two: Any, /) -> Any:
        """See the observation."""
        return self.observation.merge(one, two)

    def finish(self, state: Any, /) -> object:
        """See the observation."""
        return self.observation.finish(state)


def with_observations(operators: Iterable[Operator]) -> Iterator[Operator]:
    """Yields the operators, and after each one that counts its observation."""
    for operator in operators:
        yield operator
        observation = observation_of(operator)
        if observation is not None:
            yield Attached(observation, operator.name)


def observation_of(operator: Operator) -> Observation[Any] | None:
    """The observation of what a `Counting` operator returns; ``None`` for other operators."""
    found: object = getattr(operator, "observation", None)
    return found if isinstance(found, Observation) else None


def is_observer(operator: object) -> bool:
    """Whether an operator only observes."""
    aside = isinstance(operator, Filter | Trimmer | Editor | Attached)
    return isinstance(operator, Observer) and not aside


def check_observers(operators: Sequence[Operator]) -> None:
    """Refuses observers with a result that would depend on how far the run has read ahead.

    Raises:
        ConfigurationError: An observer comes before an operator that ends the run, or its
            concurrency is not shared.
    """
    for place, operator in enumerate(operators):
        if not is_observer(operator):
            continue
        if operator.concurrency is not Concurrency.SHARED:
            raise ConfigurationError(
                f"{operator.name}: any worker may call an observer, and its results are merged in"
                " order; its concurrency must be shared"
            )
        later = next((each for each in operators[place + 1 :] if ends_early(each)), None)
        if later is not None:
            raise ConfigurationError(
                f"{operator.name} must come after {as_typed(later)}, which ends the run early; how"
                f" many reads {operator.name} has seen by then depends on threads and memory"
            )


def finished(
    observers: Sequence[tuple[str, Observation[Any]]], states: Sequence[Any]
) -> dict[str, Any]:
    """Makes the results of a run, by name; the second observer of a name ``x`` is ``x-2``.

    Args:
        observers: All observers of the run, in order, with the names of their operators.
        states: What each has found; `LEFT_OUT` means no result.
    """
    names: dict[str, tuple[Observation[Any], Any]] = {}
    for (name, observation), state in zip(observers, states, strict=True):
        names[_unused(name, names)] = (observation, state)
    results = {}
    for name, (observation, state) in names.items():
        if state is not LEFT_OUT:
            with noting(f"in {name}"):
                results[name] = observation.finish(state)
    return results


def merged_states(
    observers: Sequence[tuple[str, Observation[Any]]],
    before: Sequence[Any],
    states: Sequence[Any],
) -> list[Any]:
    """Merges the states of a partition with those of the partitions before it.

    Args:
        observers: The observers, as for `finished`.
        before: The states so far; empty for the first partition.
        states: The states of the partition.
    """
    if not before:
        return list(states)
    merged = []
    for (name, observation), one, two in zip(observers, before, states, strict=True):
        with noting(f"in {name}"):
            merged.append(observation.merge(one, two))
    return merged


def _unused(name: str, taken: Mapping[str, Any]) -> str:
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    return found
