"""Comparisons that no read, or every read, can meet, such as percentages instead of shares."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from biometal_stream.measured import MEASURES, Measured

_TURNED = {ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE}

_PROBABILITY = Measured("probability", "probability of a label", "share", "", "", maximum=1)


def doubts(tree: ast.expr) -> Iterator[str]:
    """Yields a sentence for each comparison of a measure with a value outside its range.

    A name is taken for the measure of that name; ``column("gc")`` means a column.

    Args:
        tree: A condition that has been checked.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            for left, relation, right in zip(sides, node.ops, sides[1:], strict=False):
                doubt = _doubt(left, relation, right) or _doubt(
                    right, _TURNED.get(type(relation), type(relation))(), left
                )
                if doubt:
                    yield doubt


def _doubt(measured: ast.expr, relation: ast.cmpop, other: ast.expr) -> str | None:
    """What is odd about comparing a measure with numbers; ``None`` if nothing is."""
    if not isinstance(measured, ast.Name):
        return None
    name, measure = measured.id, _measure(measured.id)
    numbers = _numbers(other)
    if measure is None or not numbers:
        return None
    answers = {_answer(measure, relation, number) for number in numbers}
    if len(answers) > 1 or answers == {None}:
        return None
    said = ast.unparse(ast.Compare(measured, [relation], [other]))
    text = f"'{said}' is {'always' if answers == {True} else 'never'} true: {_range(name, measure)}"
    if measure.maximum == 1 and len(numbers) == 1 and 1 < numbers[0] <= 100:
        share = ast.Constant(numbers[0] / 100)
        text += f"; write {ast.unparse(ast.Compare(measured, [relation], [share]))}"
    return text


def _measure(name: str) -> Measured | None:
    return _PROBABILITY if "_probability" in name else MEASURES.get(name)


def _numbers(node: ast.expr) -> list[float]:
    """The numbers in an expression; empty if it has anything else."""
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, RecursionError):
        return []
    values = value if isinstance(value, tuple | list) else [value]
    if all(isinstance(one, int | float) and not isinstance(one, bool) for one in values):
        return list(values)
    return []


def _answer(measure: Measured, relation: ast.cmpop, number: float) -> bool | None:
    """The result of the comparison for every read; ``None`` if it depends on the read.

    At the ends of the range nothing counts as always true: ``gc >= 0`` drops nulls.
    """
    low = measure.minimum
    high = float("inf") if measure.maximum is None else measure.maximum
    below, above = number < low, number > high
    match relation:
        case ast.Gt() | ast.GtE():
            never = above or (number == high and isinstance(relation, ast.Gt))
            return False if never else True if below else None
        case ast.Lt() | ast.LtE():
            never = below or (number == low and isinstance(relation, ast.Lt))
            return False if never else True if above else None
        case ast.Eq() | ast.In():
            return False if below or above else None
        case ast.NotEq() | ast.NotIn():
            return True if below or above else None
    return None


def _range(name: str, measure: Measured) -> str:
    unit = {"share": "a share", "Phred": "a Phred score"}.get(measure.unit, "a number")
    if measure.maximum is None:
        return f"{name} is {unit} of at least {measure.minimum:g}"
    return f"{name} is {unit} from {measure.minimum:g} to {measure.maximum:g}"
