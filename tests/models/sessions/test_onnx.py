"""Sessions are built in one place: alone in their threads, silent, and bound to their folder."""

import threading

import numpy as np
import pytest

from biometal_stream.errors import MissingExtraError, ModelError, PredictionError
from biometal_stream.models import runtime
from biometal_stream.models.sessions import onnx as sessions
from biometal_stream.models.sessions.fit import Signature
from biometal_stream.models.sessions.onnx import (
    OnnxPredictor,
    has_external_data,
    open_session,
)
from biometal_stream.models.sessions.providers import PROVIDERS

SIGNATURE = Signature("features", "logit", "rows", None, {})


def predictor(session, rows=8, outputs=1):
    return OnnxPredictor(
        session,
        SIGNATURE,
        "m.onnx",
        provider=PROVIDERS["cpu"],
        rows=rows,
        fixed=False,
        outputs=outputs,
    )


class StandIn:
    """A session that gives what it is told to, or raises it."""

    def __init__(self, result):
        self.result = result

    def run(self, outputs, feeds, options):
        if isinstance(self.result, Exception):
            raise self.result
        return [self.result]


def features(rows, seed=1):
    return np.random.default_rng(seed).random((rows, 300), np.float32)


def expected(array):
    return array[:, 150:].sum(axis=1, keepdims=True) * np.float32(93 / 150) - 20


def test_the_settings(models, monkeypatch):
    session = open_session(models / "linear.onnx")
    settings = session.get_session_options()
    assert (settings.intra_op_num_threads, settings.inter_op_num_threads) == (1, 1)
    for entry in ("session.intra_op.allow_spinning", "session.inter_op.allow_spinning"):
        assert settings.get_session_config_entry(entry) == "0"
    assert not settings.enable_mem_pattern
    assert session.get_providers() == ["CPUExecutionProvider"]


def test_a_batch_that_is_fixed(models):
    session = open_session(models / "linear.onnx", sizes={"rows": 6, "nothing": 2})
    assert session.get_inputs()[0].shape == [6, 300]
    out = np.empty((6, 1), np.float32)
    predictor(session).predict(features(6), out)
    np.testing.assert_allclose(out, expected(features(6)), atol=1e-4)
    with pytest.raises(PredictionError, match=r"^m.onnx: failed on 5 rows: Got invalid dimensions"):
        predictor(session).predict(features(5), out[:5])


@pytest.mark.parametrize("rows", [1, 2, 7, 64, 1000])
def test_predictions(models, rows):
    out = np.full((rows, 1), np.nan, np.float32)
    predictor(open_session(models / "linear.onnx")).predict(features(rows), out)
    np.testing.assert_allclose(out, expected(features(rows)), atol=1e-4)


def test_a_batch_s_size_changes_no_prediction(models):
    given = predictor(open_session(models / "linear.onnx"))
    whole, parts = (np.empty((97, 1), np.float32) for _ in range(2))
    given.predict(features(97), whole)
    for size in (1, 3, 16, 60):
        for first in range(0, 97, size):
            given.predict(features(97)[first : first + size], parts[first : first + size])
        np.testing.assert_array_equal(parts, whole)


def test_half_precision_becomes_whole(models):
    out = np.empty((4, 1), np.float32)
    predictor(open_session(models / "fixed.onnx")).predict(features(4), out)
    np.testing.assert_array_equal(out, expected(features(4)).astype(np.float16).astype("f"))


def test_several_threads(models):
    given, failures = predictor(open_session(models / "linear.onnx")), []

    def work(seed):
        array, out = features(50, seed), np.empty((50, 1), np.float32)
        for _ in range(50):
            out[:] = np.nan
            given.predict(array, out)
            if not np.allclose(out, expected(array), atol=1e-4):
                failures.append(seed)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not failures


