"""An ONNX file is looked through without the runtime, whatever is in it."""

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.errors import ModelError
from biometal_stream.models.library import find_model
from biometal_stream.models.sessions.contents import contents_of
from biometal_stream.models.sessions.onnx import open_session


def test_what_a_file_says(models):
    found = contents_of(models / "linear.onnx")
    assert found.metadata["biometal_stream.name"] == "linear"
    assert (found.weights, found.sparse) == (1204, 0)  # 301 numbers
    assert contents_of(models / "bare.onnx").metadata == {}


def test_metadata_that_are_not_text(models, tmp_path):
    broken = (models / "linear.onnx").read_bytes().replace(b"Phred", b"Phr\xffd")
    (tmp_path / "broken.onnx").write_bytes(broken)
    with pytest.raises(ModelError, match=r"broken\.onnx: its metadata are not UTF-8"):
        contents_of(tmp_path / "broken.onnx")


def test_a_file_that_changed_is_read_again(models, tmp_path):
    path = tmp_path / "m.onnx"
    path.write_bytes((models / "bare.onnx").read_bytes())
    assert contents_of(path).metadata == {}
    path.write_bytes((models / "linear.onnx").read_bytes())
    assert contents_of(path).metadata["biometal_stream.name"] == "linear"


@pytest.fixture(scope="module")
def sound(models):
    return (models / "linear.onnx").read_bytes()


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("contents") / "m.onnx"


@given(st.data())
def test_a_file_that_is_broken_is_an_error_or_is_read(sound, path, data):
    broken = bytearray(sound)
    for _ in range(data.draw(st.integers(1, 4))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(broken[: data.draw(st.integers(0, len(broken)))])
    with suppress(ModelError):
        assert contents_of(path).weights >= 0


@pytest.fixture
def save_sparse(tmp_path):
    onnx = pytest.importorskip("onnx")
    from onnx import helper

    def save(place, size):
        values = helper.make_tensor("w", onnx.TensorProto.FLOAT, [1], [1.0])
        indices = helper.make_tensor("i", onnx.TensorProto.INT64, [1], [5])
        sparse = helper.make_sparse_tensor(values, indices, [size])
        nodes = [helper.make_node("Add", ["x", "w"], ["y"])]
        if place == "constant":
            nodes.insert(0, helper.make_node("Constant", [], ["w"], sparse_value=sparse))
        inner = helper.make_graph(
            nodes,
            "made",
            [] if place == "branch" else [helper.make_tensor_value_info("x", 1, ["n", size])],
            [helper.make_tensor_value_info("y", 1, ["n", size])],
            sparse_initializer=[] if place == "constant" else [sparse],
        )
        if place == "branch":
            branches = {"then_branch": inner, "else_branch": inner}
            inner = helper.make_graph(
                [helper.make_node("If", ["c"], ["z"], **branches)],
                "outer",
                [helper.make_tensor_value_info("c", onnx.TensorProto.BOOL, [])],
                [helper.make_tensor_value_info("z", 1, ["n", size])],
            )
        model = helper.make_model(inner, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        path = tmp_path / "sparse.onnx"
        path.write_bytes(model.SerializeToString())
        return path

    return save


@pytest.mark.parametrize("place", ["graph", "constant", "branch"])
def test_a_sparse_tensor_that_becomes_large(save_sparse, place):
    with pytest.raises(ModelError, match=r"its sparse tensors become [\d,]+ MiB; at most 512 MiB"):
        open_session(save_sparse(place, 2 * 10**8))


def test_weights_that_are_too_large(tmp_path, about, models):
    onnx = pytest.importorskip("onnx")
    model = onnx.load(models / "bare.onnx")
    model.graph.initializer[0].dims[0] = 10**9
    path = tmp_path / "large.onnx"
    path.write_bytes(model.SerializeToString())
    assert find_model(path, **about)
    with pytest.raises(
        ModelError, match=r"has weights of 3,814 MiB; at most 2,048 MiB are allowed"
    ):
        open_session(path)


def test_axes_and_graphs_without_end(tmp_path):
    def message(number, content):
        size, prefix = len(content), bytearray([number << 3 | 2])
        while size > 127:
            prefix.append(size & 127 | 128)
            size >>= 7
        return bytes([*prefix, size]) + content

    path = tmp_path / "m.onnx"
    axes = message(1, b"\xff\xff\xff\xff\x0f" * 1000)
    path.write_bytes(message(7, message(5, axes)))
    with pytest.raises(ModelError, match="a tensor of more than 64 axes"):
        contents_of(path)
    graph = b""
    for _ in range(100):
        graph = message(1, message(5, message(6, graph)))
    path.write_bytes(message(7, graph))
    with pytest.raises(ModelError, match="graphs within graphs, more than 64 deep"):
        contents_of(path)


def test_weights_of_every_size(save_onnx):
    kinds = {np.float32: 4, np.float64: 8, np.float16: 2, np.int8: 1, np.int64: 8}
    for kind, size in kinds.items():
        weights = {"w": np.ones((300, 7), kind)}
        nodes = [("Identity", ["x"], ["y"], {})]
        path = save_onnx(nodes, [("x", 1, ["n", 300])], [("y", 1, ["n", 300])], weights)
        assert contents_of(path).weights == 2100 * size
