"""The conditions of `Where`: parsed, checked, compiled for a schema, and evaluated.

Each step is a module. `language` parses and holds the vocabulary, `checking` refuses what is not
allowed, `compilation` makes an Arrow expression for the columns of a schema, and
`biometal_stream.evaluation` evaluates it, as it does the filters of a dataset. `repairs` guesses
what a condition in another language means, and `doubts` finds comparisons that are probably wrong.
"""

from __future__ import annotations

from biometal_stream.operators.expressions.expression import Expression, condition, parse

__all__ = ["Expression", "condition", "parse"]
