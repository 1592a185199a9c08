"""That no modules import each other in a circle, imports for type checkers and in functions too."""

import ast
import os
from pathlib import Path

import pytest

import biometal_stream

ROOT = Path(biometal_stream.__file__).parent


def modules(root):
    """The files of a package by the names of their modules; links are followed."""
    found = {}
    for folder, _, files in os.walk(root, followlinks=True):
        for file in files:
            if file.endswith(".py"):
                path = Path(folder, file)
                parts = [root.name, *path.relative_to(root).with_suffix("").parts]
                found[".".join(parts).removesuffix(".__init__")] = path
    return found


def imports_of(text, known):
    """The modules that a module's text imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            whole = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (whole & known) or {node.module}
    return found & known


def circles(graph):
    """The sets of modules that can each be reached from each other (Tarjan's algorithm)."""
    order, lowest, stack, found = {}, {}, [], []

    def visit(module):
        order[module] = lowest[module] = len(order)
        stack.append(module)
        for other in sorted(graph[module]):
            if other not in order:
                visit(other)
            if other in stack:
                lowest[module] = min(lowest[module], lowest[other])
        if lowest[module] == order[module]:
            circle = stack[stack.index(module) :]
            del stack[stack.index(module) :]
            if len(circle) > 1:
                found.append(sorted(circle))

    for module in sorted(graph):
        if module not in order:
            visit(module)
    return found


def graph_of(files):
    known = frozenset(files)
    return {
        name: imports_of(path.read_text(encoding="utf-8"), known) - {name}
        for name, path in files.items()
    }


def test_no_circle_of_imports():
    assert circles(graph_of(modules(ROOT))) == []


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        ({"a": "import b", "b": "import c", "c": ""}, []),
        ({"a": "import b", "b": "import c", "c": "import a"}, [["a", "b", "c"]]),
        (
            {"a": "def f():\n    import b", "b": "if TYPE_CHECKING:\n    from a import x"},
            [["a", "b"]],
        ),
        ({"p": "", "p.a": "from p import b", "p.b": "from p.a import x"}, [["p.a", "p.b"]]),
        ({"p": "from p import a", "p.a": "from p import x"}, [["p", "p.a"]]),
    ],
)
def test_circles_are_found(texts, wanted, tmp_path):
    files = {}
    for name, text in texts.items():
        files[name] = tmp_path / name
        files[name].write_text(text)
    assert circles(graph_of(files)) == wanted
