"""The conditions of `Where`: text is parsed, checked, compiled for a schema, and evaluated.

Each step is a module: `language` parses and holds the vocabulary, `checking` refuses what is not
allowed, `compilation` makes one of Arrow's expressions for the columns of a schema, and
`biometal_stream.evaluation` evaluates it, as it does the filters of a dataset. `repairs` finds what
a condition in another language means, and `doubts` finds comparisons that cannot be meant.
"""

from __future__ import annotations

from biometal_stream.operators.expressions.expression import Expression, condition, parse

__all__ = ["Expression", "condition", "parse"]
