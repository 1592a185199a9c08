"""The reads that are timed: real ones, as plain text, gzip and BGZF."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import tempfile
import zlib
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from isal import igzip

from benches.machine import REPOSITORY
from biometal_stream.sinks import bgzf

if TYPE_CHECKING:
    from collections.abc import Iterator

LEVEL = 6
"""The level of compression of gzip and BGZF: the default of gzip and bgzip."""

BUNDLED = REPOSITORY / "biometal_stream" / "data"
"""The folder of the sample that comes with the package."""

_ENVIRONMENT = "BIOMETAL_SHARED_DATA"
_BESIDE = REPOSITORY.parent / "shared" / "data"
_ILLUMINA = Path("reads", "illumina")
_LAYOUT = 1  # to be raised when what is written changes
_PIECE = 16 * bgzf.BLOCK
_NAMES = {"plain": "reads.fq", "gzip": "reads.fq.gz", "bgzf": "reads.bgzf.gz"}


class NoReadsError(Exception):
    """There is nothing to make the input of."""


@dataclass(frozen=True)
class Input:
    """Reads on disk.

    Attributes:
        origin: The folder that the reads are from.
        files: How many files of it.
        reads: The number of reads.
        bases: The number of bases.
        pass_reads: The reads in one pass over the files; more are had by starting again.
        pass_bytes: The bytes of text in one pass.
        text: The bytes of text.
        sizes: The bytes of each form: ``plain``, ``gzip``, ``bgzf``.
        compressors: What made the compressed forms.
        paths: Where each form is.
    """

    origin: str
    files: int
    reads: int
    bases: int
    pass_reads: int
    pass_bytes: int
    text: int
    sizes: dict[str, int]
    compressors: dict[str, str]
    paths: dict[str, str]

    def path(self, form: str) -> str:
        """The file of a form."""
        return self.paths[form]


def find_reads(given: Path | None) -> list[Path]:
    """Finds the files of real reads.

    Args:
        given: A folder with ``.fastq.gz`` files, or with such a folder as ``reads/illumina``
            in it. By default that which ``BIOMETAL_SHARED_DATA`` names, else ``shared/data``
            beside the clone, else the sample that comes with the package.

    Raises:
        NoReadsError: The folder has none.
    """
    named = os.environ.get(_ENVIRONMENT)
    if given is None and named:
        given = Path(named)
    if given is None:
        given = _BESIDE if (_BESIDE / _ILLUMINA).is_dir() else BUNDLED
    folder = given / _ILLUMINA if (given / _ILLUMINA).is_dir() else given
    files = sorted(folder.glob("*.fastq.gz"))
    if not files:
        raise NoReadsError(f"{folder}: holds no .fastq.gz files; name a folder that does")
    return files


def prepare(files: list[Path], reads: int, cache: Path) -> Input:
    """Writes the reads of all files, one file after the other and again from the first.

    Args:
        files: FASTQ, gzip.
        reads: How many to write.
        cache: A folder. What is there already is used as it is.

    Raises:
        NoReadsError: The files are empty.
    """
    cache.mkdir(parents=True, exist_ok=True)
    folder = cache / _key(files, reads)
    about = folder / "input.json"
    if not about.exists():
        with tempfile.TemporaryDirectory(dir=cache) as temporary:
            made = Path(temporary) / "input"
            made.mkdir()
            found = _write(files, reads, made)
            (made / about.name).write_text(json.dumps(asdict(found), indent=2))
            made.rename(folder)
    # Not the paths that were written: the cache may have been moved since.
    return replace(Input(**json.loads(about.read_text())), paths=_paths(folder))


def _paths(folder: Path) -> dict[str, str]:
    return {form: str(folder / name) for form, name in _NAMES.items()}


def _key(files: list[Path], reads: int) -> str:
    """A name for the input, another one when anything about it changes."""
    digest = hashlib.sha256(repr((_LAYOUT, LEVEL, zlib.ZLIB_RUNTIME_VERSION)).encode())
    for file in files:
        digest.update(repr((str(file.resolve()), file.stat().st_size)).encode())
    return f"{reads}-{digest.hexdigest()[:12]}"


def _write(files: list[Path], reads: int, made: Path) -> Input:
    plain = made / _NAMES["plain"]
    bases, pass_reads, pass_bytes = _write_plain(files, reads, plain)
    compressor = zlib.compressobj(LEVEL, zlib.DEFLATED, 31)
    with (made / _NAMES["gzip"]).open("wb") as one, (made / _NAMES["bgzf"]).open("wb") as blocks:
        for piece in _pieces(plain):
            one.write(compressor.compress(piece))
            blocks.write(bgzf.compress_blocks(memoryview(piece), LEVEL))
        one.write(compressor.flush())
        blocks.write(bgzf.END)
    sizes = {form: (made / name).stat().st_size for form, name in _NAMES.items()}
    return Input(
        origin=str(files[0].parent),
        files=len(files),
        reads=reads,
        bases=bases,
        pass_reads=pass_reads,
        pass_bytes=pass_bytes,
        text=sizes["plain"],
        sizes=sizes,
        compressors={
            "gzip": f"zlib {zlib.ZLIB_RUNTIME_VERSION}, level {LEVEL}, one member",
            "bgzf": f"libdeflate, level {LEVEL}",
        },
        paths=_paths(made),
    )


def _write_plain(files: list[Path], reads: int, target: Path) -> tuple[int, int, int]:
    """Writes the reads as text; returns the bases, and the reads and bytes of one pass."""
    left, bases, written, pass_reads, pass_bytes = reads, 0, 0, 0, 0
    with target.open("wb") as out:
        for number, file in enumerate(itertools.cycle(files)):
            if not left:
                break
            if number == len(files):
                pass_reads, pass_bytes = reads - left, written
                if not pass_reads:
                    raise NoReadsError(f"{file.parent}: holds no reads; name another folder")
            text, found, count = _records(file, left)
            out.write(text)
            bases += found
            left -= count
            written += len(text)
    return bases, pass_reads or reads, pass_bytes or written


def _records(file: Path, most: int) -> tuple[bytes, int, int]:
    """The first records of a file, the number of their bases, and their number."""
    with igzip.open(file, "rb") as stream:  # type: ignore[no-untyped-call]
        text: bytes = stream.read()
    if not text.endswith(b"\n"):
        text += b"\n"
    ends = np.flatnonzero(np.frombuffer(text, np.uint8) == ord("\n"))
    count = min(len(ends) // 4, most)
    if not count:
        return b"", 0, 0
    ends = ends[: 4 * count]
    bases = int((ends[1::4] - ends[0::4] - 1).sum())
    return text[: int(ends[-1]) + 1], bases, count


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while piece := stream.read(_PIECE):
            yield piece
