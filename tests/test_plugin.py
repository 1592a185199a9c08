"""One module has all that an operator from outside needs, and what ours are made of."""

import ast
import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream import operators, plugin

READ = b"@r\nACGT\n+\nIIII\n"
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
    with pytest.raises(AttributeError, match="no attribute 'ReadFitler'") as caught:
        plugin.ReadFitler  # noqa: B018
    # By these two Python proposes ReadFilter.
    assert (caught.value.name, caught.value.obj) == (
        "ReadFitler",
        plugin,
    )


@pytest.mark.parametrize(
    ("base", "lacking"),
    [
        (plugin.ReadFilter, "keep"),
        (plugin.ReadTrimmer, "bounds"),
        (plugin.ReadEditor, "edit"),
        (plugin.ReadObserver, "empty"),
        (plugin.ReadLearner, "learn"),
        (plugin.StatelessOperator, "__call__"),
        (plugin.SerialOperator, "start"),
    ],
)
def test_a_method_that_was_not_written_ends_the_run(base, lacking):
    unwritten = type("Unwritten", (base,), {})
    with pytest.raises(NotImplementedError, match=rf"Unwritten has no {lacking}\(\); write one"):
        list((bs.read_fastq(io.BytesIO(READ)) | unwritten()).batches())


class OneBound(plugin.ReadTrimmer):
    def bounds(self, view):
        return self.found(view.num_rows)


class Transform(plugin.StatelessOperator):
    def __call__(self, batch):
        return self.found(batch)


class Held(plugin.SerialOperator):
    exhausted = False

    def start(self):
        return self

    def __call__(self, batch):
        return batch

    def flush(self):
        return [self.found()]


@pytest.mark.parametrize(
    ("operator", "found", "message"),
    [
        (OneBound, lambda _, rows: None, "two arrays, .* and it returned None"),
        (OneBound, lambda _, rows: np.zeros(rows, int), "two arrays, .* and it returned one"),
        (
            Transform,
            lambda _, batch: pa.Table.from_batches([batch]),
            "a Table; return a RecordBatch",
        ),
        (Transform, lambda _, batch: None, "returned None; return a RecordBatch"),
        (Held, lambda _: pa.table({}), "returned a Table; return a RecordBatch"),
        (Held, lambda _: pa.record_batch({"x": [1]}), "returned the columns x: int64, but its"),
    ],
)
def test_what_a_method_must_not_return(operator, found, message):
    kind = type("Mine", (operator,), {"found": found})
    with pytest.raises(bs.BiometalError, match=message):
        list((bs.read_fastq(io.BytesIO(READ)) | kind()).batches())


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
