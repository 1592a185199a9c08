"""One module has all that an operator from outside needs, and what ours are made of."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from biometal_stream import operators, plugin

SIMPLE = ["min_length", "max_n", "min_mean_quality", "trim_fixed", "head", "select"]
OURS_ALONE = {"settle_columns"}
"""What ours take that is not worth a name for others: a helper of a few lines."""


def test_each_name_is_what_it_is_elsewhere():
    for name in plugin.__all__:
        found = getattr(plugin, name)
        module = getattr(found, "__module__", "")
        if module.startswith("biometal_stream"):
            assert getattr(sys.modules[module], name) is found
    assert dir(plugin) == plugin.__all__
    with pytest.raises(AttributeError, match="no attribute 'ReadFitler'"):
        plugin.ReadFitler  # noqa: B018


def test_type_checkers_see_the_same_names():
    tree = ast.parse(Path(plugin.__file__).read_text())
    seen = [
        alias.asname
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname
    ]
    assert sorted(seen) == plugin.__all__


def test_importing_it_imports_nothing_heavy():
    code = (
        "import sys; from biometal_stream.plugin import ReadFilter, ReadTrimmer, argument, option;"
        "print([m for m in ('numpy', 'pyarrow', 'numba', 'rich') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("module", SIMPLE)
def test_our_own_operators_are_made_of_the_same(module):
    """What ours import from outside their folder is public, so that others can do the same."""
    (folder,) = operators.__path__
    tree = ast.parse((Path(folder) / f"{module}.py").read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("biometal_stream."):
            package, _, rest = (node.module or "").removeprefix("biometal_stream.").partition(".")
            if package == "operators" and rest != "base":
                continue
            names = {alias.name for alias in node.names}
            assert names <= {*plugin.__all__, *OURS_ALONE}, (node.module, names)
