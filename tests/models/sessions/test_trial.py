"""A model is tried with every number of rows that it will be given."""

import numpy as np
import pytest

from biometal_stream.errors import ModelError
from biometal_stream.models.encodings import Encoding
from biometal_stream.models.library import find_model
from biometal_stream.models.predictor import call_sizes
from biometal_stream.models.sessions import open_predictor
from biometal_stream.models.sessions.onnx import OnnxPredictor
from tests.models import hostile

TOLD = hostile.BARE | {"encoding": Encoding(hostile.BARE["encoding"])}


@pytest.mark.parametrize("limit", [1, 3, 500, 1000])
def test_a_model_that_answers_by_the_number_of_rows(tmp_path, monkeypatch, limit):
    made = lambda helper: hostile.answer_by_rows(helper, limit)  # noqa: E731
    monkeypatch.setitem(hostile.KINDS, "answer_by_rows", made)
    model = find_model(hostile.save(tmp_path / "m.onnx", "answer_by_rows"), **TOLD)
    told = r"m.onnx: gives .* for the same row, (together with other rows|in calls of .* rows); exp"
    with pytest.raises(ModelError, match=told):
        open_predictor(model, provider="cpu")
    assert open_predictor(model, provider="cpu", rows=limit)


def test_the_sizes_of_the_trial_are_those_of_the_run(models, about, monkeypatch):
    seen = set()
    usual = OnnxPredictor.run

    def run(self, features, calls=None):
        seen.add(len(features))
        return usual(self, features, calls)

    monkeypatch.setattr(OnnxPredictor, "run", run)
    open_predictor(find_model(models / "bare.onnx", **about), provider="cpu")
    assert seen == set(call_sizes(1024))


def test_rows_that_give_nan_hide_nothing(save_onnx, about):
    """Half of the rows give NaN; the others are still compared."""
    nodes = [
        ("ReduceMean", ["x"], ["m"], {"axes": [1], "keepdims": 1}),
        ("Sub", ["m", "half"], ["d"], {}),
        ("Sqrt", ["d"], ["s"], {}),
        ("Shape", ["m"], ["n"], {"end": 1}),
        ("Greater", ["n", "limit"], ["b"], {}),
        ("Cast", ["b"], ["f"], {"to": 1}),
        ("Add", ["s", "f"], ["y"], {}),
    ]
    constants = {"half": np.float32(0.32), "limit": np.array([500], np.int64)}
    path = save_onnx(nodes, [("x", 1, ["n", 300])], [("y", 1, ["n", 1])], constants)
    with pytest.raises(ModelError, match="for the same row"):
        open_predictor(find_model(path, **about), provider="cpu")


def test_as_many_rows_as_suit_long_reads(save_onnx, about):
    nodes = [("ReduceMean", ["x"], ["y"], {"axes": [1], "keepdims": 1})]
    path = save_onnx(nodes, [("x", 1, ["n", None])], [("y", 1, ["n", 1])])
    for length, rows in ((150, 1024), (100_000, 41)):
        told = about | {"encoding": Encoding("quality-mask/1", length)}
        assert open_predictor(find_model(path, **told), provider="cpu").rows == rows