@pytest.mark.parametrize(
    ("result", "told"),
    [
        (RuntimeError("[ONNXRuntimeError] : 1 : FAIL : no : more\nat line 3"), "2 rows: no : more"),
        (RuntimeError(), "failed on 2 rows: RuntimeError"),
        (np.zeros((2, 2), np.float32), r"gave numbers of shape \(2, 2\); expected is \(2, 1\)"),
        (np.zeros((1, 2), np.float32), r"gave numbers of shape \(1, 2\); expected is \(2, 1\)"),
        (np.zeros((), np.float32), r"gave numbers of shape \(\); expected is \(2, 1\)"),
    ],
)
def test_a_session_that_fails(result, told):
    with pytest.raises(PredictionError, match=told) as caught:
        predictor(StandIn(result)).predict(features(2), np.empty((2, 1), np.float32))
    assert "\n" not in str(caught.value)


def test_an_end(models):
    given = predictor(open_session(models / "linear.onnx"))
    given.close()
    with pytest.raises(PredictionError):
        given.predict(features(2), np.empty((2, 1), np.float32))


def test_a_file_that_is_missing(tmp_path):
    with pytest.raises(
        ModelError, match=r"nothing.onnx: cannot be read: No such file or directory"
    ):
        open_session(tmp_path / "nothing.onnx")


def test_nothing_is_printed(tmp_path, models, capfd):
    (tmp_path / "broken.onnx").write_bytes(b"no model at all")
    with pytest.raises(ModelError, match="is not an ONNX file, or is cut short"):
        open_session(tmp_path / "broken.onnx")
    session = open_session(models / "linear.onnx", sizes={"rows": 6})
    with pytest.raises(PredictionError):
        predictor(session).run(features(5))
    assert capfd.readouterr() == ("", "")


def test_no_runtime(models, monkeypatch):
    def missing():
        raise MissingExtraError("ONNX Runtime cannot be imported")

    monkeypatch.setattr(runtime, "onnxruntime", missing)
    with pytest.raises(MissingExtraError):
        open_session(models / "linear.onnx")


@pytest.fixture
def external(tmp_path):
    """A function that makes a model whose weight lies in the file of a name."""
    onnx = pytest.importorskip("onnx")
    from onnx import TensorProto, helper, numpy_helper
    from onnx.external_data_helper import set_external_data

    (tmp_path / "model").mkdir()
    np.arange(8, dtype=np.float32).tofile(tmp_path / "model" / "inside.bin")
    np.arange(8, dtype=np.float32).tofile(tmp_path / "outside.bin")
    (tmp_path / "model" / "link.bin").symlink_to("../outside.bin")

    def make(location, constant=False):
        tensor = numpy_helper.from_array(np.arange(8, dtype=np.float32).reshape(4, 2), "w")
        set_external_data(tensor, location)
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        nodes = [helper.make_node("MatMul", ["x", "w"], ["y"])]
        if constant:
            nodes.insert(0, helper.make_node("Constant", [], ["w"], value=tensor))
        graph = helper.make_graph(
            nodes,
            "made",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 4])],
            [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 2])],
            [] if constant else [tensor],
        )
        opsets = [helper.make_opsetid("", 17)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
        path = tmp_path / "model" / "model.onnx"
        path.write_bytes(model.SerializeToString())
        assert onnx.load(path, load_external_data=False)
        return path

    return make


def test_data_in_the_folder(external, models, monkeypatch):
    monkeypatch.setattr(sessions, "_GUARDED", (0, 0))  # an older runtime reads these too
    path = external("inside.bin")
    assert has_external_data(path)
    assert not has_external_data(models / "linear.onnx")
    (result,) = open_session(path).run(None, {"x": np.ones((1, 4), np.float32)})
    assert result.tolist() == [[12, 16]]


@pytest.mark.parametrize("location", ["../outside.bin", "link.bin", "absent.bin", "absolute"])
@pytest.mark.parametrize("constant", [False, True])
def test_data_outside_the_folder(external, tmp_path, location, constant):
    if location == "absolute":
        location = str(tmp_path / "outside.bin")
    path = external(location, constant)
    with pytest.raises(ModelError, match=r"model.onnx: ") as caught:
        open_session(path)
    assert "\n" not in str(caught.value)


def test_a_runtime_that_reads_from_anywhere(external, models, monkeypatch):
    monkeypatch.setattr(sessions, "_GUARDED", (99, 0))
    with pytest.raises(ModelError, match=r"keeps data in other files, .* install onnxruntime 1.24"):
        open_session(external("inside.bin"))
    assert open_session(models / "linear.onnx")
