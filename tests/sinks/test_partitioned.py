"""How rows are dealt to partitions."""

import itertools

import pyarrow as pa
import pytest

from biometal_stream.errors import SinkError
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
