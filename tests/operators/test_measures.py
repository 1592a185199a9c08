"""What filters of one chain share."""

import numpy as np
import pyarrow as pa

from biometal_stream.operators import MaxExpectedErrors, MinMeanQuality, Where, measures
from biometal_stream.operators.kernels import quality
from biometal_stream.view import BatchView
from tests.operators import plain
from tests.operators.conformance import reads


def test_a_chain_works_out_each_measure_once(monkeypatch):
    calls = []
    real = quality.sum_error_probabilities

    def counted(*arguments):
        if len(arguments[0]):  # a condition is also tried on no rows
            calls.append(1)
        return real(*arguments)

    monkeypatch.setattr(quality, "sum_error_probabilities", counted)
    view = BatchView(reads())
    for operator in (
        MaxExpectedErrors(1),
        MinMeanQuality(20),
        Where("mean_quality > 3 and expected_errors < 2"),
    ):
        operator.keep(view)
    assert len(calls) == 1


def test_mean_quality_of_equal_scores_is_that_score():
    texts = [chr(33 + score) * length for score in range(61) for length in (1, 3, 150)]
    view = BatchView(pa.record_batch({"quality": texts}))
    assert list(measures.mean_quality(view)) == [float(ord(text[0]) - 33) for text in texts]
    assert not np.signbit(measures.mean_quality(view)).any()


def test_measures_are_what_the_definitions_say():
    view = BatchView(reads())
    sequences = view.batch.column("sequence").to_pylist()
    qualities = view.batch.column("quality").to_pylist()

    def same(measure, wanted):
        values = [np.nan if value is None else value for value in wanted]
        np.testing.assert_allclose(measure, np.array(values, float), rtol=1e-9, atol=1e-9)

    same(measures.lengths(view), map(len, sequences))
    same(measures.gc(view), map(plain.gc, sequences))
    same(measures.n_count(view), map(plain.n_count, sequences))
    same(measures.complexity(view), map(plain.complexity, sequences))
    for name in ("entropy", "dust", "a_fraction", "t_fraction", "n_fraction"):
        same(measures.values(view, name), map(getattr(plain, name), sequences))
    same(measures.median_quality(view), map(plain.median_quality, qualities))
    same(measures.expected_errors(view), map(plain.expected_errors, qualities))
    same(measures.arithmetic_mean_quality(view), map(plain.arithmetic_mean_quality, qualities))
    below = [plain.low_quality_fraction(text, 20) * len(text) for text in qualities]
    same(measures.low_quality(view, 20), below)
