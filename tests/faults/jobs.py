"""Jobs of the command line, one for each way of writing, and what their targets hold."""

from __future__ import annotations

import gzip
import os
from dataclasses import dataclass
from pathlib import Path

from biometal_stream.cli.demo import sample_path

OLD = b"what stood here before\n"


@dataclass(frozen=True)
class Job:
    """A command line that reads from ``..`` and writes into the current folder.

    Attributes:
        words: Its words.
        files: The targets that are files; they are given old contents beforehand.
        folder: The target that is a folder.
    """

    words: str
    files: tuple[str, ...] = ()
    folder: str | None = None


_SMALL = "--quiet --threads 2"

JOBS = {
    "parquet": Job(f"read ../reads.fq.gz measure write t.parquet {_SMALL}", ("t.parquet",)),
    "shards": Job(f"read ../reads.fq.gz write t/ --shards 3 {_SMALL}", folder="t"),
    "partitions": Job(
        f"read ../pairs.fq --interleaved write t --partition-by mate {_SMALL}", folder="t"
    ),
    "arrow": Job(f"read ../reads.fq write t.arrow {_SMALL}", ("t.arrow",)),
    "arrow stream": Job(f"read ../reads.fq.gz write t.arrows {_SMALL}", ("t.arrows",)),
    "fastq": Job(f"read ../reads.fq.gz min-length 60 write t.fq {_SMALL}", ("t.fq",)),
    "fastq gzip": Job(f"read ../reads.fq write t.fq.gz {_SMALL}", ("t.fq.gz",)),
    "fastq zstd": Job(f"read ../reads.fq write t.fq.zst {_SMALL}", ("t.fq.zst",)),
    "mates": Job(
        f"read ../pairs.fq --interleaved write t_1.fq --mate t_2.fq {_SMALL}", ("t_1.fq", "t_2.fq")
    ),
    "template": Job(
        f"read ../pairs.fq --interleaved measure --columns length write t_{{length}}_R{{mate}}.fq"
        f" {_SMALL}",
        ("t_250_R1.fq", "t_250_R2.fq"),
    ),
    "rejected": Job(
        f"read ../pairs.fq --interleaved max-n 0 write t.fq.gz --rejected r_R{{mate}}.fq {_SMALL}",
        ("t.fq.gz", "r_R1.fq", "r_R2.fq"),
    ),
    "routes": Job(
        "read ../odd_pairs.fq --interleaved --pairs split max-n 0 measure --columns length"
        f" write t_{{length}}_R{{mate}}.fq --orphans o_R{{mate}}.fq --rejected r.fq.gz {_SMALL}",
        ("t_250_R1.fq", "t_250_R2.fq", "o_R1.fq", "o_R2.fq", "r.fq.gz"),
    ),
    "statistics": Job(
        f"read ../reads.fq head 50 write t.fq --stats t.json {_SMALL}", ("t.fq", "t.json")
    ),
    "quarantine": Job(f"read ../bad.fq write t.fq --quarantine q.fq {_SMALL}", ("t.fq", "q.fq")),
    "summary": Job(f"read ../reads.fq --stats t.json {_SMALL}", ("t.json",)),
}

TOGETHER = {"mates", "rejected", "routes", "template"}
"""The jobs of which all targets are new or none."""

VARYING = {"t.json"}
"""The targets whose bytes differ from run to run, since they hold times."""


def make_inputs(folder: Path) -> None:
    """Writes the inputs of all jobs: 400 real reads, and bad ones among them."""
    with sample_path() as path, gzip.open(path, "rb") as file:
        lines = file.read().splitlines(keepends=True)[: 4 * 400]
    reads = b"".join(lines)
    (folder / "reads.fq").write_bytes(reads)
    (folder / "reads.fq.gz").write_bytes(gzip.compress(reads, 1))
    (folder / "mates.fq.gz").write_bytes(gzip.compress(reads.replace(b"/1\n", b"/2\n"), 1))
    pairs = []
    for start in range(0, len(lines), 4):
        name = lines[start].split()[0].removesuffix(b"/1")
        for mate in (b"/1\n", b"/2\n"):
            pairs += [name + mate, *lines[start + 1 : start + 4]]
    (folder / "pairs.fq").write_bytes(b"".join(pairs))
    (folder / "odd_pairs.fq").write_bytes(b"".join(_with_n(pairs)))
    bad = b"@bad\nACGT\n+\nIII\n"
    (folder / "bad.fq").write_bytes(reads[: len(reads) // 2].rpartition(b"@")[0] + bad + reads)


def _with_n(pairs: list[bytes]) -> list[bytes]:
    """The same pairs with an N in neither, the first, the second or both mates."""
    sequences = {place: pairs[place].replace(b"N", b"A") for place in range(1, len(pairs), 4)}
    for place in sequences:
        if place // 4 % 5 < 2:
            sequences[place] = b"N" + sequences[place][1:]
    return [sequences.get(place, line) for place, line in enumerate(pairs)]


def prepare(job: Job, folder: Path) -> Path:
    """Makes the folder that a job runs in, with old targets; the inputs stand beside it."""
    folder.mkdir()
    for name in job.files:
        (folder / name).write_bytes(OLD)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """All files below a folder, and hidden folders."""
    found = {}
    for root, folders, files in os.walk(folder):
        for name in [*files, *(each for each in folders if each.startswith("."))]:
            path = Path(root, name)
            found[os.fspath(path.relative_to(folder))] = (
                path.read_bytes() if path.is_file() else b""
            )
    return found


def verdict(name: str, found: dict[str, bytes], whole: dict[str, bytes]) -> str | None:
    """What is wrong with what a run left behind; nothing where each target is old or whole.

    Args:
        name: The job.
        found: What is there.
        whole: What a run that ends well leaves.
    """
    job = JOBS[name]
    if left := [path for path in found if any(part[0] == "." for part in path.split("/"))]:
        return f"left behind: {left}"
    if job.folder is not None:
        return None if found in ({}, whole) else f"half a folder: {sorted(found)}"
    states = set()
    for path in job.files:
        data = found.get(path)
        new = data == whole.get(path, b"") or (path in VARYING and data is not None and _ends(data))
        if not new and data != OLD:
            return f"{path} is {'gone' if data is None else 'neither old nor whole'}"
        states.add(new)
    if set(found) - set(job.files):
        return f"more than the targets: {sorted(found)}"
    if name in TOGETHER and len(states) > 1:
        return "one mate is new and one old"
    return None


def _ends(data: bytes) -> bool:
    return data.startswith(b"{\n") and data.endswith(b"\n}\n")
