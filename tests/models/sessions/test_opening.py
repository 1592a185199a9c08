"""A model is opened on what was asked for if it proves itself there, and on the CPU if not."""

import shutil
import subprocess
import sys
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from biometal_stream.errors import ConfigurationError, ModelError, ModelWarning, PredictionError
from biometal_stream.models import runtime
from biometal_stream.models.library import Model, find_model
from biometal_stream.models.sessions import onnx as onnx_sessions
from biometal_stream.models.sessions import open_predictor, opening
from biometal_stream.models.sessions.opening import DEFAULT_ROWS, choose_file
from tests.conftest import REPOSITORY

NAMES = {
    "coreml": "CoreMLExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
}
FLOAT = 1


@pytest.fixture
def linear(models):
    return find_model(models / "linear.onnx")


def features(rows):
    return np.random.default_rng(5).random((rows, 300), np.float32)


def expected(array):
    return array[:, 150:].sum(axis=1, keepdims=True) * np.float32(93 / 150) - 20


def predict(predictor, rows=None):
    rows = rows or (predictor.rows if predictor.fixed else 11)
    out = np.full((rows, predictor.outputs), np.nan, np.float32)
    predictor.predict(features(rows), out)
    return out


class StandIn:
    """A session on an accelerator: the real one, whose results pass through a function."""

    def __init__(self, session, name, change, left_out, nodes):
        self.session = session
        self.name = name
        self.change = change
        self.left_out = left_out
        self.nodes = nodes

    def get_providers(self):
        return ["CPUExecutionProvider"] if self.left_out else [self.name, "CPUExecutionProvider"]

    def run(self, outputs, feeds, options):
        return [self.change(each) for each in self.session.run(outputs, feeds, options)]

    def get_provider_graph_assignment_info(self):
        class Part:
            ep_name = self.nodes or self.name

            def get_nodes(self):
                return [0]

        return [Part()]


class Accelerators:
    """What a runtime with accelerators would do, on a machine that has none.

    Attributes:
        there: The accelerators that it has.
        change: What becomes of what they give.
        error: What building a session raises.
        left_out: Whether a session is built without the accelerator, as without its libraries.
        nodes: The provider that takes the model's nodes, if not the accelerator.
        opened: The provider, options and sizes of each session.
    """

    def __init__(self):
        self.there = []
        self.change = lambda result: result
        self.error = None
        self.left_out = False
        self.nodes = None
        self.opened = []

    def open_session(self, path, provider=None, options=None, sizes=None, **more):
        if provider is None:
            return onnx_sessions.open_session(path, **more)
        self.opened.append((provider.name, dict(options), dict(sizes)))
        if self.error:
            raise self.error
        session = onnx_sessions.open_session(path, sizes=sizes)
        name = provider.runtime_name
        return StandIn(session, name, self.change, self.left_out, self.nodes)


@pytest.fixture
def accelerators(monkeypatch, tmp_path):
    made = Accelerators()
    monkeypatch.setattr(opening, "open_session", made.open_session)
    monkeypatch.setattr(
        runtime, "providers", lambda: (*map(NAMES.get, made.there), "CPUExecutionProvider")
    )
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    return made


def test_on_the_cpu(linear):
    predictor = open_predictor(linear, provider="cpu")
    assert (predictor.provider, predictor.rows, predictor.fixed) == ("cpu", DEFAULT_ROWS, False)
    assert predictor.outputs == 1
    assert predictor.placement in ({"cpu": 1}, {})
    np.testing.assert_allclose(predict(predictor), expected(features(11)), atol=1e-4)
    assert open_predictor(linear, rows=7).rows == 7
    predictor.close()


def test_a_fixed_batch(models, about):
    model = find_model(models / "fixed.onnx", **about)
    predictor = open_predictor(model)
    assert (predictor.rows, predictor.fixed) == (4, True)
    np.testing.assert_allclose(predict(predictor), expected(features(4)), rtol=1e-3)
    assert open_predictor(model, rows=4).rows == 4
    with pytest.raises(ModelError, match=r"fixed.onnx: takes exactly 4 rows a call, not 5"):
        open_predictor(model, rows=5)


@pytest.mark.parametrize("rows", [0, -1])
def test_no_rows(linear, rows):
    with pytest.raises(ConfigurationError, match=f"1 row or more a call: {rows}"):
        open_predictor(linear, rows=rows)


def test_precisions(linear):
    both = replace(linear, files={"int8": Path("a.onnx"), "fp32": Path("b.onnx")})
    assert choose_file(both, "auto") == Path("b.onnx")
    assert choose_file(both, "int8") == Path("a.onnx")
    assert choose_file(replace(linear, files={"fp16": Path("c.onnx")}), "auto") == Path("c.onnx")
    package = {"mlpackage": Path("d.mlpackage")}
    assert choose_file(replace(linear, files=package), "auto") == Path("d.mlpackage")
    mixed = replace(linear, files=package | {"int8": Path("a.onnx")})
    assert choose_file(mixed, "auto") == Path("a.onnx")
    with pytest.raises(ModelError, match=r"^linear: has no precision fp16, only: int8, fp32$"):
        open_predictor(both, precision="fp16")


