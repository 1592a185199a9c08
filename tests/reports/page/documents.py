"""Documents that tests of the page show."""

import dataclasses
import json
from pathlib import Path

import biometal_stream as bs
from biometal_stream.reports.document.document import Document
from biometal_stream.sinks import DiscardSink
from tests.reports.runs import fastq

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>'\"&{{7*7}}\u2028"


def pairs(folder: Path, *, number: int = 300, **options) -> Document:
    """Paired reads, trimmed and filtered, with quality control before and after."""
    paths = []
    for mate in (1, 2):
        path = folder / f"pairs_R{mate}.fq"
        path.write_text(fastq(number, mate))
        paths.append(path)
    pipeline = bs.read_fastq(paths[0], mate=paths[1])
    steps = (
        bs.QualityControl(),
        bs.TrimQuality(),
        bs.MinLength(20),
        bs.MaxN(1),
        bs.QualityControl(),
        bs.Summarize(),
    )
    for each in steps:
        pipeline |= each
    return pipeline.with_options(**options).run(DiscardSink()).document(command="biometal-stream …")


def single(folder: Path, text: str | None = None, suffix: str = "fq") -> Document:
    """Single reads, nothing done to them."""
    path = folder / f"single.{suffix}"
    path.write_text(fastq(200) if text is None else text)
    return (bs.read(path) | bs.QualityControl()).run(DiscardSink()).document()


def long_reads(folder: Path) -> Document:
    """Reads of up to 5,000 bases."""
    path = folder / "long.fq"
    path.write_text(fastq(40, longest=5_000))
    return (bs.read(path) | bs.QualityControl()).run(DiscardSink()).document()


def hostile(document: Document) -> Document:
    """The document with script in every text that users or plugins can set."""
    step = {
        "name": HOSTILE, "operator": HOSTILE, "kind": "filter", "reason": HOSTILE, "dropped": 1,
        "reads_in": 2, "reads_out": 1, "pairs_in": None, "pairs_out": None, "reads_trimmed": None,
        "bases_trimmed": None, "reads_split": None,
    }  # fmt: skip
    return dataclasses.replace(
        document,
        sample=HOSTILE,
        command=HOSTILE,
        steps=(step,),
        counts={HOSTILE: 3},
        findings=((HOSTILE, HOSTILE),),
        warnings=(HOSTILE,),
        results={HOSTILE: {HOSTILE: HOSTILE, "table": [{HOSTILE: 1}], "list": [HOSTILE]}},
        quality=dict.fromkeys((HOSTILE,), list(document.quality.values())[-1]),
    )


def many_steps(document: Document, number: int) -> Document:
    """The document of a run with so many steps."""
    left = document.reads_in or 0
    steps = []
    for place in range(number):
        step = dict(document.steps[2], operator=f"min-length {place}", reads_in=left)
        left -= place % 3
        steps.append(step | {"reads_out": left, "dropped": place % 3})
    return dataclasses.replace(document, steps=tuple(steps), reads_out=left)


def island(page: str) -> list[dict]:
    """The data of a page."""
    begin = page.index('id="data">') + len('id="data">')
    return json.loads(page[begin : page.index("</script>", begin)])
