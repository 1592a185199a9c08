"""A model that does not fit its card is told before any data flows."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from biometal_stream.errors import ModelError
from biometal_stream.models.card import Card
from biometal_stream.models.encodings import Encoding
from biometal_stream.models.sessions.fit import (
    check_fit,
    check_metadata,
    check_output,
    outputs_of,
)

CARD = Card("one", "1", "", Encoding("one-hot/1", 100), "logit", ("no", "yes"))
MANY = replace(CARD, output="logits", labels=("a", "b", "c"))
FLOAT = "tensor(float)"


def tensor(name, kind, *shape):
    return SimpleNamespace(name=name, type=kind, shape=list(shape))


def fit(card=CARD, x=("n", 4, 1, 100), y=("n", 1), xtype=FLOAT, ytype=FLOAT):
    return check_fit([tensor("x", xtype, *x)], [tensor("y", ytype, *y)], card, "m.onnx")


@pytest.mark.parametrize(
    ("x", "batch", "rows", "sizes"),
    [
        (("n", 4, 1, 100), "n", None, {}),
        ((None, 4, 1, 100), None, None, {}),
        ((16, 4, 1, 100), None, 16, {}),
        (("n", 4, 1, "length"), "n", None, {"length": 100}),
        (("n", None, None, 100), "n", None, {}),
    ],
)
def test_inputs_that_fit(x, batch, rows, sizes):
    signature = fit(x=x, y=(x[0], 1))
    assert (signature.input, signature.output) == ("x", "y")
    assert (signature.batch, signature.rows, signature.sizes) == (batch, rows, sizes)
    assert signature.fixable == (x[0] is not None)


@pytest.mark.parametrize("y", [("n",), ("n", 1), (None, None), ("n", "k"), (), ("m", 1), (5, 1)])
@pytest.mark.parametrize("kind", [FLOAT, "tensor(float16)", "tensor(double)"])
def test_outputs_that_fit(y, kind):
    assert fit(y=y, ytype=kind).output == "y"


@pytest.mark.parametrize(
    ("dtype", "kind"),
    [("float32", FLOAT), ("float16", "tensor(float16)"), ("uint8", "tensor(uint8)")],
)
def test_types_that_fit(dtype, kind):
    card = replace(CARD, encoding=Encoding("one-hot/1", 100, dtype))
    assert fit(card, xtype=kind).input == "x"


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"xtype": "tensor(double)"}, r"input 'x' is tensor\(double\), the encoding one-hot/1 giv"),
        ({"xtype": "tensor(uint8)"}, "input 'x' is uint8, the encoding one-hot/1 gives float32"),
        ({"xtype": "seq(tensor(float))"}, r"input 'x' is seq\(tensor\(float\)\), "),
        ({"x": ("n", 300)}, r"has 2 axes \(n, 300\); .* needs 4: \(rows, 4, 1, 100\)"),
        ({"x": ()}, r"has 0 axes \(\); the encoding one-hot/1 needs 4"),
        ({"x": ("n", 4, 1, 150)}, r"\(n, 4, 1, 150\); .* needs 100 on axis 3: \(rows, 4, 1, 100\)"),
        ({"x": ("n", 1, 4, 100)}, "needs 4 on axis 1"),
        ({"x": ("n", 4, "s", "s")}, "needs 100 on axis 3"),
        ({"x": ("n", 4, 1, "n")}, "needs 100 on axis 3"),
        ({"x": (0, 4, 1, 100)}, "takes 0 rows a call; 1 or more are expected"),
        ({"ytype": "tensor(int64)"}, r"output 'y' is tensor\(int64\); floating-point numbers are"),
        ({"ytype": "seq(map(int64,tensor(float)))"}, "floating-point numbers are expected"),
        ({"y": ("n", 2)}, "gives 2 numbers for a row; expected is 1 for the output logit"),
        ({"y": ("n", 1, 1)}, r"has 3 axes \(n, 1, 1\); expected is \(rows, 1\)"),
        ({"card": MANY}, r"gives 1 numbers for a row; .* one for each of the 3 labels \(a, b, c\)"),
        ({"card": MANY, "y": ("n",)}, "gives 1 numbers for a row"),
        ({"x": (8, 4, 1, 100), "y": (1, 1)}, "gives 1 rows for the 8 that the model takes"),
    ],
)
def test_what_does_not_fit(more, told):
    with pytest.raises(ModelError, match=f"^m.onnx: .*{told}") as caught:
        fit(**more)
    assert "\n" not in str(caught.value)


def test_more_than_one_input_or_output():
    x, y = tensor("x", FLOAT, "n", 4, 1, 100), tensor("y", FLOAT, "n", 1)
    with pytest.raises(ModelError, match=r"takes 2 inputs \('x', 'y'\); one is expected"):
        check_fit([x, y], [y], CARD, "m.onnx")
    with pytest.raises(ModelError, match=r"takes 0 inputs \(none\); one is expected"):
        check_fit([], [y], CARD, "m.onnx")
    with pytest.raises(ModelError, match=r"gives 2 outputs \('y', 'x'\); one is expected"):
        check_fit([x], [y, x], CARD, "m.onnx")


def test_the_shape_that_was_really_given():
    check_output((3,), 3, CARD, "m.onnx")
    check_output((3, 1), 3, CARD, "m.onnx")
    check_output((3, 3), 3, MANY, "m.onnx")
    for shape in [(1,), (), (1, 3), (3, 2), (1, 1), (3, 1, 1)]:
        with pytest.raises(ModelError, match=r"for 3 rows; expected is \(3, 1\), 1 for the out"):
            check_output(shape, 3, CARD, "m.onnx")
    with pytest.raises(ModelError, match=r"expected is \(3, 3\), one for each of the 3 labels"):
        check_output((3,), 3, MANY, "m.onnx")


def test_how_many_outputs():
    assert [outputs_of(card) for card in (CARD, MANY)] == [1, 3]
    assert outputs_of(replace(MANY, output="probabilities")) == 3
    assert outputs_of(replace(CARD, output="score", labels=())) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"encoding": Encoding("one-hot/1", 99)},
        {"output": "probability"},
        {"labels": ("yes", "no")},
    ],
)
def test_metadata_of_another_model(other):
    check_metadata(None, CARD, "m.onnx")
    check_metadata(replace(CARD, version="2", threshold=0.9), CARD, "m.onnx")
    (key,) = other
    with pytest.raises(ModelError, match=f"is not the model of its card: its metadata say {key}"):
        check_metadata(replace(CARD, **other), CARD, "m.onnx")
