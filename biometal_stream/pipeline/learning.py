"""Learners in a run: the first batches are held, learnt from, and passed on.

Each learner has a stand-in in its stage from the start, so that the stage is planned, opened and
counted like any other. The thread that feeds the stage holds the first items, runs the operators
before the learner on them, has it learn, and puts the operator that was learnt into the stand-in.
Then the workers get the held items and all that follow. So the operators before a learner see the
first reads twice; their first output is discarded.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from biometal_stream.endings import UntilError
from biometal_stream.first_reads import FirstReads, Learnt, learn
from biometal_stream.interfaces import Operator, has_to_learn
from biometal_stream.pipeline.chain import is_member
from biometal_stream.pipeline.meter import noting
from biometal_stream.pipeline.pushdown import TakeColumns
from biometal_stream.pipeline.stand_ins import OpenedOnce, StandIn, stand_in
from biometal_stream.pipeline.steps import open_steps
from biometal_stream.pipeline.value import fold_schema

if TYPE_CHECKING:
    import pyarrow as pa


T = TypeVar("T")


class Parsed(NamedTuple):
    """A chunk that was parsed early, for a learner.

    Attributes:
        batch: Its reads; ``None`` if it could not be parsed.
        error: The error after these reads, which ends the stream.
        where: The location of the chunk in the input, if the chunk is not kept.
    """

    batch: pa.RecordBatch | None
    error: Exception | None
    where: str = ""


class Lessons:
    """Lets the learners of one stage learn from the first items that are fed to it.

    Args:
        operators: The operators of the stage, in order.
        schema: The schema of the batches that reach it.
        workers: How many threads call the operators.
        most_bytes: The most bytes to hold.
        warn: Called if a learner gets fewer reads than it asks for.
        stack: Closes contexts at the end of the run.

    Attributes:
        operators: The same operators, with stand-ins for the learners.
        learnt: What has been learnt so far, with the names of the learners, in order.
    """

    def __init__(
        self,
        operators: Sequence[Operator],
        schema: pa.Schema,
        workers: int,
        most_bytes: int,
        warn: Callable[[str], None],
        stack: ExitStack,
    ) -> None:
        self._schema = schema
        self._workers = workers
        self._most_bytes = most_bytes
        self._warn = warn
        self._stack = stack
        last = max((n for n, each in enumerate(operators) if has_to_learn(each)), default=0)
        self.operators = [
            self._prepared(operator, before=number < last)
            for number, operator in enumerate(operators)
        ]
        self.learnt: list[tuple[str, Learnt]] = []

    def _prepared(self, operator: Operator, *, before: bool) -> Operator:
        if has_to_learn(operator):
            return stand_in(operator)
        if not before or is_member(operator) or isinstance(operator, TakeColumns):
            return operator
        return OpenedOnce(operator, self._workers, self._stack)

    def feed(
        self, items: Iterator[T], parse: Callable[[T], Parsed] | None = None
    ) -> Iterator[T | Parsed]:
        """Yields the items, after the learners have learnt from the first of them.

        Args:
            items: What the stage is fed.
            parse: Parses an item into a batch; ``None`` if items are batches. Held items are
                yielded parsed.
        """
        coming = UntilError(items)
        held: deque[Any] = deque()

        def more() -> Iterator[Any]:
            for item in coming:
                held.append(item if parse is None else parse(item))
                yield held[-1]

        for place, operator in enumerate(self.operators):
            if isinstance(operator, StandIn):
                self._teach(operator, place, chain(tuple(held), more()))
        while held:
            yield held.popleft()
        yield from coming
        coming.check()

    def _teach(self, learner: StandIn, place: int, items: Iterator[Any]) -> None:
        """Lets the learner at an index learn from items, and takes only as many as it needs."""
        before = self.operators[:place]
        schema = fold_schema(self._schema, before)
        steps, _ = open_steps(list(before), self._schema, 1, self._stack)
        held = HeldReads(learner.operator, self._most_bytes, self._warn)
        for item in items:
            batch = item.batch if isinstance(item, Parsed) else item
            if batch is None:
                break
            made = batch
            try:
                for step in steps:
                    made = step(made, [])
            except Exception:  # noqa: BLE001 - it is raised again in its turn
                break
            held.add(made, batch.nbytes + (made.nbytes if steps else 0))
            if held.enough or (isinstance(item, Parsed) and item.error is not None):
                break
        operator, learnt = held.learn(schema)
        learner.become(operator, self._workers, self._stack)
        self.learnt.append((learner.name, learnt))


class HeldReads:
    """The first reads for a learner, as many as memory allows.

    Args:
        learner: The learner.
        most_bytes: The most bytes to hold.
        warn: Called if the learner gets fewer reads than it asks for.
    """

    def __init__(self, learner: Operator, most_bytes: int, warn: Callable[[str], None]) -> None:
        assert has_to_learn(learner)
        assert learner.look is not None
        self._learner = learner
        self._first = FirstReads(learner.look)
        self._left = most_bytes
        self._warn = warn

    @property
    def enough(self) -> bool:
        """Whether the learner has enough reads, or no more can be held."""
        return self._first.enough or self._left <= 0

    def add(self, batch: pa.RecordBatch, nbytes: int) -> None:
        """Adds the next batch, and counts the bytes held for it."""
        self._first.add(batch)
        self._left -= nbytes

    def learn(self, schema: pa.Schema) -> tuple[Operator, Learnt]:
        """Lets the learner learn from the reads, which have this schema."""
        first = self._first
        if not first.enough and self._left <= 0:
            self._warn(
                f"{self._learner.name} learns from the first {first.reads:,} reads only: the memory"
                " bound holds no more; give the run more memory (--memory)"
            )
        with noting(f"in {self._learner.name}"):
            return learn(self._learner, first, schema)


def named(learnt: Iterable[tuple[str, Learnt]]) -> dict[str, Learnt]:
    """Maps learners' names to what they learnt; a second learner of a name is ``name-2``."""
    found: dict[str, Learnt] = {}
    for name, what in learnt:
        key, number = name, 1
        while key in found:
            number += 1
            key = f"{name}-{number}"
        found[key] = what
    return found
