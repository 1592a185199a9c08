"""The reads that are timed: real ones of many runs, mixed, in every form that jobs read."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import random
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from isal import igzip

from benches.gzi import write_index
from benches.machine import REPOSITORY
from biometal_stream.codecs.bgzf import writer as bgzf
from biometal_stream.run import available_cores

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from numpy.typing import NDArray

GZIP_LEVEL = 6
"""The level of gzip and BGZF: the default of gzip and bgzip."""

ZSTD_LEVEL = 3
"""The level of zstd: its default."""

PIECE = 1_000
"""So many reads of one file follow each other; then come those of another."""

SEED = 3
"""Of the order of the pieces."""

BUNDLED = REPOSITORY / "biometal_stream" / "data"
"""The folder of the sample that comes with the package."""

_ENVIRONMENT = "BIOMETAL_SHARED_DATA"
_BESIDE = REPOSITORY.parent / "shared" / "data"
_ILLUMINA = Path("reads", "illumina")
_LAYOUT = 3  # to be raised when what is written changes
_BLOCKS = 16 * bgzf.BLOCK
_NAMES = {
    "plain": "reads.fastq",
    "gzip": "reads.fastq.gz",
    "bgzf": "reads.bgzf.fastq.gz",
    "zstd": "reads.fastq.zst",
    "mates 1": "reads_R1.fastq.gz",
    "mates 2": "reads_R2.fastq.gz",
}


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
        pairs: The number of pairs in the two files of mates, 0 where the folder has no mates.
        sizes: The bytes of each form.
        compressors: What made the compressed forms.
        folder: Where they are.
    """

    origin: str
    files: int
    reads: int
    bases: int
    pass_reads: int
    pass_bytes: int
    text: int
    pairs: int
    sizes: dict[str, int]
    compressors: dict[str, str]
    folder: str = ""

    def has(self, form: str) -> bool:
        """Whether there is such a form: ``pairs`` needs files with mates."""
        return self.pairs > 0 if form == "pairs" else form in self.sizes

    def paths(self, form: str) -> tuple[str, ...]:
        """The files of a form: one, or for ``pairs`` two."""
        names = ("mates 1", "mates 2") if form == "pairs" else (form,)
        return tuple(str(Path(self.folder, _NAMES[name])) for name in names)

    def reads_of(self, form: str) -> int:
        """The number of reads of a form; both mates count."""
        return 2 * self.pairs if form == "pairs" else self.reads


@dataclass(frozen=True)
class _Set:
    """The reads of one run: of one file, or of two with mates.

    Attributes:
        texts: The text of each file.
        ends: (reads + 1,) where each record of each file ends, after 0.
        bases: (reads + 1,) how many bases come before that.
    """

    texts: tuple[bytes, ...]
    ends: tuple[NDArray[np.int64], ...]
    bases: tuple[NDArray[np.int64], ...]

    @property
    def reads(self) -> int:
        return len(self.ends[0]) - 1


@dataclass
class _Count:
    """What is written of one form."""

    reads: int = 0
    bases: int = 0
    size: int = 0
    pass_reads: int = 0
    pass_bytes: int = 0


def find_reads(given: Path | None) -> list[Path]:
    """Finds the files of real reads.

    Args:
        given: A folder with ``.fastq.gz`` files, or with such a folder as ``reads/illumina``
            in it. By default that which ``BIOMETAL_SHARED_DATA`` names, else ``shared/data``
            next to the clone, else the sample that comes with the package.

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
    """Writes the reads of all files, mixed, in every form.

    Each file is cut into pieces of `PIECE` reads, and a pass writes each piece once, in an order
    that is drawn with `SEED`; the next pass draws another. Mates are mixed in the same way, the
    two files alike: half as many pairs as there are reads otherwise. All their names have marks
    of mates, or none has.

    Args:
        files: FASTQ, gzip. Those called ``_R1.fastq.gz`` and ``_R2.fastq.gz`` hold mates.
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
    # Not the folder that was written to: the cache may have been moved since.
    return replace(Input(**json.loads(about.read_text())), folder=str(folder))


def _key(files: list[Path], reads: int) -> str:
    """A name for the input, another one when anything about it changes."""
    settings = (_LAYOUT, GZIP_LEVEL, ZSTD_LEVEL, PIECE, SEED, zlib.ZLIB_RUNTIME_VERSION)
    digest = hashlib.sha256(repr(settings).encode())
    for file in files:
        digest.update(repr((str(file.resolve()), file.stat().st_size)).encode())
    return f"{reads}-{digest.hexdigest()[:12]}"


