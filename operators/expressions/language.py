"""The vocabulary of conditions, and how messages quote them.

Conditions are parsed with Python's parser. Only what is listed here is then accepted, and nothing
is passed to ``eval``.
"""

from __future__ import annotations

import ast
import difflib
import warnings

from biometal_stream.errors import ConfigurationError

LONGEST = 4000
"""The most characters of a condition."""

DEEPEST = 60
"""The most nesting levels."""

ARITHMETIC = {
    ast.Add: "add_checked",
    ast.Sub: "subtract_checked",
    ast.Mult: "multiply_checked",
    ast.Div: "divide",
    ast.Mod: "%",
}
"""Arrow functions of the arithmetic operators."""
COMPARISONS = {
    ast.Eq: "equal",
    ast.NotEq: "not_equal",
    ast.Lt: "less",
    ast.LtE: "less_equal",
    ast.Gt: "greater",
    ast.GtE: "greater_equal",
}
"""Arrow functions of the comparisons."""
LOGIC = {ast.And: "and_kleene", ast.Or: "or_kleene"}
"""Arrow functions of ``and`` and ``or``."""
PATTERNS = {
    "contains": "match_substring",
    "starts_with": "starts_with",
    "ends_with": "ends_with",
    "matches": "match_substring_regex",
}
"""Arrow functions that search in text."""
FUNCTIONS = {**dict.fromkeys(PATTERNS, 2), "is_null": 1, "length": 1, "column": 1}
"""The functions, and the number of arguments of each."""


def syntax_tree(text: str) -> ast.expr:
    """Parses a condition; `checking` may still refuse it.

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
    """A text, shortened for a message."""
    return text if len(text) <= 100 else f"{text[:97]}..."


def said(node: ast.expr) -> str:
    """A part of a condition, shortened for a message."""
    try:
        return short(ast.unparse(node))
    except RecursionError:
        return type(node).__name__


def similar(name: str, known: list[str]) -> str:
    """A question with the name that was probably meant, or else a list of all names."""
    by_lower = {each.lower(): each for each in known}
    found = difflib.get_close_matches(name.lower(), list(by_lower), n=1)
    if found:
        return f"; did you mean '{by_lower[found[0]]}'?"
    return f"; known are {', '.join(known)}"
