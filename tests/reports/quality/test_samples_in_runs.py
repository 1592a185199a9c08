"""Samples in whole runs: the same for all threads, batches and partitions, and bounded."""

import json
import random
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.reports.quality.modules import duplication
from biometal_stream.reports.quality.state import added, state_to_plain
from biometal_stream.reports.records import sample
from biometal_stream.sinks import DiscardSink
from biometal_stream.view import BatchView
from tests.reports.quality.counted import quality, table

MATES = 700
RECORDS = ("sequence_copies", "sampled_reads", "adapters_by_cycle", "kmers_by_cycle")


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    draw = random.Random(11)
    folder = tmp_path_factory.mktemp("pairs")
    pool = ["".join(draw.choices("ACGTN", k=draw.randrange(90))) for _ in range(300)]
    paths = []
    for mate in (1, 2):
        path = folder / f"R{mate}.fq"
        reads = [draw.choice(pool) + draw.choice(["", "AGATCGGAAGAGCACAC"]) for _ in range(MATES)]
        path.write_text(
            "".join(f"@r.{n}\n{each}\n+\n{'I' * len(each)}\n" for n, each in enumerate(reads))
        )
        paths.append(path)
    return paths


def samples(state):
    plain = state_to_plain(state)
    chosen = {
        group: {name: records[name] for name in RECORDS if name in records}
        for group, records in plain.items()
    }
    return json.dumps(chosen, sort_keys=True)


@settings(max_examples=6, deadline=None)
@given(threads=st.sampled_from([1, 3]), chunk=st.sampled_from([2_000, 9_000, 10**6]))
def test_threads_and_batches_do_not_matter(pairs, threads, chunk):
    reads = bs.read_fastq(pairs[0], mate=pairs[1]) | bs.QualityControl()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sample, "KEPT", 40)
        patch.setattr(duplication, "WHOLE", 100)
        patch.setattr("biometal_stream.budget.Budget.chunk", chunk)
        found = reads.with_options(threads=threads).run(DiscardSink())
        assert samples(found.results["quality-control"].state) == samples(_at_once(pairs))


def _at_once(pairs):
    batches = list(bs.read_fastq(pairs[0], mate=pairs[1]).batches())
    batch = pa.Table.from_batches(batches).combine_chunks().to_batches()[0]
    return bs.QualityControl().observe(BatchView(batch))


@given(st.lists(st.integers(0, MATES), max_size=4), st.randoms(use_true_random=False))
@settings(max_examples=6, deadline=None)
def test_partitions_add_up_in_any_order(pairs, cuts, draw):
    batches = list(bs.read_fastq(pairs[0], mate=pairs[1]).batches())
    batch = pa.Table.from_batches(batches).combine_chunks().to_batches()[0]
    operator = bs.QualityControl(kmers=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sample, "KEPT", 40)
        patch.setattr(duplication, "WHOLE", 100)
        edges = [0, *sorted(2 * cut for cut in cuts), 2 * MATES]
        parts = [
            operator.observe(BatchView(batch.slice(one, two - one))) for one, two in pairwise(edges)
        ]
        draw.shuffle(parts)
        while len(parts) > 1:
            place = draw.randrange(len(parts) - 1)
            parts[place : place + 2] = [added(parts[place], parts[place + 1])]
        assert samples(parts[0]) == samples(operator.observe(BatchView(batch)))


def test_a_million_different_sequences_stay_bounded():
    letters, others = str.maketrans("01234567", "ACGTACGT"), str.maketrans("01234567", "AAAACCCC")
    numbers = [f"{number:o}" for number in range(10**6)]
    texts = pa.array([each.translate(letters) + each.translate(others) for each in numbers])
    names = pa.array(numbers)
    batch = pa.RecordBatch.from_arrays([names, texts], names=["name", "sequence"])
    found = quality(*(batch.slice(first, 10**5) for first in range(0, 10**6, 10**5)))
    assert table(found, "overrepresented") == []
    [(reads, sampled, distinct, rate, _, error)] = table(found, "duplication_totals")
    assert reads == 10**6
    assert sampled == 1 / 32
    assert abs(distinct - 10**6) < 4 * error * 10**6 < 40_000
    assert rate <= 4 * error
    records = found.state["reads"]
    assert len(records["sequence_copies"].hashes) <= 2**15
    assert len(records["sampled_reads"].hashes) <= 2**15
    assert len(json.dumps(records["sampled_reads"].to_plain())) < 10**6
