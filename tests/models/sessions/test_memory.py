"""What a model allocates is bounded, and calls that do not fit together take turns."""

import resource
import sys
import threading

import numpy as np
import pytest

from biometal_stream.errors import ModelError, PredictionError
from biometal_stream.models.encodings import Encoding
from biometal_stream.models.library import find_model
from biometal_stream.models.runtime import onnxruntime
from biometal_stream.models.sessions import open_predictor
from biometal_stream.models.sessions.fit import Signature
from biometal_stream.models.sessions.memory import Turns
from biometal_stream.models.sessions.onnx import OnnxPredictor
from biometal_stream.models.sessions.providers import PROVIDERS
from tests.models.hostile import BARE, save

MIB = 1 << 20


@pytest.fixture
def hostile(tmp_path):
    """A function that makes a model that misbehaves, and finds it."""

    def make(kind):
        told = BARE | {"encoding": Encoding(BARE["encoding"])}
        return find_model(save(tmp_path / "m.onnx", kind), **told)

    return make


def peak():
    """The most bytes that this process ever had, on Linux."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (
        1 if sys.platform == "darwin" else 1024
    )


@pytest.mark.parametrize("kind", ["hungry_by_rows", "giant", "giant_constant"])
def test_a_model_that_asks_for_gigabytes(hostile, kind):
    model = hostile(kind)
    before = peak()
    with pytest.raises(
        ModelError, match=r"^cannot be used: .*m.onnx: needs more than 512 MiB of memory for a call"
    ) as caught:
        open_predictor(model, provider="cpu")
    assert "give it fewer rows a call (--rows) or more memory (--max-memory)" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert peak() - before < 700 * MIB


def test_more_memory_or_fewer_rows_are_enough(hostile):
    model = hostile("hungry_by_rows")
    assert open_predictor(model, provider="cpu", rows=64).rows == 64
    if tuple(map(int, onnxruntime().__version__.split(".")[:2])) < (1, 24):
        pytest.skip("an older runtime may keep the first bound of the process")
    with pytest.raises(ModelError, match="needs more than 16 MiB of memory for a call of 128 rows"):
        open_predictor(model, provider="cpu", rows=128, memory=16 * MIB)
    assert open_predictor(model, provider="cpu", rows=128, memory=128 * MIB).rows == 128


def test_a_fixed_batch_of_a_billion_rows(hostile):
    with pytest.raises(
        ModelError, match=r"takes 1,000,000,000 rows a call, which are 1,144,409 MiB"
    ):
        open_predictor(hostile("batch_of_a_billion"), provider="cpu")


def test_memory_that_only_some_reads_take(hostile):
    predictor = open_predictor(hostile("late_giant"), provider="cpu")
    features, out = np.zeros((4, 300), np.float32), np.empty((4, 1), np.float32)
    predictor.predict(features, out)
    features[2, 7] = 1
    with pytest.raises(PredictionError, match=r"needs more than 512 MiB of memory for a call of 4"):
        predictor.predict(features, out)
    features[2, 7] = 0
    predictor.predict(features, out)


def test_calls_that_do_not_fit_together_take_turns():
    turns, together, order = Turns(), threading.Barrier(2), []

    def work(name):
        with turns.beside():
            together.wait()
        with turns.alone():
            order.append(name)
            assert turns._running == 0
            order.append(name)

    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(order) == ["a", "a", "b", "b"]
    assert order[0] == order[1]
    assert turns._most == 1


class Crowded:
    """A session that is out of memory a number of times."""

    def __init__(self, times):
        self.times = times

    def run(self, outputs, feeds, options):
        self.times -= 1
        if self.times >= 0:
            raise RuntimeError("Available memory of 1 is smaller than requested bytes of 2")
        return [np.zeros((2, 1), np.float32)]


@pytest.mark.parametrize(("times", "fails"), [(0, False), (1, False), (2, False), (3, True)])
def test_a_call_without_room_is_tried_again_alone(times, fails):
    given = OnnxPredictor(
        Crowded(times),
        Signature("x", "y", "n", None, {}),
        "m.onnx",
        provider=PROVIDERS["cpu"],
        rows=8,
        fixed=False,
        outputs=1,
    )
    if fails:
        with pytest.raises(PredictionError, match=r"^m.onnx: needs more than 512 MiB"):
            given.run(np.zeros((2, 3), np.float32))
    else:
        assert given.run(np.zeros((2, 3), np.float32)).shape == (2, 1)
