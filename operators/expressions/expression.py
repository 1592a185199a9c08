"""Conditions, ready to be evaluated."""

from __future__ import annotations

import ast
import warnings
from functools import lru_cache
from typing import TYPE_CHECKING

from biometal_stream.errors import ConfigurationError, SchemaError, SettingWarning
from biometal_stream.measured import MEASURES, PAIR_COLUMNS, PAIR_MEASURES
from biometal_stream.operators.expressions.checking import check, check_text
from biometal_stream.operators.expressions.doubts import doubts
from biometal_stream.operators.expressions.language import LONGEST, short, syntax_tree
from biometal_stream.operators.expressions.repairs import repaired
from biometal_stream.operators.labels import check_labels

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.operators.expressions.compilation import Compiled
    from biometal_stream.view import BatchView


class Expression:
    """A condition over the columns and measures of reads. Safe to share between threads.

    Args:
        text: The condition as the user wrote it.
        tree: The parsed condition, which has been checked.
    """

    def __init__(self, text: str, tree: ast.expr) -> None:
        self.text = text
        self.tree = tree
        self._last: tuple[pa.Schema, Compiled] | None = None

    def compiled(self, schema: pa.Schema) -> Compiled:
        """Compiles the condition. Keeps the last result, because batches of a run are alike.

        Raises:
            SchemaError: A name is unknown, a type does not fit, or it is not a condition.
            ConfigurationError: A regular expression is wrong.
        """
        last = self._last
        if last is not None and last[0].equals(schema):
            return last[1]
        from biometal_stream.operators.expressions.compilation import compiled

        found = compiled(self.tree, self.text, schema)
        kind = found.parts[-1].type
        if str(kind) != "bool":
            raise SchemaError(
                f"where: '{short(self.text)}' is not a condition, it gives {kind}; compare it with"
                f" something, in quotes: where {_example(self.text)}"
            )
        self._last = (schema, found)
        return found

    def evaluate(self, view: BatchView) -> pa.Array:
        """Evaluates the condition in each row.

        Args:
            view: The batch, maybe with reads dropped or trimmed. It remembers what is measured
                for the condition.

        Returns:
            Booleans, (num_rows,). Null if the condition has no answer.

        Raises:
            SchemaError: A name is unknown, or a type does not fit.
            ConfigurationError: A regular expression is wrong.
            DataError: A number is too large to be added or multiplied.
        """
        return self.compiled(view.batch.schema).evaluate(view)

    def check(self, schema: pa.Schema) -> None:
        """Checks that the condition fits the columns, before any data flows.

        Raises:
            SchemaError: A name is unknown, or a type does not fit.
            ConfigurationError: A regular expression is wrong, or the model does not have a label.
        """
        self.compiled(schema)
        check_labels(self.tree, schema)

    def columns(self, schema: pa.Schema) -> frozenset[str]:
        """The columns that the condition reads, if it fits the schema."""
        found: set[str] = set()
        nodes = [self.tree]
        while nodes:
            match nodes.pop():
                case ast.Name(id=name):
                    if name in schema.names:
                        found.add(name)
                    elif name in PAIR_MEASURES:
                        found.update(PAIR_COLUMNS)
                    else:
                        found.add(MEASURES[name].reads)
                case ast.Call(func=ast.Name(id="column"), args=[ast.Constant(value=str(name))]):
                    found.add(name)
                case ast.Call(args=arguments):
                    nodes += arguments
                case node:
                    parts = ast.iter_child_nodes(node)
                    nodes += [part for part in parts if isinstance(part, ast.expr)]
        return frozenset(found)

    def holds(self, view: BatchView) -> NDArray[np.bool_]:
        """Whether the condition holds in each row, (num_rows,); false if it is null.

        Raises:
            DataError: A number is too large to be added or multiplied.
        """
        import numpy as np

        result = self.evaluate(view)
        return np.asarray(result.fill_null(False).to_numpy(zero_copy_only=False))


@lru_cache(maxsize=256)
def parse(text: str) -> Expression:
    """Parses a condition.

    Raises:
            ConfigurationError: It is not a condition, or contains something that is not allowed.
            The message suggests what was meant, if possible.
    """
    if len(text) > LONGEST:
        raise ConfigurationError(f"where: the condition is longer than {LONGEST} characters")
    check_text(text)
    try:
        return Expression(text, _checked(text))
    except ConfigurationError as error:
        meant = repaired(text)
        try:
            _checked(meant)
        except ConfigurationError:
            raise error from None
        raise ConfigurationError(
            f"where: '{short(text)}' is not a condition; write: {meant}"
        ) from None


def condition(text: str) -> Expression:
    """Parses a user's condition, and warns of comparisons that are always or never true.

    Raises:
        ConfigurationError: See `parse`.
    """
    expression = parse(text)
    for doubt in doubts(expression.tree):
        warnings.warn(f"where: {doubt}", SettingWarning, stacklevel=4)  # where the user made it
    return expression


def _checked(text: str) -> ast.expr:
    tree = syntax_tree(text)
    check(tree)
    return tree


def _example(text: str) -> str:
    """The condition that was probably meant."""
    bare = text.strip().strip("'\"")
    if bare != text.strip() and any(sign in bare for sign in "<>="):
        return f'"{bare}"'
    measure = MEASURES.get(text.strip())
    return (
        f'"{text.strip()} > {0.5 if measure.unit == "share" else 20}"' if measure else '"gc > 0.5"'
    )