def test_a_provider_that_is_not_there(linear, accelerators):
    with pytest.raises(ModelError, match="no provider cuda, only: cpu; install onnxruntime-gpu"):
        open_predictor(linear, provider="cuda")
    with pytest.raises(ConfigurationError, match="unknown provider 'gpu'"):
        open_predictor(linear, provider="gpu")


@pytest.mark.parametrize("asked", ["auto", "coreml"])
def test_on_core_ml(linear, accelerators, asked):
    accelerators.there = ["coreml"]
    predictor = open_predictor(linear, provider=asked, rows=32)
    assert (predictor.provider, predictor.rows, predictor.fixed) == ("coreml", 32, True)
    assert predictor.placement == {"coreml": 1}
    np.testing.assert_allclose(predict(predictor), expected(features(32)), atol=1e-4)
    ((name, options, sizes),) = accelerators.opened
    assert (name, sizes) == ("coreml", {"rows": 32})
    assert options["RequireStaticInputShapes"] == "1"
    assert Path(options["ModelCacheDirectory"]).is_dir()


@pytest.mark.parametrize("asked", ["cuda", "openvino"])
def test_on_others(linear, accelerators, asked):
    accelerators.there = [asked]
    predictor = open_predictor(linear, provider=asked)
    assert (predictor.provider, predictor.rows, predictor.fixed) == (asked, DEFAULT_ROWS, False)
    assert accelerators.opened == [(asked, {}, {})]


def test_a_fixed_batch_on_core_ml(models, about, accelerators):
    accelerators.there = ["coreml"]
    predictor = open_predictor(find_model(models / "fixed.onnx", **about))
    assert (predictor.provider, predictor.rows, predictor.fixed) == ("coreml", 4, True)
    assert accelerators.opened[0][2] == {}


def test_the_cpu_asked_for(linear, accelerators):
    accelerators.there = ["coreml", "cuda"]
    assert open_predictor(linear, provider="cpu").provider == "cpu"
    assert accelerators.opened == []


def raises(_):
    raise RuntimeError("the Neural Engine is on fire\nat line 1")


@pytest.mark.parametrize("asked", ["auto", "coreml"])
@pytest.mark.parametrize(
    ("faults", "told"),
    [
        ({"change": lambda result: result + 3}, "coreml gave .* where the CPU gave"),
        ({"change": lambda result: result * 0}, "coreml gave -?0 where the CPU gave"),
        ({"change": lambda result: result * np.nan}, "coreml gave nan in 32 of 32 rows"),
        ({"change": raises}, "coreml failed on its first batch: .*: the Neural Engine is on fire"),
        ({"change": lambda result: result[:-1]}, "coreml failed on its first batch: .* of shape"),
        ({"change": lambda result: result.T}, "coreml failed on its first batch: .* of shape"),
        ({"error": ModelError("m.onnx: no such option")}, "coreml cannot run it: m.onnx: no such"),
        ({"left_out": True}, "coreml cannot run it: ONNX Runtime left it out, as it does where"),
    ],
)
def test_what_does_not_prove_itself(linear, accelerators, asked, faults, told):
    accelerators.there = ["coreml"]
    for name, value in faults.items():
        setattr(accelerators, name, value)
    with pytest.warns(ModelWarning, match=f"^linear: runs on the CPU, since {told}") as seen:
        predictor = open_predictor(linear, provider=asked, rows=32)
    assert len(seen) == 1
    assert "\n" not in str(seen[0].message)
    assert (predictor.provider, predictor.rows, predictor.fixed) == ("cpu", 32, False)
    np.testing.assert_allclose(predict(predictor), expected(features(11)), atol=1e-4)


def test_none_of_the_nodes(linear, accelerators):
    accelerators.there = ["coreml"]
    accelerators.nodes = "CPUExecutionProvider"
    assert open_predictor(linear).provider == "cpu"
    with pytest.warns(ModelWarning, match="on the CPU, since coreml takes none of its nodes"):
        assert open_predictor(linear, provider="coreml").provider == "cpu"


def test_a_failure_later_is_no_fall_back(linear, accelerators):
    accelerators.there = ["cuda"]
    predictor = open_predictor(linear)
    predictor._session.change = raises
    with pytest.raises(PredictionError, match=r"failed on 11 rows: the Neural Engine is on fire$"):
        predict(predictor)


def test_a_card_that_does_not_fit(linear, models, tmp_path):
    two = replace(linear.card, output="logits")
    with pytest.raises(ModelError, match=r"linear.onnx: is not the model of its card"):
        open_predictor(replace(linear, card=two))
    bare = Model(two, models, {"fp32": models / "bare.onnx"})
    with pytest.raises(ModelError, match="output 'logit' gives 1 numbers for a row; expected is"):
        open_predictor(bare)


