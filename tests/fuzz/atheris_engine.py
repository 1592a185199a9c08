"""Drives a target by libFuzzer through atheris, guided by the branches that an input takes."""

from __future__ import annotations

import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fuzz.target import Target

FEATURES = 1024
"""Branches that outcomes are dealt to."""

# Instrumented bytecode cannot be compiled by numba.
_COMPILED = (
    "biometal_stream.operators.kernels.quality",
    "biometal_stream.operators.kernels.sequence",
    "biometal_stream.simd.jit",
    "biometal_stream.simd.loops",
    "biometal_stream.simd.masks",
    "biometal_stream.simd.memory",
    "biometal_stream.simd.padding",
    "biometal_stream.simd.vectors",
    "biometal_stream.sinks.fastq.kernels",
    "biometal_stream.sources.fastq.kernels.lines",
    "biometal_stream.sources.fastq.kernels.qualities",
    "biometal_stream.sources.fastq.kernels.records",
)


def _branches(count: int) -> Callable[[int], int]:
    """A function with a branch for each number: libFuzzer sees branches of Python only.

    What a kernel found is thus seen by what the target says of it.
    """
    lines = ["def branch(number):"]

    def halve(first: int, stop: int, depth: int) -> None:
        if stop - first == 1:
            lines.append(f"{'  ' * depth}return {first}")
            return
        middle = (first + stop) // 2
        lines.append(f"{'  ' * depth}if number < {middle}:")
        halve(first, middle, depth + 1)
        lines.append(f"{'  ' * depth}else:")
        halve(middle, stop, depth + 1)

    halve(0, count, 1)
    made: dict[str, Callable[[int], int]] = {}
    exec("\n".join(lines), made)
    return made["branch"]


def run(find: Callable[[], Target], instrumented: tuple[str, ...], words: list[str]) -> None:
    """Fuzzes until libFuzzer's limits are met, and ends the interpreter.

    Args:
        find: Imports the target, and with it what is instrumented.
        instrumented: The modules in which branches count.
        words: Arguments for libFuzzer, such as ``-runs=1000`` and the corpus' folder.
    """
    import atheris

    with atheris.instrument_imports(include=list(instrumented), exclude=list(_COMPILED)):
        target = find()
    branch = atheris.instrument_func(_branches(FEATURES))

    def feed(data: bytes) -> None:
        outcome = target.check(data)
        branch(zlib.crc32(repr(outcome).encode("utf-8", "replace")) % FEATURES)

    for seed in target.seeds:
        target.check(seed)  # what is compiled or imported at first is no part of it
    atheris.Setup([sys.argv[0], f"-max_len={target.longest}", "-timeout=20", *words], feed)
    atheris.Fuzz()


def prepare(target: Target, folder: Path) -> list[str]:
    """Writes the seeds and the dictionary where libFuzzer reads them."""
    corpus = folder / target.name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds):
        (corpus / f"seed{number}").write_bytes(seed)
    words = folder / f"{target.name}.dict"
    words.write_text(
        "".join(
            '"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n'
            for word in target.words
            if 0 < len(word) <= 64
        )
    )
    return [f"-dict={words}", f"-artifact_prefix={folder}/{target.name}-", str(corpus)]
