"""Windows of reads, and the mean of what a model says of them."""

import numpy as np
import pytest

from biometal_stream.columns import StringColumn
from biometal_stream.models.encodings import Encoding
from biometal_stream.models.training.batches import batches_in_order, encode, logits_of
from biometal_stream.models.training.labelled import Fragments, LabelledReads

ENCODING = Encoding("quality-mask/1")


def reads_of(qualities):
    offsets = np.cumsum([0, *map(len, qualities)])
    data = np.frombuffer("".join(qualities).encode(), np.uint8)
    count = len(qualities)
    return LabelledReads(
        StringColumn.of("quality", offsets, data),
        None,
        np.arange(count) % 2 == 1,
        np.zeros(count, bool),
        np.zeros(count, np.int64),
        ("x",),
    )


def test_a_read_is_as_many_rows_as_it_has_windows():
    reads = reads_of(["5" * 150, "I" * 151, "", "A" * 450])
    batch = encode(Fragments(reads.quality, None, reads.labels), ENCODING)
    assert batch.reads.tolist() == [0, 1, 1, 2, 3, 3, 3]
    assert batch.features.shape == (7, 300)
    assert batch.features[:, 150:].sum(axis=1).tolist() == [150, 75, 76, 0, 150, 150, 150]
    assert batch.weights == pytest.approx([1, 75 / 151, 76 / 151, 1, 1 / 3, 1 / 3, 1 / 3])
    assert batch.labels.tolist() == [0, 1, 0, 1]
    assert batch.features[0, 0] == np.float32(20) / np.float32(93)


def test_a_reads_logit_is_the_mean_of_its_windows_by_their_bases():
    rng = np.random.default_rng(0)
    lengths = rng.choice([0, 1, 49, 150, 151, 301, 2000], 300)
    qualities = ["".join(map(chr, rng.integers(33, 75, length))) for length in lengths]
    reads = reads_of(qualities)

    def predict(features):  # the sum of squares, so that windows matter
        return (features.astype(np.float64) ** 2).sum(axis=1, keepdims=True)

    rows = np.arange(0, 300, 2)
    found = logits_of(predict, reads, rows, ENCODING)
    for logit, row in zip(found, rows, strict=True):
        phred = (np.array(list(qualities[row].encode()), np.float32) - 33) / np.float32(93)
        count = max(1, -(-len(phred) // 150))
        parts = [
            phred[i * len(phred) // count : (i + 1) * len(phred) // count] for i in range(count)
        ]
        expected = sum((np.sum(p.astype(float) ** 2) + len(p)) * len(p) for p in parts)
        assert logit == pytest.approx(expected / max(len(phred), 1), rel=1e-5)
    assert logits_of(predict, reads, rows[:0], ENCODING).shape == (0,)


def test_batches_hold_whole_reads_and_are_not_large():
    reads = reads_of(["I" * 15_000] * 200 + ["I" * 10] * 3)
    batches = list(batches_in_order(reads, np.arange(203), ENCODING))
    assert sum(len(batch.labels) for batch in batches) == 203
    assert len(batches) > 1
    assert all(len(batch.features) <= 8192 + 100 for batch in batches)
    assert all(
        np.bincount(batch.reads, batch.weights) == pytest.approx(np.ones(len(batch.labels)))
        for batch in batches
    )
