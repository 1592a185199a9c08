"""The sizes of inserts as a result of the run."""

from collections import Counter

import pyarrow as pa

import biometal_stream as bs
from biometal_stream.sinks import DiscardSink
from tests.operators.library import erroneous, library


def summary(reads, **options):
    return reads.with_options(**options).run(DiscardSink()).results["summarize-inserts"]


def test_sizes_are_counted_alike_by_every_number_of_threads():
    inserts = library(500)
    reads = bs.from_arrow(pa.Table.from_batches([erroneous(inserts)]))
    found = [summary(reads | bs.SummarizeInserts(), threads=threads) for threads in (1, 4)]
    assert found[0] == found[1]
    known = Counter(len(insert) for insert in inserts if len(insert) <= 180)
    assert sum((known - Counter(found[0].insert_sizes)).values()) <= 3
    assert found[0].pairs == 500
    assert found[0].overlapping == sum(found[0].insert_sizes.values())
    assert 0 < found[0].mismatches < 0.03 * found[0].overlap_bases
    assert list(found[0].insert_sizes) == sorted(found[0].insert_sizes)
    assert found[0].findings[0].startswith(f"{found[0].overlapping} of 500 pairs overlap, inserts")


def test_what_follows_the_insert_does_not_matter():
    table = pa.Table.from_batches([erroneous(library(200))])
    reads = bs.from_arrow(table) | bs.SummarizeInserts("fastp")
    kept = summary(reads | bs.MinLength(1))
    assert kept == summary(reads)


def test_no_pairs():
    table = pa.Table.from_batches([erroneous(library(1))]).slice(0, 0)
    found = summary(bs.from_arrow(table) | bs.SummarizeInserts())
    assert (found.pairs, found.insert_sizes) == (0, {})
    assert found.findings == ("0 of 0 pairs overlap",)
