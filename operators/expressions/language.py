"""The vocabulary of a condition, and what messages call its parts.

A condition is parsed as Python is. Only what is listed here is then let through, and nothing is
ever given to ``eval``.
"""

from __future__ import annotations

import ast
import difflib
import warnings

from biometal_stream.errors import ConfigurationError

LONGEST = 4000
"""Characters of the longest condition."""

DEEPEST = 60
"""Levels of the deepest one."""

ARITHMETIC = {
    ast.Add: "add_checked",
    ast.Sub: "subtract_checked",
    ast.Mult: "multiply_checked",
    ast.Div: "divide",
    ast.Mod: "%",
}
"""Arrow's functions of the arithmetic operations."""
COMPARISONS = {
    ast.Eq: "equal",
    ast.NotEq: "not_equal",
    ast.Lt: "less",
    ast.LtE: "less_equal",
    ast.Gt: "greater",
    ast.GtE: "greater_equal",
}
"""Arrow's functions of the comparisons."""
LOGIC = {ast.And: "and_kleene", ast.Or: "or_kleene"}
"""Arrow's functions of ``and`` and ``or``."""
PATTERNS = {
    "contains": "match_substring",
    "starts_with": "starts_with",
    "ends_with": "ends_with",
    "matches": "match_substring_regex",
}
"""Arrow's functions of those that look for something in a text."""
FUNCTIONS = {**dict.fromkeys(PATTERNS, 2), "is_null": 1, "length": 1, "column": 1}
"""The functions, and how many arguments each takes."""


def syntax_tree(text: str) -> ast.expr:
    """Parses a condition; parts of it may be refused later.

    Raises:
        ConfigurationError: It is not an expression.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python warns of "\d" in a regular expression
            return ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        where = f", at character {error.offset}" if error.offset else ""
        raise ConfigurationError(
            f"where: '{short(text)}' is not a condition{where}: {error.msg}"
        ) from None
    except (ValueError, MemoryError, RecursionError):
        raise ConfigurationError(f"where: '{short(text)}' is not a condition") from None


def short(text: str) -> str:
    """A text as a message can hold it."""
    return text if len(text) <= 100 else f"{text[:97]}..."


def said(node: ast.expr) -> str:
    """A part of a condition as a message can hold it."""
    try:
        return short(ast.unparse(node))
    except RecursionError:
        return type(node).__name__


def similar(name: str, known: list[str]) -> str:
    """A question after the name that was meant, else a list of all names."""
    by_lower = {each.lower(): each for each in known}
    found = difflib.get_close_matches(name.lower(), list(by_lower), n=1)
    if found:
        return f"; did you mean '{by_lower[found[0]]}'?"
    return f"; known are {', '.join(known)}"
