"""Mutates inputs at random, and keeps those with a new outcome."""

from __future__ import annotations

import random
import time
from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fuzz.target import Target

MOST_KEPT = 1000
"""Inputs that are mutated further."""


class Found(Exception):
    """An input for which something did not hold; the cause is what was raised."""

    def __init__(self, target: Target, data: bytes) -> None:
        super().__init__(f"{target.name}: {data!r}")
        self.data = data


@dataclass
class Mutator:
    """Makes inputs of inputs."""

    draw: random.Random
    words: tuple[bytes, ...]
    longest: int

    def mutate(self, data: bytes, other: bytes) -> bytes:
        """Changes an input in one place or some, perhaps with a part of another one."""
        changed = bytearray(data)
        for _ in range(1 << int(self.draw.random() * 4)):
            self._change(changed, other)
        return bytes(changed[: self.longest])

    def _change(self, data: bytearray, other: bytes) -> None:
        draw = self.draw.random
        kind = int(draw() * 8)
        at = int(draw() * (len(data) + 1))
        span = 1 + int(draw() * draw() * draw() * (len(data) - at))
        if kind == 0 and data:
            data[at - 1] ^= 1 << int(draw() * 8)
        elif kind == 1 and data:
            data[at - 1] = int(draw() * 256)
        elif kind == 2:
            del data[at : at + span]
        elif kind == 3:
            data[at:at] = data[at : at + span]
        elif kind == 4:
            begin = int(draw() * (len(other) + 1))
            data[at:at] = other[begin : begin + 1 + int(draw() * len(other))]
        elif kind == 5 and draw() < 0.2:
            del data[at:]
        elif kind == 6:
            word = self.words[int(draw() * len(self.words))]
            data[at : at + len(word)] = word
        else:
            data[at:at] = self.words[int(draw() * len(self.words))]


@dataclass
class Tally:
    """What a run came to.

    Attributes:
        inputs: How many were fed.
        seconds: How long that took.
        outcomes: How many different ones there were.
    """

    inputs: int
    seconds: float
    outcomes: int


def run(
    target: Target, *, runs: int | None = None, seconds: float | None = None, seed: int = 0
) -> Tally:
    """Feeds a target with its seeds, then with mutated inputs.

    Args:
        target: What is fed.
        runs: The number of inputs, ...
        seconds: ... or the time, of which at least one must be given.
        seed: Of the random numbers.

    Raises:
        Found: Something did not hold.
    """
    mutator = Mutator(random.Random(seed), target.words, target.longest)
    seen: set[Hashable] = set()
    kept = list(target.seeds)
    start = time.monotonic()
    inputs = 0
    while (runs is None or inputs < runs) and (
        seconds is None or inputs % 64 or time.monotonic() - start < seconds
    ):
        if inputs < len(target.seeds):
            data = target.seeds[inputs]
        else:
            one, other = (kept[int(mutator.draw.random() * len(kept))] for _ in range(2))
            data = mutator.mutate(one, other)
        inputs += 1
        try:
            outcome = target.check(data)
        except Exception as error:
            raise Found(target, data) from error
        if outcome not in seen:
            seen.add(outcome)
            if len(kept) == MOST_KEPT:
                kept[int(mutator.draw.random() * MOST_KEPT)] = data
            else:
                kept.append(data)
    return Tally(inputs, time.monotonic() - start, len(seen))
