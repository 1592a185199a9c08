"""Two pipes that one program writes or reads in turn.

Each mate is larger than what pipes and buffers hold, so that a run which waits for one of the pipes
alone would wait for ever. It is ended after a minute.
"""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from biometal_stream.codecs.zstd import zstd

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

RECORDS = 22_000
LENGTH = 96
TIME = 60
"""Seconds after which a child counts as one that hangs."""


def mate(number: int) -> list[bytes]:
    """Reads that gzip makes no smaller than half."""
    chance = Random(number)
    sequences = chance.randbytes(LENGTH * RECORDS).translate(b"ACGT" * 64)
    qualities = chance.randbytes(LENGTH * RECORDS).translate(bytes(range(33, 65)) * 8)
    return [
        b"@r%05d/%d\n%s\n+\n%s\n"
        % (at // LENGTH, number, sequences[at : at + LENGTH], qualities[at : at + LENGTH])
        for at in range(0, len(sequences), LENGTH)
    ]


@pytest.fixture(scope="module")
def mates() -> tuple[list[bytes], list[bytes]]:
    both = mate(1), mate(2)
    assert min(sum(map(len, each)) for each in both) > 4 << 20
    return both


@pytest.fixture
def pipes(tmp_path: Path) -> Callable[..., list[Path]]:
    def make(*names: str) -> list[Path]:
        for name in names:
            os.mkfifo(tmp_path / name)
        return [tmp_path / name for name in names]

    return make


def write_in_turn(
    paths: Sequence[Path | int], mates: Sequence[list[bytes]], opened: Callable[..., Any] = open
) -> None:
    """Opens the last first, and writes a record to each in turn, as awk and samtools do."""
    with opened(paths[1], "wb") as second, opened(paths[0], "wb") as first:
        for one, two in zip(*mates, strict=True):
            first.write(one)
            second.write(two)


def read_in_turn(
    paths: Sequence[Path | int], found: list[bytes], opened: Sequence[Callable[..., Any]]
) -> None:
    """Opens the last first, and takes a record of each in turn, as seqtk mergepe does."""
    with opened[1](paths[1], "rb") as second, opened[0](paths[0], "rb") as first:
        while lines := [first.readline() for _ in range(4)]:
            lines += [second.readline() for _ in range(4)]
            if not any(lines):
                break
            found.append(b"".join(lines))


def check(
    command: list[str], ends: Sequence[tuple[Callable[..., None], Any]], **options: Any
) -> None:
    """Runs a child while threads do the rest; all must end well."""
    threads = [
        threading.Thread(target=function, args=arguments, daemon=True)
        for function, arguments in ends
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, **options) as child:
        for thread in threads:
            thread.start()
        try:
            _, said = child.communicate(timeout=TIME)
        except subprocess.TimeoutExpired:
            child.kill()
            raise
    assert child.returncode == 0, said
    for thread in threads:
        thread.join(TIME)
        assert not thread.is_alive()


def program(*words: object) -> list[str]:
    return [sys.executable, "-m", "biometal_stream", "--quiet", *map(str, words)]


def in_turn(mates: Sequence[list[bytes]]) -> list[bytes]:
    return [one + two for one, two in zip(*mates, strict=True)]


def test_both_ends(mates: Any, pipes: Any) -> None:
    one, two, out, other = pipes("one", "two", "out.fq", "other.fq")
    found: list[bytes] = []
    check(
        program("read", one, "--mate", two, "write", out, "--mate", other),
        [
            (write_in_turn, ([one, two], mates)),
            (read_in_turn, ([out, other], found, [open, open])),
        ],
    )
    assert found == in_turn(mates)


def test_compressed_and_tolerant(mates: Any, pipes: Any) -> None:
    one, two, out, other = pipes("one", "two", "out.fq.gz", "other.fq.zst")
    found: list[bytes] = []
    words = ["--on-bad-record", "skip", "--threads", 1]
    check(
        program(*words, "read", two, "--mate", one, "write", out, "--mate", other),
        [
            (write_in_turn, ([two, one], mates, partial(gzip.open, compresslevel=1))),
            (read_in_turn, ([out, other], found, [gzip.open, zstd.open])),
        ],
    )
    assert found == in_turn(mates)


def test_tee_and_process_substitution(mates: Any, tmp_path: Path) -> None:
    """One program writes two lanes in turn, one of them through a pipe of the shell's."""
    (tmp_path / "reads.fq").write_bytes(b"".join(mates[0]))
    line = (
        "mkfifo lane && "
        f"{' '.join(program('read'))} lane <(tee lane < reads.fq) write >(cat > out) --format fastq"
        "; wait $!"
    )
    check(["bash", "-c", line], [], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(Path.cwd())})
    assert (tmp_path / "out").read_bytes() == 2 * b"".join(mates[0])


def test_python_with_descriptors(mates: Any) -> None:
    """File objects to read, and descriptors to write that others hold, too, and that may block."""
    script = (
        "import os, sys, biometal_stream as bs\n"
        "one, two, out, other = map(int, sys.argv[1:])\n"
        "with open(one, 'rb') as first, open(two, 'rb', buffering=0) as second:\n"
        "    pipeline = bs.read_fastq(first, mate=second)\n"
        "    pipeline.write_fastq(f'/dev/fd/{out}', mate=f'/dev/fd/{other}')\n"
        "assert os.get_blocking(out) and os.get_blocking(other)\n"
    )
    ends = [os.pipe() for _ in range(4)]
    theirs = [ends[0][0], ends[1][0], ends[2][1], ends[3][1]]
    mine = [ends[0][1], ends[1][1], ends[2][0], ends[3][0]]
    found: list[bytes] = []

    def read(descriptors: list[int]) -> None:
        for number in theirs:  # the child has them now
            os.close(number)
        read_in_turn(descriptors, found, [open, open])

    check(
        [sys.executable, "-c", script, *map(str, theirs)],
        [(write_in_turn, (mine[:2], mates)), (read, (mine[2:],))],
        pass_fds=theirs,
    )
    assert found == in_turn(mates)