def _write(files: list[Path], reads: int, made: Path) -> Input:
    names = {file.name for file in files}
    mates = [
        (file, file.with_name(_mate_of(file.name)))
        for file in files
        if _mate_of(file.name) in names
    ]
    pairs = reads // 2 if mates else 0
    plain = made / _NAMES["plain"]
    count = _mix([_read(file) for file in files], reads, [plain])
    if not count.reads:
        raise NoReadsError(f"{files[0].parent}: holds no reads; name another folder")
    work = [
        (_to_gzip, plain, made / _NAMES["gzip"]),
        (_to_bgzf, plain, made / _NAMES["bgzf"]),
        (_to_zstd, plain, made / _NAMES["zstd"]),
    ]
    texts = [made / "R1.fq", made / "R2.fq"] if pairs else []
    if pairs:
        _mix(_named_alike([_read(*both) for both in mates]), pairs, texts)
        work += [
            (_to_gzip, text, made / _NAMES[form])
            for text, form in zip(texts, ("mates 1", "mates 2"), strict=True)
        ]
    with ThreadPoolExecutor(available_cores()) as pool:
        for done in [pool.submit(each, source, target) for each, source, target in work]:
            done.result()
    for text in texts:
        text.unlink()
    sizes = {
        form: (made / name).stat().st_size
        for form, name in _NAMES.items()
        if (made / name).exists()
    }
    gzip = f"zlib {zlib.ZLIB_RUNTIME_VERSION}, level {GZIP_LEVEL}, one member"
    return Input(
        origin=str(files[0].parent),
        files=len(files),
        reads=count.reads,
        bases=count.bases,
        pass_reads=count.pass_reads,
        pass_bytes=count.pass_bytes,
        text=count.size,
        pairs=pairs,
        sizes=sizes,
        compressors={
            "gzip": gzip,
            "bgzf": f"libdeflate, level {GZIP_LEVEL}",
            "zstd": f"libzstd, level {ZSTD_LEVEL}, one frame",
            "mates 1": gzip,
            "mates 2": gzip,
        },
    )


def _mate_of(name: str) -> str:
    """The name of the file with mates 2, of one with mates 1; empty for any other."""
    stem = name.removesuffix("_R1.fastq.gz")
    return f"{stem}_R2.fastq.gz" if stem != name else ""


def _read(*files: Path) -> _Set:
    """Reads a file, or two with mates; of these as many records as both have."""
    texts, ends, bases = [], [], []
    for file in files:
        with igzip.open(file, "rb") as stream:  # type: ignore[no-untyped-call]
            text: bytes = stream.read()
        if not text.endswith(b"\n"):
            text += b"\n"
        lines = np.flatnonzero(np.frombuffer(text, np.uint8) == ord("\n"))
        lines = lines[: len(lines) // 4 * 4]
        texts.append(text)
        ends.append(np.concatenate([[0], lines[3::4] + 1]))
        bases.append(np.concatenate([[0], np.cumsum(lines[1::4] - lines[0::4] - 1)]))
    most = min(map(len, ends))
    return _Set(
        tuple(texts), tuple(each[:most] for each in ends), tuple(each[:most] for each in bases)
    )


def _named_alike(mates: list[_Set]) -> list[_Set]:
    """Those whose names end in marks of mates, as in ``read/1``, or those without: the more.

    AdapterRemoval takes the ones or the others, and no mixture.
    """
    groups: tuple[list[_Set], list[_Set]] = [], []
    for each in mates:
        name = each.texts[0].split(None, 1)[:1]
        groups[bool(name) and name[0].endswith(b"/1")].append(each)
    return max(groups, key=lambda sets: sum(each.reads for each in sets))


def _mix(sets: list[_Set], reads: int, targets: list[Path]) -> _Count:
    """Writes the reads of all sets in pieces, until there are enough."""
    count = _Count()
    pieces = [
        (each, start, min(start + PIECE, each.reads))
        for each in sets
        for start in range(0, each.reads, PIECE)
    ]
    order = random.Random(SEED)  # noqa: S311 - no secret
    outs = [target.open("wb") for target in targets]
    try:
        for number in itertools.count():
            if not pieces or count.reads == reads:
                break
            order.shuffle(pieces)
            for each, start, end in pieces:
                stop = min(end, start + reads - count.reads)
                for out, text, ends, bases in zip(
                    outs, each.texts, each.ends, each.bases, strict=True
                ):
                    out.write(text[int(ends[start]) : int(ends[stop])])
                    count.bases += int(bases[stop] - bases[start])
                count.reads += stop - start
            if not number:
                count.pass_reads, count.pass_bytes = count.reads, sum(out.tell() for out in outs)
        count.size = sum(out.tell() for out in outs)
    finally:
        for out in outs:
            out.close()
    return count


def _to_gzip(source: Path, target: Path) -> None:
    compressor = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, 31)
    _compress(source, target, compressor.compress, compressor.flush)


def _to_bgzf(source: Path, target: Path) -> None:
    _compress(
        source,
        target,
        lambda piece: bytes(bgzf.compress_blocks(memoryview(piece), GZIP_LEVEL)),
        lambda: bgzf.END,
    )
    write_index(target)  # without which polars-bio reads with one thread


def _to_zstd(source: Path, target: Path) -> None:
    options: dict[int, int] = {
        zstd.CompressionParameter.compression_level: ZSTD_LEVEL,
        zstd.CompressionParameter.checksum_flag: 1,
    }
    compressor = zstd.ZstdCompressor(options=options)
    _compress(source, target, compressor.compress, compressor.flush)


def _compress(
    source: Path, target: Path, compress: Callable[[bytes], bytes], end: Callable[[], bytes]
) -> None:
    with target.open("wb") as out:
        for piece in _pieces(source):
            out.write(compress(piece))
        out.write(end())


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while piece := stream.read(_BLOCKS):
            yield piece
