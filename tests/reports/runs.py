"""Documents of small runs, for tests of reports."""

import random
from pathlib import Path

import biometal_stream as bs
from biometal_stream.reports.quality.named import Tables
from biometal_stream.sinks import DiscardSink

QUALITIES = "#+5?FI"


def fastq(number: int, seed: int = 0, *, longest: int = 60, prefix: str = "r") -> str:
    """Reads of random bases and lengths, some with N."""
    draw = random.Random(seed)
    reads = []
    for place in range(number):
        length = draw.randint(1, longest)
        bases = "".join(draw.choices("ACGTN", (10, 10, 10, 10, 0.2), k=length))
        scores = "".join(draw.choices(QUALITIES, k=length))
        reads.append(f"@{prefix}{place}\n{bases}\n+\n{scores}\n")
    return "".join(reads)


def report_of(path: Path, *operators, **options):
    """Reads a file, with quality control before and after some operators."""
    pipeline = bs.read_fastq(path)
    for each in (bs.QualityControl(), *operators, bs.QualityControl()):
        pipeline |= each
    return pipeline.with_options(**options).run(DiscardSink())


def document_of(path: Path, *operators, **options):
    return report_of(path, *operators, **options).document()


class Shown(Tables):
    """A result of quality control that has these tables, and counts of the group ``reads``."""

    def __init__(self, tables):
        self.made = tables
        self.state = {"reads": {}}

    @property
    def tables(self):
        return self.made
