"""Documents that tests of the page show."""

import dataclasses
import json
import random
from itertools import accumulate
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

import biometal_stream as bs
from biometal_stream.reports.document.document import Document
from biometal_stream.sinks import DiscardSink
from tests.reports.runs import fastq

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>'\"&{{7*7}}\u2028"


def pairs(folder: Path, *, number: int = 300, **options) -> Document:
    """Paired reads, trimmed and filtered, with quality control before and after."""
    paths = [folder / f"pairs_R{mate}.fq" for mate in (1, 2)]
    mates = zip(*(_pair(random.Random(place), place) for place in range(number)), strict=True)
    for path, reads in zip(paths, mates, strict=True):
        path.write_text("".join(reads))
    pipeline = bs.read_fastq(paths[0], mate=paths[1])
    steps = (
        bs.QualityControl(inserts=True),
        bs.TrimQuality(),
        bs.MinLength(40),
        bs.MaxN(1),
        bs.QualityControl(),
        bs.Summarize(),
        bs.Screen(("phix", "lambda")),
    )
    for each in steps:
        pipeline |= each
    return pipeline.with_options(**options).run(DiscardSink()).document(command="biometal-stream …")


def _pair(draw: random.Random, number: int) -> tuple[str, str]:
    insert = "".join(draw.choices("ACGTN", (10, 10, 10, 10, 0.05), k=draw.randint(30, 90)))
    other = insert[::-1].translate(str.maketrans("ACGT", "TGCA"))
    mates = []
    for bases in (insert[:60], other[:60]):
        scores = "I" * 20 + "".join(draw.choices("#+5?FI", (1, 1, 1, 2, 5, 9), k=60))
        mates.append(f"@r{number}\n{bases}\n+\n{scores[: len(bases)]}\n")
    return mates[0], mates[1]


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


def everything(folder: Path) -> Document:
    """Reads with all that quality control can find in single reads."""
    draw = random.Random(1)
    rows = [_row(draw, number) for number in range(400)]
    reads = {name: [row[name] for row in rows] for name in rows[0]}
    for name in ("host_label", "truth"):
        reads[name] = pa.array(reads[name]).dictionary_encode()
    reads["host_probability"] = pa.array(reads["host_probability"], pa.float32())
    path = folder / "everything.parquet"
    pq.write_table(pa.table(reads), path)
    control = bs.QualityControl(kmers=True, truth="truth")
    return (bs.read(path) | control).run(DiscardSink()).document()


def _row(draw: random.Random, number: int) -> dict[str, object]:
    length = int(10 ** draw.uniform(1.5, 3.5))
    tile, hour = 1101 + number % 5, number % 7
    return {
        "name": f"M1:1:F:1:{tile}:{number}:1",
        "description": f"ch={1 + number % 9} start_time=2024-01-01T0{hour}:00:00Z",
        "sequence": "GATTACA" * 4 + "".join(draw.choices("ACGT", k=length)),
        "quality": "I" * 28 + "".join(draw.choices("5?FI", k=length)),
        "host_label": draw.choice(["human", "other", HOSTILE]),
        "host_probability": draw.random(),
        "truth": draw.choice(["human", "other"]),
    }


def hostile(document: Document) -> Document:
    """The document with script in every text that users or plugins can set."""
    step = {
        "name": HOSTILE, "operator": HOSTILE, "kind": "filter", "reason": HOSTILE, "dropped": 1,
        "reads_in": 2, "reads_out": 1, "pairs_in": None, "pairs_out": None, "reads_trimmed": None,
        "bases_trimmed": None, "reads_split": None, "pairs_merged": None,
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


def unpacked(column: list | dict[str, list]) -> list:
    """The cells of a column of the island."""
    if isinstance(column, list):
        return column
    runs = column.get("runs") or column["steps"]
    cells = [
        value for value, times in zip(runs[::2], runs[1::2], strict=True) for _ in range(times)
    ]
    return list(accumulate(cells)) if "steps" in column else cells
