"""Compares our verdict on each read with deacon's, by the same index.

All real reads of the shared data are compared, and simulated ones, single and in pairs. A part of
human chromosome 20 is indexed.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import biometal_stream as bs
from benches.depletion.indexes import DEFAULT, build
from benches.depletion.simulate import Reads
from benches.depletion.sources import LONG, SHORT, Sources
from benches.depletion.tables import table
from benches.machine import REPOSITORY
from benches.processes import Command, run

THRESHOLDS = ((2, 0.01), (1, 0.0), (3, 0.07))
"""Hits and shares."""

_SCRIPT = REPOSITORY / "benches" / "scripts" / "verdicts_of_deacon.py"


@dataclass(frozen=True)
class Job:
    """An input, and thresholds.

    Attributes:
        group: What the input is.
        inputs: A file, or two with mates.
        outputs: Where deacon writes what it keeps, as FASTA.
        hits: The fewest hits.
        fraction: Their least share.
    """

    group: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    hits: int
    fraction: float


def report(shared: Path, bases: int, seed: int, python: str) -> str:
    """Makes the table, in Markdown.

    Args:
        shared: The folder with ``genomes/`` and ``reads/``.
        bases: How many bases to simulate of each source and kind of reads.
        seed: The reads are the same for the same seed.
        python: A Python that has deacon.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sources = Sources(shared, bases, seed)
        index = folder / f"{build(sources.indexed, DEFAULT, folder).stem}.idx"
        files = [*_real(shared), *_simulated(sources, folder)]
        jobs = list(_jobs(files, folder))
        orders = folder / "jobs"
        orders.write_text("".join(f"{json.dumps(vars(job))}\n" for job in jobs))
        run(Command((python, str(_SCRIPT), str(index)), stdin=str(orders)))
        counts: dict[str, list[int]] = {}
        for job in jobs:
            total = counts.setdefault(job.group, [0, 0, 0, 0])
            for place, number in enumerate((1, *compare(job, index))):
                total[place] += number
    rows = [[group, *(f"{number:,}" for number in total)] for group, total in counts.items()]
    rows.append(["all", *(f"{sum(column):,}" for column in zip(*counts.values(), strict=True))])
    heads = ["reads", "runs", "verdicts", "matches", "runs that differ"]
    rules = ", ".join(f"{hits} hits and {fraction:.0%}" for hits, fraction in THRESHOLDS)
    return f"### Verdicts of deacon and ours: {rules}\n\n{table(heads, rows)}"


def compare(job: Job, index: Path) -> tuple[int, int, int]:
    """Runs a job.

    Returns:
        The reads or pairs, those that match, and whether we keep other reads than deacon, or in
        another order.
    """
    source = bs.read(job.inputs[0], mate=job.inputs[1] if job.inputs[1:] else None)
    step = bs.Deplete(str(index), min_hits=job.hits, min_fraction=job.fraction)
    execution = (source | step).execution()
    kept: list[tuple[str, str]] = []
    for batch in execution.stream():
        columns = (batch.column(name).to_pylist() for name in ("name", "sequence"))
        kept += zip(*columns, strict=True)
    found = execution.report().results["deplete"]
    mates = len(job.outputs)
    theirs = [_kept(Path(path)) for path in job.outputs]
    same = all(kept[mate::mates] == theirs[mate] for mate in range(mates))
    return found.reads, found.matched, int(not same)


def _kept(path: Path) -> list[tuple[str, str]]:
    """The names and bases in FASTA with a line of bases each."""
    lines = path.read_text().split("\n")
    names = (line[1:].partition(" ")[0] for line in lines[::2])
    return list(zip(names, lines[1::2], strict=False))


def _jobs(files: Sequence[tuple[str, tuple[str, ...]]], folder: Path) -> Iterator[Job]:
    numbered = enumerate(product(files, THRESHOLDS))
    for number, ((group, inputs), (hits, fraction)) in numbered:
        outputs = tuple(str(folder / f"{number}_{mate}.fa") for mate in range(len(inputs)))
        yield Job(group, inputs, outputs, hits, fraction)


def _real(shared: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """All files, each alone, and those of mates together."""
    for path in sorted((shared / "reads").glob("*/*.fastq.gz")):
        yield "real, single", (str(path),)
        mates = path.with_name(path.name.replace("_R1.", "_R2."))
        if mates != path:
            yield "real, pairs", (str(path), str(mates))


def _simulated(sources: Sources, folder: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    for number, (source, kind) in enumerate(product(sources.all, SHORT + LONG)):
        mates = 2 if kind.paired else 1
        reads = sources.reads(source, kind)
        paths = tuple(folder / f"reads_{number}_{mate}.fa" for mate in range(mates))
        for mate, path in enumerate(paths):
            path.write_bytes(_fasta(reads, mate, mates))
        yield f"simulated, {'pairs' if kind.paired else 'single'}", tuple(map(str, paths))
    sources.forget()


def _fasta(reads: Reads, mate: int, mates: int) -> bytes:
    column = reads.sequences
    rows = zip(column.starts[mate::mates], column.stops[mate::mates], strict=True)
    texts = (column.data[start:stop].tobytes() for start, stop in rows)
    return b"".join(b">%d\n%b\n" % each for each in enumerate(texts))
