"""Models that misbehave: they loop, take memory, or answer by the rows of a call.

All read ``quality-mask/1`` of 150 bases and give one number: the mean of a row, and more to it.
Those that are ``late`` misbehave only for a Phred score above 46, which no trial has.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

FLOAT, INT64, BOOL = 1, 7, 9
BARE = {"encoding": "quality-mask/1", "labels": ("A", "B"), "output": "logit"}
COMMAND = "--encoding quality-mask/1 --labels A --labels B --output logit"


def save(path: Path, kind: str) -> Path:
    """Makes the file of one of `KINDS`; the test is skipped where onnx is missing."""
    onnx = pytest.importorskip("onnx")
    from onnx import helper, numpy_helper

    nodes, constants, rows = KINDS[kind](helper)
    mean = helper.make_node("ReduceMean", ["x"], ["z"], axes=[1], keepdims=1)
    graph = helper.make_graph(
        [mean, *nodes],
        "made",
        [helper.make_tensor_value_info("x", FLOAT, [rows, 300])],
        [helper.make_tensor_value_info("y", FLOAT, [rows, 1])],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, path)
    return path


def _loop(helper, times=""):
    """A loop that goes on for as many times as a tensor says, or for ever."""
    body = helper.make_graph(
        [helper.make_node("Identity", ["c"], ["co"]), helper.make_node("Identity", ["v"], ["vo"])],
        "body",
        [
            helper.make_tensor_value_info("i", INT64, []),
            helper.make_tensor_value_info("c", BOOL, []),
            helper.make_tensor_value_info("v", FLOAT, None),
        ],
        [
            helper.make_tensor_value_info("co", BOOL, []),
            helper.make_tensor_value_info("vo", FLOAT, None),
        ],
    )
    return lambda takes, gives: helper.make_node("Loop", [times, "true", takes], [gives], body=body)


def _rows(helper):
    """The number of rows, as a tensor of one number."""
    return helper.make_node("Shape", ["z"], ["rows"], start=0, end=1)


def loop(helper):
    return [_loop(helper)("z", "y")], {"true": np.array(True)}, "n"


def loop_by_rows(helper):
    nodes = [
        _rows(helper),
        helper.make_node("Sub", ["rows", "limit"], ["over"]),
        helper.make_node("Mul", ["over", "many"], ["counts"]),
        helper.make_node("Squeeze", ["counts"], ["times"]),
        _loop(helper, "times")("z", "y"),
    ]
    constants = {
        "true": np.array(True),
        "limit": np.array([600], np.int64),
        "many": np.array([10**12], np.int64),
    }
    return nodes, constants, "n"


def answer_by_rows(helper, limit=500):
    nodes = [
        _rows(helper),
        helper.make_node("Greater", ["rows", "limit"], ["more"]),
        helper.make_node("Cast", ["more"], ["one"], to=FLOAT),
        helper.make_node("Mul", ["one", "little"], ["added"]),
        helper.make_node("Add", ["z", "added"], ["y"]),
    ]
    constants = {"limit": np.array([limit], np.int64), "little": np.array([0.01], np.float32)}
    return nodes, constants, "n"


def hungry_by_rows(helper):
    nodes = [
        _rows(helper),
        helper.make_node("Concat", ["rows", "rows", "thousand"], ["shape"], axis=0),
        *_filled(helper),
    ]
    return nodes, {"thousand": np.array([1000], np.int64)}, "n"


def giant(helper):
    return _filled(helper), {"shape": np.array([2 * 10**9], np.int64)}, "n"


def giant_constant(helper):
    """What the runtime would work out when it loads the model."""
    nodes = [
        helper.make_node("Expand", ["unit", "shape"], ["filled"]),
        helper.make_node("ReduceSum", ["filled"], ["sum"], keepdims=0),
        helper.make_node("Add", ["z", "sum"], ["y"]),
    ]
    constants = {"shape": np.array([2 * 10**8], np.int64), "unit": np.array([1], np.float32)}
    return nodes, constants, "n"


def batch_of_a_billion(helper):
    return [helper.make_node("Identity", ["z"], ["y"])], {}, 10**9


def late_loop(helper):
    return _late(helper, [_loop(helper)("best", "then")], {"true": np.array(True)})


def late_giant(helper):
    nodes = [
        helper.make_node("Expand", ["best", "shape"], ["filled"]),
        helper.make_node("ReduceSum", ["filled"], ["then"], keepdims=0),
    ]
    return _late(helper, nodes, {"shape": np.array([2 * 10**9], np.int64)})


def _filled(helper):
    return [
        helper.make_node("ConstantOfShape", ["shape"], ["filled"]),
        helper.make_node("ReduceSum", ["filled"], ["sum"], keepdims=0),
        helper.make_node("Add", ["z", "sum"], ["y"]),
    ]


def _late(helper, nodes, constants):
    """Runs nodes, which give ``then``, where a read has a high score."""
    from onnx import numpy_helper

    def branch(inner, name, arrays):
        return helper.make_graph(
            inner,
            name,
            [],
            [helper.make_tensor_value_info(name, FLOAT, None)],
            [numpy_helper.from_array(array, each) for each, array in arrays.items()],
        )

    otherwise = branch(
        [helper.make_node("Identity", ["none"], ["else"])], "else", {"none": np.float32(0)}
    )
    outer = [
        helper.make_node("Slice", ["x", "first", "last", "axis"], ["scores"]),
        helper.make_node("ReduceMax", ["scores"], ["best"], keepdims=0),
        helper.make_node("Greater", ["best", "high"], ["found"]),
        helper.make_node(
            "If",
            ["found"],
            ["more"],
            then_branch=branch(nodes, "then", constants),
            else_branch=otherwise,
        ),
        helper.make_node("Mul", ["more", "zero"], ["nothing"]),
        helper.make_node("Add", ["z", "nothing"], ["y"]),
    ]
    around = {
        "first": np.array([0], np.int64),
        "last": np.array([150], np.int64),
        "axis": np.array([1], np.int64),
        "high": np.float32(46 / 93),
        "zero": np.float32(0),
    }
    return outer, around, "n"


KINDS = {
    each.__name__: each
    for each in (
        loop,
        loop_by_rows,
        answer_by_rows,
        hungry_by_rows,
        giant,
        giant_constant,
        batch_of_a_billion,
        late_loop,
        late_giant,
    )
}
