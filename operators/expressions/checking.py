"""Refuses what is not allowed in any condition, for any columns."""

from __future__ import annotations

import ast
import re

from biometal_stream.errors import ConfigurationError
from biometal_stream.operators.expressions.language import (
    ARITHMETIC,
    COMPARISONS,
    DEEPEST,
    FUNCTIONS,
    said,
    short,
    similar,
)


def check(node: ast.expr, depth: int = 0) -> None:
    """Accepts only what can be compiled.

    Args:
        node: A condition or a part of one.
        depth: Its nesting level.

    Raises:
        ConfigurationError: It contains something that is not allowed.
    """
    if depth > DEEPEST:
        raise ConfigurationError(f"where: the condition is nested deeper than {DEEPEST} levels")
    parts: list[ast.expr] = []
    match node:
        case ast.Name():
            pass
        case ast.Constant(value=bool() | int() | float() | str() as value):
            if isinstance(value, int) and not -(2**63) <= value < 2**63:
                raise ConfigurationError(
                    f"where: {short(str(value))} is too large; numbers have up to 64 bits"
                )
            if isinstance(value, str):
                check_text(value)
        case ast.UnaryOp(op=ast.Not() | ast.USub() | ast.UAdd(), operand=operand):
            parts = [operand]
        case ast.BinOp(left=left, op=operation, right=right) if type(operation) in ARITHMETIC:
            parts = [left, right]
        case ast.BoolOp(values=values):
            parts = values
        case ast.Compare(left=left, ops=operations, comparators=comparators):
            parts = [left]
            if len(operations) > 1 and any(isinstance(o, ast.In | ast.NotIn) for o in operations):
                raise ConfigurationError(f"where: '{said(node)}': 'in' cannot be part of a chain")
            for relation, comparator in zip(operations, comparators, strict=True):
                if isinstance(relation, ast.In | ast.NotIn):
                    _check_choices(comparator)
                elif type(relation) in COMPARISONS:
                    parts.append(comparator)
                else:
                    raise ConfigurationError(
                        f"where: '{said(node)}': write == or !=, or is_null(...)"
                    )
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            _check_call(name, arguments)
            parts = arguments[:1] if name != "column" else []
        case _:
            raise ConfigurationError(
                f"where: '{said(node)}' is not allowed{_named_oddly(node)}; a condition has names,"
                " numbers, texts in quotes, + - * / %, comparisons, in, and, or, not, and the"
                f" functions {', '.join(FUNCTIONS)}"
            )
    for part in parts:
        check(part, depth + 1)


def _named_oddly(node: ast.expr) -> str:
    """What to write for a name with dots, which columns may have."""
    name = said(node)
    dotted = isinstance(node, ast.Attribute) and re.fullmatch(r"[\w.]+", name)
    return f'; a column of that name is column("{name}")' if dotted else ""


def check_text(text: str) -> None:
    """Checks that Arrow can hold a text.

    Raises:
        ConfigurationError: It contains a lone surrogate.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        letter = f"\\u{ord(text[error.start]):04x}"
        raise ConfigurationError(
            f"where: the character {letter} is a lone surrogate, which text cannot hold; leave it"
            " out"
        ) from None


def _check_choices(node: ast.expr) -> None:
    if not (
        isinstance(node, ast.Tuple | ast.List)
        and node.elts
        and all(_is_literal(item) for item in node.elts)
    ):
        raise ConfigurationError(
            f"where: 'in' takes values, such as (1, 2) or ('a', 'b'), not '{said(node)}'"
        )


def _is_literal(node: ast.expr) -> bool:
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, RecursionError, MemoryError):
        return False
    if isinstance(value, str):
        check_text(value)
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    return isinstance(value, float | str)


def _check_call(name: str, arguments: list[ast.expr]) -> None:
    if name not in FUNCTIONS:
        raise ConfigurationError(
            f"where: there is no function '{name}'{similar(name, list(FUNCTIONS))}"
        )
    number = FUNCTIONS[name]
    if len(arguments) != number:
        plural = "s" if number > 1 else ""
        raise ConfigurationError(f"where: {name}(...) takes {number} argument{plural}")
    if name == "column" or number == 2:
        last = arguments[-1]
        if isinstance(last, ast.Constant) and isinstance(last.value, str):
            check_text(last.value)
    if (name == "column" or number == 2) and not (
        isinstance(arguments[-1], ast.Constant) and isinstance(arguments[-1].value, str)
    ):
        what = "the column's name" if name == "column" else "what to look for"
        raise ConfigurationError(f"where: {name}(...) takes {what} in quotes")
