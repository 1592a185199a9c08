"""What users write, as type checkers see it: they refuse the lines marked `wrong`, and no others.

`test_typing.py` has mypy and pyright look at this file; nothing runs it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_type

import biometal_stream as bs
from biometal_stream.plugin import ReadFilter, argument

reads = bs.read_fastq("R1.fq.gz", mate=["R2.fq.gz"], quality_encoding="auto")
assert_type(reads, bs.Pipeline)
bs.read_fastq("R1.fq.gz", quality_encoding="phred46")  # wrong
bs.read_fastq("R1.fq.gz", qualty_encoding="auto")  # wrong
bs.read_fastq(3)  # wrong

bs.MinLenght(50)  # wrong
bs.operator_classes  # wrong
bs.MinLength("50")  # wrong
bs.MinLength()  # wrong
bs.Select(["name"])
bs.Select(("name", "sequence"))
bs.Select("name")  # wrong
bs.Measure(["gc"])

kept = reads | bs.MinLength(50) | bs.Measure
assert_type(kept, bs.Pipeline)
reads | "out.parquet"  # wrong
reads | None  # wrong
joined = bs.MinLength(50) | bs.Measure() | bs.Head(3)
assert_type(reads | joined, bs.Pipeline)
joined.operators[0].name.upper()

assert_type(reads | bs.preset("illumina"), bs.Pipeline)
bs.preset("ilumina")  # wrong
kept.save("kept.toml")
assert_type(bs.load_pipeline("kept.toml", ["R1.fq.gz"], mate="R2.fq.gz"), bs.Pipeline)
bs.load_pipeline("kept.toml", plugin=["steps.py"])  # wrong
bs.save_report(bs.merge_reports([bs.load_report("a.json"), bs.load_report("b.json")]), "m.html")
bs.merge_reports("a.json")  # wrong

limited = kept.with_options(threads=2, memory="1G").with_options(memory=2**30, min_reads=None)
assert_type(limited, bs.Pipeline)
kept.with_options(memroy="1G")  # wrong
kept.with_options(threads="2")  # wrong

report = kept.write_parquet("out.parquet", compression="zstd", level=3, partition_by="lane")
assert_type(report, bs.Report)
kept.write_parquet("out.parquet", compression="zst")  # wrong
kept.write_parquet("out.parquet", compresion="zstd")  # wrong
kept.write_parquet("out/", engine="ray", partition_bytes="64M")
kept.write_parquet("out/", engine="dask")  # wrong
kept.write_arrow("out.arrow", stream=True, compression="lz4")
kept.write_arrow("out.arrow", compression="gzip")  # wrong
kept.write_fastq("out.fq", mate="out2.fq", compression="none")
kept.write_fastq("out.fq", shards=3)  # wrong
report.reads_in.bit_length()
report.reads_inn  # wrong

assert_type(kept.count(), int)
kept.head(5).num_rows
for read in kept.records():
    assert_type(read, bs.Read)
    assert_type(read.name, str)
    assert_type(read.quality, str | None)
    read.seq  # wrong
kept.summary().mean_length
kept.summary().mean_lenght  # wrong


def lengths(pipeline: bs.Pipeline) -> Iterator[int]:
    """Yields the length of each read."""
    for read in pipeline.records():
        yield len(read.sequence)


@dataclass(frozen=True)
class Longer(ReadFilter):
    """An operator of one's own is typed like ours."""

    length: int = argument("The length.")


reads | Longer(3) | bs.MinLength(3)
reads | Longer()  # wrong
reads | Longer("3")  # wrong

try:
    reads.count()
except bs.TooFewReadsError as error:
    error.exit_status.bit_length()
except bs.ToFewReadsError:  # wrong
    pass
