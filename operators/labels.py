"""Checks that the model of a column gives a label."""

from __future__ import annotations

import ast
import difflib
from typing import TYPE_CHECKING

from biometal_stream.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

_SHOWN = 10


def require_label(schema: pa.Schema, column: str, label: str, who: str) -> None:
    """Refuses a label that a column cannot have: it would match no read, or every read.

    Accepts any label if the column's field does not list the labels.

    Args:
        schema: A schema with the column.
        column: A column of labels.
        label: The label to find.
        who: The operator, for the message.

    Raises:
        ConfigurationError: The model of that column has no such label.
    """
    from biometal_stream.schemas.predictions import known_labels

    labels = known_labels(schema.field(column))
    if labels is None or label in labels:
        return
    more = f" and {len(labels) - _SHOWN:,} more" if len(labels) > _SHOWN else ""
    raise ConfigurationError(
        f"{who}: column '{column}' has no label '{label}', only {', '.join(labels[:_SHOWN])}{more}"
        f"{_meant(label, labels)}"
    )


def check_labels(tree: ast.expr, schema: pa.Schema) -> None:
    """Checks each label that a condition compares with a column, as `require_label` does.

    Args:
        tree: A condition that has been checked.
        schema: The schema it is for.

    Raises:
        ConfigurationError: See `require_label`.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            for left, relation, right in zip(sides, node.ops, sides[1:], strict=False):
                if not isinstance(relation, ast.Eq | ast.NotEq | ast.In | ast.NotIn):
                    continue
                for named, value in ((left, right), (right, left)):
                    column = _column(named)
                    if len(schema.get_all_field_indices(column)) == 1:
                        for label in _texts(value):
                            require_label(schema, column, label, "where")


def _column(node: ast.expr) -> str:
    """The column that a node names; empty if it is anything else."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Call(func=ast.Name(id="column"), args=[ast.Constant(value=str(name))]):
            return name
    return ""


def _texts(node: ast.expr) -> Iterator[str]:
    parts = node.elts if isinstance(node, ast.Tuple | ast.List) else [node]
    for part in parts:
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def _meant(label: str, labels: tuple[str, ...]) -> str:
    by_lower = {each.casefold(): each for each in labels}
    found = difflib.get_close_matches(label.casefold(), list(by_lower), n=1)
    return f"; did you mean '{by_lower[found[0]]}'?" if found else ""
