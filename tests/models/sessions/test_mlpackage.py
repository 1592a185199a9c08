"""A Core ML package, run by a stand-in for coremltools: there is no macOS here."""

import sys
import threading
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from biometal_stream.errors import MissingExtraError, ModelError, ModelWarning, PredictionError
from biometal_stream.models.encodings import Encoding
from biometal_stream.models.library import Model, find_model
from biometal_stream.models.sessions import mlpackage, open_predictor

HALF, SINGLE, WHOLE = 65552, 65568, 131104
LABELS = ("FAIL", "PASS")


def feature(name, kind, *shape):
    array = SimpleNamespace(dataType=kind, shape=list(shape))
    return SimpleNamespace(name=name, type=SimpleNamespace(multiArrayType=array))


def function(name, rows, kind=HALF, width=300, outputs=1):
    return SimpleNamespace(
        name=name,
        input=[feature("features", kind, rows, width)],
        output=[feature("logit", kind, rows, outputs)],
    )


def mean(features):
    return features[:, 150:].sum(axis=1, keepdims=True) * np.float32(93 / 150) - 20


class StandIn:
    """coremltools, as far as it is used.

    Attributes:
        functions: The package's functions; one without a name is that of a plain package.
        model: What it computes.
        loaded: The arguments of each model that was loaded.
        given: The batches that it was given.
    """

    def __init__(self):
        self.functions = [function("rows_1", 1), function("rows_64", 64), function("many", 4096)]
        self.model = mean
        self.loaded = []
        self.given = []
        self.busy = threading.Lock()
        self.ComputeUnit = SimpleNamespace(CPU_AND_NE="neural engine")
        self.utils = SimpleNamespace(load_spec=self.load_spec)
        self.models = SimpleNamespace(MLModel=self.load)

    def load_spec(self, path):
        if self.functions is None:
            raise RuntimeError("Manifest.json: not found\nmore")
        plain = [each for each in self.functions if each.name is None]
        description = plain[0] if plain else SimpleNamespace(input=[], output=[])
        description.functions = [] if plain else self.functions
        return SimpleNamespace(description=description)

    def load(self, path, compute_units, function_name):
        if self.model is None:
            raise RuntimeError("Error compiling model")
        self.loaded.append((path, compute_units, function_name))
        return self

    def predict(self, data):
        assert self.busy.acquire(blocking=False), "two calls at once"
        try:
            (array,) = data.values()
            self.given.append(array)
            return {"logit": self.model(array)}
        finally:
            self.busy.release()


@pytest.fixture
def tools(monkeypatch):
    made = StandIn()
    monkeypatch.setattr(mlpackage, "_runs_here", lambda: True)
    monkeypatch.setattr(mlpackage, "_coremltools", lambda: made)
    return made


@pytest.fixture
def package(tmp_path, about):
    (tmp_path / "m.mlpackage").mkdir()
    return find_model(tmp_path / "m.mlpackage", **about)


def test_elsewhere(package):
    if sys.platform != "darwin":
        with pytest.raises(ModelError, match=r"m.mlpackage: .* runs on macOS alone; name an ONNX"):
            open_predictor(package)


