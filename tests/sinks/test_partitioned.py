"""How rows are dealt to partitions."""

import itertools

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.errors import SinkError
from biometal_stream.sinks import partitioned
from biometal_stream.sinks.hive import HiveFolders
from biometal_stream.sinks.partitioned import Morsels, PartitionRebatcher
from biometal_stream.sinks.rebatch import rebatch


def test_too_many_values_end_an_endless_stream():
    seen = []

    def endless():
        for first in itertools.count(0, 500):
            seen.append(first)
            values = pa.array(range(first, first + 500))
            yield pa.record_batch({"by": values, "other": values})

    limits = Morsels(100, 1 << 20, memory=1 << 30, most=1024)
    morsels = rebatch(PartitionRebatcher(HiveFolders("by"), limits), endless())
    with pytest.raises(SinkError, match=r"more than 1024 different values; .*--max-partitions"):
        list(morsels)
    assert max(seen) < 20_000


def test_rows_that_wait_do_not_keep_their_batches():
    rows, batches = 16_384, 40
    text = pa.array(["x" * 120] * rows)
    others = pa.array([0] * (rows - 1))

    def common_and_rare():
        for number in range(1, batches + 1):
            by = pa.concat_arrays([others, pa.array([number])])
            yield pa.record_batch({"by": by, "text": text})

    limits = Morsels(rows, 1 << 20, memory=1 << 30, most=1024)
    rebatcher = PartitionRebatcher(HiveFolders("by"), limits)
    before = pa.total_allocated_bytes()
    found = waiting = 0
    for batch in common_and_rare():
        for morsel in rebatcher.add(batch):
            found += sum(each.num_rows for each in morsel)
            del morsel
        waiting = max(waiting, pa.total_allocated_bytes() - before)
    assert waiting < 48 << 20 < batches * text.nbytes
    assert found + sum(each.num_rows for morsel in rebatcher.finish() for each in morsel) == (
        rows * batches
    )


@given(
    st.lists(st.tuples(st.integers(0, 3), st.text("ACGT", max_size=9)), max_size=60),
    st.integers(1, 9),
    st.booleans(),
)
def test_every_partition_has_its_rows_in_order(drawn, most, compacts):
    values = [(by, text or None) for by, text in drawn]
    batch = pa.record_batch(
        {
            "by": pa.array([by for by, _ in values], pa.int8()),
            "text": pa.array([text for _, text in values], pa.string()),
        }
    )
    limits = Morsels(most, 12, memory=64, most=8)
    with pytest.MonkeyPatch.context() as patch:
        if compacts:
            patch.setattr(partitioned, "_SHARED_BYTES", 0)
        patch.setattr(partitioned, "_DEALT_ROWS", 16)
        morsels = list(rebatch(PartitionRebatcher(HiveFolders("by"), limits), [batch]))
    found: dict[int, list[str | None]] = {}
    for morsel in morsels:
        by, texts = ([row for each in morsel for row in each[k].to_pylist()] for k in (0, 1))
        assert len(set(by)) == 1
        assert len(texts) == 1 or sum(len(text or "") for text in texts) <= 12
        assert len(texts) <= most
        found.setdefault(by[0], []).extend(texts)
    assert found == {key: [text for by, text in values if by == key] for key, _ in values}
