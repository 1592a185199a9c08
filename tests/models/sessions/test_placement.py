"""Nodes are counted by provider where the runtime can tell."""

from types import SimpleNamespace

from biometal_stream.models.sessions.onnx import open_session
from biometal_stream.models.sessions.placement import placement


def part(name, nodes):
    return SimpleNamespace(ep_name=name, get_nodes=lambda: [object()] * nodes)


def test_nodes_are_added_up():
    session = SimpleNamespace(
        get_provider_graph_assignment_info=lambda: [
            part("CPUExecutionProvider", 1),
            part("CoreMLExecutionProvider", 2),
            part("CPUExecutionProvider", 2),
            part("CoreMLExecutionProvider", 4),
        ]
    )
    assert placement(session) == {"coreml": 6, "cpu": 3}
    assert list(placement(session)) == ["coreml", "cpu"]


def test_an_older_runtime():
    def refuses():
        raise RuntimeError("not recorded")

    assert placement(object()) == {}
    assert placement(SimpleNamespace(get_provider_graph_assignment_info=refuses)) == {}


def test_a_real_session(models):
    session = open_session(models / "linear.onnx")
    told = hasattr(session, "get_provider_graph_assignment_info")
    assert placement(session) == ({"cpu": 1} if told else {})