def test_coremltools_is_missing(package, monkeypatch):
    monkeypatch.setattr(mlpackage, "_runs_here", lambda: True)
    monkeypatch.setitem(sys.modules, "coremltools", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'biometal-stream\[coreml\]'"):
        open_predictor(package)


@pytest.mark.parametrize("provider", ["cpu", "cuda"])
def test_another_provider(package, tools, provider):
    with pytest.raises(ModelError, match=f"runs on the provider coreml, not on {provider}; name"):
        open_predictor(package, provider=provider)


@pytest.mark.parametrize("provider", ["auto", "coreml"])
def test_a_prediction(package, tools, provider):
    predictor = open_predictor(package, provider=provider)
    assert (predictor.provider, predictor.rows, predictor.fixed) == ("coreml", 64, True)
    assert (predictor.outputs, predictor.placement) == (1, {})
    assert tools.loaded == [(str(package.files["mlpackage"]), "neural engine", "rows_64")]
    features = np.random.default_rng(1).random((64, 300), np.float32)
    out = np.empty((64, 1), np.float32)
    predictor.predict(features, out)
    np.testing.assert_array_equal(out, mean(features))
    assert tools.given[-1] is features
    predictor.close()
    with pytest.raises(PredictionError):
        predictor.predict(features, out)


def test_batches(package, tools):
    assert open_predictor(package, rows=4096).rows == 4096
    assert open_predictor(package, rows=1).rows == 1
    with pytest.raises(ModelError, match="takes batches of 1, 64, 4096 rows, none of 5"):
        open_predictor(package, rows=5)
    tools.functions = tools.functions[2:]
    assert open_predictor(package).rows == 4096


def test_a_package_of_one_function(package, tools):
    tools.functions = [function(None, 16, SINGLE)]
    assert open_predictor(package).rows == 16
    assert tools.loaded[0][2] is None


@pytest.mark.parametrize(
    ("encoding", "kind", "taken"),
    [
        (Encoding("quality-mask/1", 150), SINGLE, np.float32),
        (Encoding("quality-mask/1", 150, "float16"), HALF, np.float32),
        (Encoding("quality-mask/1", 150, "uint8"), HALF, np.float32),
        (Encoding("tokens/1", 300, "int32"), WHOLE, np.int32),
        (Encoding("tokens/1", 300, "int64"), WHOLE, np.int32),
    ],
)
def test_types(package, tools, encoding, kind, taken):
    tools.functions = [function(None, 8, kind)]
    tools.functions[0].output = [feature("logit", HALF, 8, 1)]
    predictor = open_predictor(replace(package, card=replace(package.card, encoding=encoding)))
    out = np.empty((8, 1), np.float32)
    predictor.predict(np.ones((8, 300), encoding.dtype), out)
    assert tools.given[-1].dtype == taken
    np.testing.assert_allclose(out, 73, rtol=1e-3)


@pytest.mark.parametrize(
    ("functions", "told"),
    [
        ([function(None, 8, WHOLE)], "input 'features' is int32, the encoding .* gives float32"),
        ([function(None, 8, 7)], "input 'features' is type 7, the encoding"),
        ([function(None, 8, width=150)], r"has the shape \(8, 150\)"),
        ([function(None, 8, outputs=2)], "gives 2 numbers for a row"),
        (None, "is not a Core ML package: Manifest.json: not found$"),
    ],
)
def test_what_does_not_fit(package, tools, functions, told):
    tools.functions = functions
    with pytest.raises(ModelError, match=f"m.mlpackage: .*{told}"):
        open_predictor(package)


def fails(_):
    raise RuntimeError("E5RT error\nmore")


@pytest.mark.parametrize(
    ("model", "told"),
    [
        (None, "m.mlpackage: cannot be loaded by Core ML: Error compiling model"),
        (fails, "cannot be used: .*m.mlpackage: failed on 64 rows: E5RT error$"),
        (lambda x: mean(x)[:3], r"gave numbers of shape \(3, 1\) for 64 rows"),
        (lambda x: mean(x) * np.nan, "Core ML gave NaN or infinity for a first batch"),
    ],
)
def test_a_package_that_fails(package, tools, model, told):
    tools.model = model
    with pytest.raises(ModelError, match=told):
        open_predictor(package)


def test_a_failure_later(package, tools):
    predictor, out = open_predictor(package), np.empty((64, 1), np.float32)
    tools.model = fails
    with pytest.raises(PredictionError, match=r"failed on 64 rows: E5RT error$"):
        predictor.predict(np.zeros((64, 300), np.float32), out)
    tools.model = lambda x: mean(x)[:5]
    with pytest.raises(PredictionError, match=r"gave numbers of shape \(5, 1\); expected is \(64"):
        predictor.predict(np.zeros((64, 300), np.float32), out)


def test_threads_take_turns(package, tools):
    predictor, failures = open_predictor(package), []

    def work():
        try:
            for _ in range(50):
                predictor.predict(np.zeros((64, 300), np.float32), np.empty((64, 1), np.float32))
        except Exception as error:  # noqa: BLE001 - whatever fails is told below
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not failures


def test_a_package_is_held_against_the_model_s_onnx_file(package, tools, models):
    linear = find_model(models / "linear.onnx")
    files = {"fp32": models / "linear.onnx", "mlpackage": package.files["mlpackage"]}
    both = Model(linear.card, models, files)
    assert open_predictor(both, precision="mlpackage").provider == "coreml"
    assert open_predictor(both).provider == "cpu"
    tools.model = lambda features: mean(features)[::-1]
    with pytest.warns(ModelWarning, match=r"runs on the CPU, since coreml gave .* where the CPU"):
        assert open_predictor(both, precision="mlpackage").provider == "cpu"


def test_a_package_that_counts_as_fp32_is_not_its_own_reference(package, tools, models):
    card = find_model(models / "linear.onnx").card
    files = {"fp32": package.files["mlpackage"], "other": models / "linear.onnx"}
    assert open_predictor(Model(card, models, files)).provider == "coreml"


def test_the_description_is_as_coremltools_has_it():
    pb = pytest.importorskip("coremltools.proto.Model_pb2")
    spec = pb.Model()
    for rows in (1, 64):
        described = spec.description.functions.add(name=f"rows_{rows}")
        for side, name, shape in (("input", "features", (rows, 300)), ("output", "y", (rows, 1))):
            array = getattr(described, side).add(name=name).type.multiArrayType
            array.shape.extend(shape)
            array.dataType = HALF
    card = SimpleNamespace(encoding=Encoding("sequence-quality-300/1"))
    one, many = mlpackage._functions(spec, card)
    assert (one.name, one.rows, many.name, many.rows) == ("rows_1", 1, "rows_64", 64)
    assert many.inputs[0].type == "tensor(float)"
    assert (many.outputs[0].type, many.outputs[0].shape) == ("tensor(float16)", (64, 1))
