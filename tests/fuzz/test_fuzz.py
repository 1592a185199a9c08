"""A short run of each target, and what longer runs have found."""

import os
from pathlib import Path

import pytest

from tests.fuzz import random_engine
from tests.fuzz.__main__ import MODULES, find
from tests.fuzz.target import Target

RUNS = {
    "cutter": 60,
    "cuts": 60,
    "arguments": 150,
    "completion": 150,
    "source": 200,
    "encodings": 200,
    "models": 150,
}
"""Inputs of the slower targets; the others get 400."""

FOUND = {
    "tolerant": [
        b"\r\r",  # taken for a blank line at the end, and lost
        b"@a\nA\n+\nI\n\r\r\n",
    ],
    "decompressors": [
        b"(\xb5/\xfdP*M\x18\x03\x00\x00\x00qbc",  # a damaged zstd frame, taken for an empty one
    ],
    "cutter": [b"@a\nAA\n+\nI\nC.T\n+\nII", b"\xef\xbb\xbf@\xc3\xa9\nAI\n\n\n"],
    "pairs": [b"\xef\xbb"],
}
"""Inputs for which something once did not hold."""


@pytest.mark.parametrize("name", MODULES)
def test_a_short_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    seed = int.from_bytes(os.urandom(4), "little") if "CI" not in os.environ else 1
    tally = random_engine.run(find(name), runs=RUNS.get(name, 400), seed=seed)
    assert tally.outcomes > 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "data"), [(name, data) for name, inputs in FOUND.items() for data in inputs]
)
def test_what_was_found_stays_mended(name: str, data: bytes) -> None:
    find(name).check(data)


def test_the_engine_tells_what_it_found() -> None:
    def check(data: bytes) -> int:
        assert b"!" not in data
        return len(data)

    target = Target("picky", check, (b"abc",), (b"!", b"x"))
    with pytest.raises(random_engine.Found, match=r"picky: b'.*!") as found:
        random_engine.run(target, runs=10_000)
    assert b"!" in found.value.data
    assert isinstance(found.value.__cause__, AssertionError)


def test_inputs_with_a_new_outcome_are_mutated_further() -> None:
    """Four letters one after the other: by chance alone they would take 10**9 inputs."""
    goal = b"FAST"

    def check(data: bytes) -> int:
        return next((k for k in range(4) if data[k : k + 1] != goal[k : k + 1]), 4)

    words = tuple(bytes([byte]) for byte in range(64, 96))
    tally = random_engine.run(Target("letters", check, (b"",), words), runs=40_000, seed=1)
    assert tally.outcomes == 5