def test_the_folder_s_card_is_held_against_the_file(tmp_path, models, linear):
    shutil.copy(models / "linear.onnx", tmp_path)
    (tmp_path / "card.json").write_text(replace(linear.card, name="mine").to_json())
    assert open_predictor(find_model(tmp_path)).provider == "cpu"
    (tmp_path / "card.json").write_text(replace(linear.card, labels=("no", "yes")).to_json())
    with pytest.raises(ModelError, match=r"linear.onnx: is not the model of its card"):
        open_predictor(find_model(tmp_path))


def test_a_batch_axis_without_a_name(save_onnx, about, accelerators):
    weights = {"w": np.ones((300, 1), np.float32)}
    nodes = [("MatMul", ["x", "w"], ["y"], {})]
    path = save_onnx(nodes, [("x", FLOAT, [None, 300])], [("y", FLOAT, [None, 1])], weights)
    model = find_model(path, **about)
    assert not open_predictor(model).fixed
    accelerators.there = ["coreml"]
    with pytest.warns(ModelWarning, match="coreml cannot run it: its batch axis has no name"):
        assert open_predictor(model).provider == "cpu"


def test_a_model_that_can_only_take_one_row(save_onnx, about):
    """Its batch axis is dynamic by name alone, as exporters leave it."""
    constants = {"w": np.ones((300, 1), np.float32), "s": np.array([1, 300], np.int64)}
    nodes = [("Reshape", ["x", "s"], ["z"], {}), ("MatMul", ["z", "w"], ["y"], {})]
    path = save_onnx(nodes, [("x", FLOAT, ["n", 300])], [("y", FLOAT, ["n", 1])], constants)
    with pytest.raises(ModelError, match=r"^cannot be used: .*made.onnx: failed on 1,024 rows: "):
        open_predictor(find_model(path, **about))


def test_a_model_that_gives_one_row_for_all(save_onnx, about):
    nodes = [("ReduceMean", ["x"], ["y"], {"axes": [0, 1], "keepdims": 1})]
    path = save_onnx(nodes, [("x", FLOAT, ["n", 300])], [("y", FLOAT, ["m", 1])])
    with pytest.raises(ModelError, match=r"gave numbers of shape \(1, 1\) for 1024 rows; expected"):
        open_predictor(find_model(path, **about))


@pytest.mark.parametrize("batch", ["n", 4])
def test_a_model_whose_rows_depend_on_each_other(save_onnx, about, batch):
    nodes = [
        ("MatMul", ["x", "w"], ["z"], {}),
        ("ReduceMean", ["z"], ["m"], {"axes": [0], "keepdims": 1}),
        ("Sub", ["z", "m"], ["y"], {}),
    ]
    weights = {"w": np.ones((300, 1), np.float32)}
    path = save_onnx(nodes, [("x", FLOAT, [batch, 300])], [("y", FLOAT, [batch, 1])], weights)
    with pytest.raises(
        ModelError, match=r"made.onnx: gives .* for the same row, together with other rows"
    ):
        open_predictor(find_model(path, **about))


def test_nan_for_a_first_batch_is_left_to_the_run(save_onnx, about):
    nodes = [("MatMul", ["x", "w"], ["y"], {})]
    weights = {"w": np.full((300, 1), np.nan, np.float32)}
    path = save_onnx(nodes, [("x", FLOAT, ["n", 300])], [("y", FLOAT, ["n", 1])], weights)
    assert np.isnan(predict(open_predictor(find_model(path, **about)))).all()


@pytest.mark.parametrize("keep", [0, 1])
def test_many_labels(save_onnx, about, keep):
    shape = ["n", 2] if keep else ["n"]
    nodes = [("ReduceSum", ["x", "a"], ["y"], {"keepdims": 0})]
    constants = {"a": np.array([1], np.int64)}
    if keep:
        nodes, constants = (
            [("MatMul", ["x", "w"], ["y"], {})],
            {"w": np.eye(300, 2, dtype=np.float32)},
        )
    path = save_onnx(nodes, [("x", FLOAT, ["n", 300])], [("y", FLOAT, shape)], constants)
    predictor = open_predictor(
        find_model(path, **(about | ({"output": "probabilities"} if keep else {})))
    )
    array, out = features(5), np.empty((5, 1 + keep), np.float32)
    predictor.predict(array, out)
    wanted = array[:, :2] if keep else array.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(out, wanted, rtol=1e-5)


def test_a_length_that_is_dynamic_is_fixed_for_core_ml(save_onnx, about, accelerators):
    nodes = [("ReduceSum", ["x", "a"], ["y"], {"keepdims": 1})]
    constants = {"a": np.array([1], np.int64)}
    inputs = [("x", FLOAT, ["n", "length"])]
    path = save_onnx(nodes, inputs, [("y", FLOAT, ["n", 1])], constants)
    accelerators.there = ["coreml"]
    assert open_predictor(find_model(path, **about), rows=16).provider == "coreml"
    assert accelerators.opened[0][2] == {"n": 16, "length": 300}


def test_importing_is_light():
    code = (
        "import sys, biometal_stream.models.sessions, biometal_stream.models.library;"
        "print([m for m in ('numpy', 'pyarrow', 'numba', 'onnxruntime') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY
    )
    assert done.stdout == "[]\n"


def test_nothing_is_warned_of_on_the_cpu(linear):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        open_predictor(linear)
