"""What the runtime says is shortened to what a user needs."""

import pytest

from biometal_stream.models.sessions.reasons import ran_out_of_memory, reason

CODE = "[ONNXRuntimeError] : 1 : FAIL : "
PLACE = (
    "/onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:360 void* onnxruntime::BFCArena::"
    "AllocateRawInternal(size_t, bool, onnxruntime::Stream*) "
)
NODE = "Non-zero status code returned while running {} node. Name:'{}' Status Message: "


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("one\ntwo", "one"),
        ("[ONNXRuntimeError] : 7 : INVALID_PROTOBUF : Bad.", "Bad."),
        ("[ONNXRuntimeError] : 1 : FAIL : no : more\nat line 3", "no : more"),
        (
            (
                f"{CODE}{NODE.format('Expand', '')}{PLACE}Available memory of"
                " 268435200 is smaller than requested bytes of 8000000000\n"
            ),
            "Expand: it asks for more memory than is free",
        ),
        (
            (
                f"{CODE}{NODE.format('Loop', 'a')}{NODE.format('Add', 'b')}"
                "left operand cannot broadcast"
            ),
            "Add 'b': left operand cannot broadcast",
        ),
        (
            (
                f"{CODE}Load model from m.onnx failed:/onnxruntime_src/a/b.cc:1407 onnxruntime::"
                "Graph::Graph(const onnxruntime::Model&, const std::unordered_map"
                "<std::__cxx11::basic_string<char>, int>&, bool) status.IsOK() was false. "
                f"{CODE}tensorprotoutils.cc:3112 SparseTensorProtoToDenseTensorProto "
                "Sparse tensor: k exceeds the limit.\n"
            ),
            "Sparse tensor: k exceeds the limit.",
        ),
        ("x" * 500, "x" * 200 + "..."),
    ],
)
def test_what_an_error_says(said, wanted):
    assert reason(RuntimeError(said)) == wanted


def test_an_error_without_words():
    assert reason(KeyError()) == "KeyError"


def test_memory():
    assert ran_out_of_memory(MemoryError())
    assert ran_out_of_memory(RuntimeError("std::bad_alloc"))
    assert not ran_out_of_memory(RuntimeError("left operand cannot broadcast"))
