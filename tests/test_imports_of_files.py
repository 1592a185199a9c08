"""No two files import each other, not by a long way round either, imports for types counted."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import biometal_stream

ROOT = Path(biometal_stream.__file__).parent


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def imports(folder: str) -> dict[str, set[str]]:
    """The modules in a folder that each module there imports."""
    files = {
        ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(
            ".__init__"
        ): path
        for path in (ROOT / folder).rglob("*.py")
    }
    found: dict[str, set[str]] = {module: set() for module in files}
    for module, path in files.items():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module is not None:
                names = {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
            elif isinstance(node, ast.Import):
                names = {alias.name for alias in node.names}
            else:
                continue
            found[module] |= names & files.keys()
    return found


@pytest.mark.parametrize("folder", ["codecs", "simd", "sources"])
def test_no_circle_of_imports(folder: str) -> None:
    graph = imports(folder)
    assert any(graph.values())
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail(" -> ".join(circle.args[1]))
