"""What a target is, and what targets share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Target:
    """Something that takes any bytes.

    Attributes:
        name: Its name on the command line.
        check: Feeds an input, and raises where what must hold does not. Returns what came of it
            in few words: an outcome not seen before makes the input worth keeping.
        seeds: Inputs to begin with.
        words: Pieces that inputs are made of.
        longest: Bytes of the longest input.
    """

    name: str
    check: Callable[[bytes], Hashable]
    seeds: tuple[bytes, ...]
    words: tuple[bytes, ...]
    longest: int = 1024


class AtOnce:
    """An executor without threads."""

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(function(*arguments))
        except Exception as error:  # noqa: BLE001 - it goes to who asks for the result
            future.set_exception(error)
        return future


class QuietRun:
    """What a run lends, without a thread: it can be made for each of a million inputs."""

    def __init__(self) -> None:
        self.workers = 1
        self.memory = 1 << 24
        self.executor = AtOnce()
        self.warnings: list[str] = []
        self.counts: Counter[str] = Counter()

    def warn(self, message: str, /, *, at_once: bool = False) -> None:
        self.warnings.append(message)

    def count(self, what: str, number: int, /) -> None:
        self.counts[what] += number

    def note(self, what: str, name: str, learnt: str, /) -> None:
        pass


def check_message(message: str) -> None:
    """A message is one line of some length, with nothing in it that a terminal obeys."""
    assert message.isprintable(), message
    assert len(message) < 2000, message


def magnitude(number: int) -> int:
    """0, 1, 2, 4, 8 ...: numbers that differ less are one outcome."""
    return 1 << number.bit_length() >> 1
