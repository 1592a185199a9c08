"""The labels and fragments of the task quality are what their plain twins say."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.columns import StringColumn
from biometal_stream.models.training.labelled import LabelledReads
from biometal_stream.models.training.tasks.quality import (
    LONGEST,
    MEAN_QUALITY,
    NEAR,
    TASK,
    labels_of,
    varied_fragments,
)
from biometal_stream.view import BatchView

QUALITIES = st.lists(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=70))


def column(rows):
    kind = pa.large_string()
    return BatchView(pa.record_batch([pa.array(rows, kind)], names=["quality"])).text("quality")


def rows_of(column: StringColumn):
    data = column.data.tobytes()
    return [data[a:b].decode() for a, b in zip(column.starts, column.stops, strict=True)]


def passes(quality):
    phred = [ord(c) - 33 for c in quality]
    return len(phred) >= 50 and sum(phred) >= 20 * len(phred)


@given(QUALITIES)
def test_labels_follow_the_rule(qualities):
    for kind in (pa.string(), pa.large_string()):
        labels, near = TASK.label(pa.record_batch([pa.array(qualities, kind)], names=["quality"]))
        assert labels.tolist() == [passes(each) for each in qualities]
        for is_near, each in zip(near, qualities, strict=True):
            off = abs(sum(ord(c) - 33 for c in each) - MEAN_QUALITY * len(each))
            assert is_near == (each != "" and off <= NEAR * len(each))
    assert labels_of(column(qualities)).tolist() == [passes(each) for each in qualities]


def test_at_the_threshold():
    qualities = ["5" * 50, "5" * 49 + "4", "5" * 49, "I" * 49, "", "5" * 49 + "6"]
    labels, near = TASK.label(pa.record_batch([pa.array(qualities)], names=["quality"]))
    assert labels.tolist() == [True, False, False, False, False, True]
    assert near.tolist() == [True, True, True, False, False, True]


def test_varied_pieces_are_hard_and_labelled_right(real_reads):
    rows = np.arange(len(real_reads))
    fragments = varied_fragments(real_reads, rows, np.random.default_rng(1))
    qualities = rows_of(fragments.quality)
    assert fragments.labels.tolist() == [passes(each) for each in qualities]
    assert all(set(each) <= set(map(chr, range(33, 127))) for each in qualities)
    assert 0.3 < fragments.labels.mean() < 0.7
    lengths = fragments.lengths
    assert ((lengths >= 45) & (lengths < 55)).mean() > 0.03
    assert (lengths == real_reads.lengths).mean() > 0.25
    means = np.array([np.mean(list(each.encode())) - 33 for each in qualities if each])
    assert (np.abs(means - MEAN_QUALITY) <= NEAR).mean() > 0.2
    again = varied_fragments(real_reads, rows, np.random.default_rng(1))
    assert rows_of(again.quality) == qualities
    every = rows_of(real_reads.sequence)
    for row, sequence in zip(rows, rows_of(fragments.sequence), strict=True):
        assert sequence in every[row]


def test_long_reads_are_cut():
    quality = column(["I" * 100_000, ""])
    reads = LabelledReads(
        quality, None, np.array([True, False]), np.zeros(2, bool), np.zeros(2, int), ("x",)
    )
    fragments = varied_fragments(reads, np.array([0, 1] * 50), np.random.default_rng(0))
    assert fragments.lengths.max() == LONGEST
    assert (fragments.lengths[1::2] == 0).all()
    assert not fragments.labels[1::2].any()
