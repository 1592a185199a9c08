"""The language of `Where`: what may stand in a condition, and what it means over columns.

It is parsed as Python is, then only what is listed here is let through; nothing is ever given
to ``eval``.
"""

from __future__ import annotations

import ast
import difflib
import re
import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from biometal_stream.errors import ConfigurationError, DataError, SchemaError, SettingWarning
from biometal_stream.measured import MEASURES
from biometal_stream.operators.doubts import doubts
from biometal_stream.operators.labels import check_labels
from biometal_stream.operators.repairs import repaired
from biometal_stream.settings import meant_number

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.view import BatchView

    Value: TypeAlias = pa.Array | pa.Scalar

LONGEST = 4000
"""Characters of the longest expression."""

DEEPEST = 60
"""Levels of the deepest one."""

_ARITHMETIC = {
    ast.Add: "add_checked",
    ast.Sub: "subtract_checked",
    ast.Mult: "multiply_checked",
    ast.Div: "divide",
    ast.Mod: "%",
}
_COMPARISONS = {
    ast.Eq: "equal",
    ast.NotEq: "not_equal",
    ast.Lt: "less",
    ast.LtE: "less_equal",
    ast.Gt: "greater",
    ast.GtE: "greater_equal",
}
_LOGIC = {ast.And: "and_kleene", ast.Or: "or_kleene"}
_PATTERNS = {
    "contains": "match_substring",
    "starts_with": "starts_with",
    "ends_with": "ends_with",
    "matches": "match_substring_regex",
}
_FUNCTIONS = {**dict.fromkeys(_PATTERNS, 2), "is_null": 1, "length": 1, "column": 1}
"""The functions, and how many arguments each takes."""


@dataclass(frozen=True)
class Expression:
    """A condition that may be evaluated.

    Attributes:
        text: As it was written.
        tree: Its parts, all of them allowed.
    """

    text: str
    tree: ast.expr

    def evaluate(self, view: BatchView) -> Value:
        """Works out the condition for each row.

        Args:
            view: The batch; what is measured for the condition stays known to it.

        Returns:
            Booleans, (num_rows,), or one for all rows. Null where the condition has no answer.

        Raises:
            SchemaError: A name is unknown, or a type does not fit.
            ConfigurationError: A regular expression is wrong.
            DataError: A number is too large to be added or multiplied.
        """
        import pyarrow as pa

        result = _Evaluation(self.text, view).value(self.tree)
        if not pa.types.is_boolean(result.type):
            raise SchemaError(
                f"where: '{_short(self.text)}' is not a condition, it gives {result.type}; compare"
                f" it with something, in quotes: where {_example(self.text)}"
            )
        return result

    def check(self, schema: pa.Schema) -> None:
        """Checks before any data flows that the condition works on columns.

        Raises:
            SchemaError: A name is unknown, or a type does not fit.
            ConfigurationError: A regular expression is wrong, or a label is not one of the
                model's.
        """
        from biometal_stream.columns import empty_batch
        from biometal_stream.view import BatchView

        self.evaluate(BatchView(empty_batch(schema)))
        check_labels(self.tree, schema)

    def columns(self, schema: pa.Schema) -> frozenset[str]:
        """Tells which columns the condition reads, where it works on the schema."""
        found: set[str] = set()
        nodes = [self.tree]
        while nodes:
            match nodes.pop():
                case ast.Name(id=name):
                    found.add(name if name in schema.names else MEASURES[name].reads)
                case ast.Call(func=ast.Name(id="column"), args=[ast.Constant(value=str(name))]):
                    found.add(name)
                case ast.Call(args=arguments):
                    nodes += arguments
                case node:
                    parts = ast.iter_child_nodes(node)
                    nodes += [part for part in parts if isinstance(part, ast.expr)]
        return frozenset(found)

    def holds(self, view: BatchView) -> NDArray[np.bool_]:
        """Tells for each row, (num_rows,), whether the condition holds; not where it is null.

        Raises:
            DataError: A number is too large to be added or multiplied.
        """
        import numpy as np
        import pyarrow as pa

        result = self.evaluate(view)
        if isinstance(result, pa.Scalar):
            return np.full(view.num_rows, result.as_py() is True)
        return np.asarray(result.fill_null(False).to_numpy(zero_copy_only=False))


@lru_cache(maxsize=256)
def parse(text: str) -> Expression:
    """Parses a condition.

    Raises:
        ConfigurationError: It is not one, or has something in it that is not allowed. The message
            says what was meant, where that can be told.
    """
    if len(text) > LONGEST:
        raise ConfigurationError(f"where: the condition is longer than {LONGEST} characters")
    _check_text(text)
    try:
        return Expression(text, _parsed(text))
    except ConfigurationError as error:
        meant = repaired(text)
        try:
            _parsed(meant)
        except ConfigurationError:
            raise error from None
        raise ConfigurationError(
            f"where: '{_short(text)}' is not a condition; write: {meant}"
        ) from None


def condition(text: str) -> Expression:
    """Parses the condition of a user, and warns of comparisons that are always or never true.

    Raises:
        ConfigurationError: As by `parse`.
    """
    expression = parse(text)
    for doubt in doubts(expression.tree):
        warnings.warn(f"where: {doubt}", SettingWarning, stacklevel=4)  # whoever made the operator
    return expression


def _parsed(text: str) -> ast.expr:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's opinion of "\d" in a regular expression
            tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        where = f", at character {error.offset}" if error.offset else ""
        raise ConfigurationError(
            f"where: '{_short(text)}' is not a condition{where}: {error.msg}"
        ) from None
    except (ValueError, MemoryError, RecursionError):
        raise ConfigurationError(f"where: '{_short(text)}' is not a condition") from None
    _check(tree, text, 0)
    return tree


def _short(text: str) -> str:
    """A text as a message can hold it."""
    return text if len(text) <= 100 else f"{text[:97]}..."


def _example(text: str) -> str:
    bare = text.strip().strip("'\"")
    if bare != text.strip() and any(sign in bare for sign in "<>="):
        return f'"{bare}"'
    measure = MEASURES.get(text.strip())
    return (
        f'"{text.strip()} > {0.5 if measure.unit == "share" else 20}"' if measure else '"gc > 0.5"'
    )


def _said(node: ast.expr) -> str:
    try:
        return _short(ast.unparse(node))
    except RecursionError:
        return type(node).__name__


def _check(node: ast.expr, text: str, depth: int) -> None:
    """Lets through what `_Evaluation` knows, and nothing else."""
    if depth > DEEPEST:
        raise ConfigurationError(f"where: the condition is nested deeper than {DEEPEST} levels")
    parts: list[ast.expr] = []
    match node:
        case ast.Name():
            pass
        case ast.Constant(value=bool() | int() | float() | str() as value):
            if isinstance(value, int) and not -(2**63) <= value < 2**63:
                raise ConfigurationError(
                    f"where: {_short(str(value))} is too large; numbers have up to 64 bits"
                )
            if isinstance(value, str):
                _check_text(value)
        case ast.UnaryOp(op=ast.Not() | ast.USub() | ast.UAdd(), operand=operand):
            parts = [operand]
        case ast.BinOp(left=left, op=operation, right=right) if type(operation) in _ARITHMETIC:
            parts = [left, right]
        case ast.BoolOp(values=values):
            parts = values
        case ast.Compare(left=left, ops=operations, comparators=comparators):
            parts = [left]
            if len(operations) > 1 and any(isinstance(o, ast.In | ast.NotIn) for o in operations):
                raise ConfigurationError(f"where: '{_said(node)}': 'in' cannot be part of a chain")
            for relation, comparator in zip(operations, comparators, strict=True):
                if isinstance(relation, ast.In | ast.NotIn):
                    _check_choices(comparator)
                elif type(relation) in _COMPARISONS:
                    parts.append(comparator)
                else:
                    raise ConfigurationError(
                        f"where: '{_said(node)}': write == or !=, or is_null(...)"
                    )
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            _check_call(name, arguments)
            parts = arguments[:1] if name != "column" else []
        case _:
            raise ConfigurationError(
                f"where: '{_said(node)}' is not allowed{_named_oddly(node)}; a condition has names,"
                " numbers, texts in quotes, + - * / %, comparisons, in, and, or, not, and the"
                f" functions {', '.join(_FUNCTIONS)}"
            )
    for part in parts:
        _check(part, text, depth + 1)


def _named_oddly(node: ast.expr) -> str:
    """What to write where a name has dots, as those of columns may have."""
    said = _said(node)
    dotted = isinstance(node, ast.Attribute) and re.fullmatch(r"[\w.]+", said)
    return f'; a column of that name is column("{said}")' if dotted else ""


def _check_text(text: str) -> None:
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
            f"where: 'in' takes values, such as (1, 2) or ('a', 'b'), not '{_said(node)}'"
        )


def _is_literal(node: ast.expr) -> bool:
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, RecursionError, MemoryError):
        return False
    if isinstance(value, str):
        _check_text(value)
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    return isinstance(value, float | str)


def _check_call(name: str, arguments: list[ast.expr]) -> None:
    if name not in _FUNCTIONS:
        raise ConfigurationError(
            f"where: there is no function '{name}'{_similar(name, list(_FUNCTIONS))}"
        )
    number = _FUNCTIONS[name]
    if len(arguments) != number:
        plural = "s" if number > 1 else ""
        raise ConfigurationError(f"where: {name}(...) takes {number} argument{plural}")
    if name == "column" or number == 2:
        last = arguments[-1]
        if isinstance(last, ast.Constant) and isinstance(last.value, str):
            _check_text(last.value)
    if (name == "column" or number == 2) and not (
        isinstance(arguments[-1], ast.Constant) and isinstance(arguments[-1].value, str)
    ):
        what = "the column's name" if name == "column" else "what to look for"
        raise ConfigurationError(f"where: {name}(...) takes {what} in quotes")


def _similar(name: str, known: list[str]) -> str:
    by_lower = {each.lower(): each for each in known}
    found = difflib.get_close_matches(name.lower(), list(by_lower), n=1)
    if found:
        return f"; did you mean '{by_lower[found[0]]}'?"
    return f"; known are {', '.join(known)}"


class _Evaluation:
    """One evaluation over one batch."""

    def __init__(self, text: str, view: BatchView) -> None:
        self._text = text
        self._view = view

    def value(self, node: ast.expr) -> Value:
        import pyarrow as pa

        match node:
            case ast.Name(id=name):
                return self._named(name)
            case ast.Constant(value=value):
                return pa.scalar(value)
            case ast.UnaryOp(op=operation, operand=operand):
                return self._unary(node, operation, self.value(operand))
            case ast.BinOp(left=left, op=operation, right=right):
                return self._arithmetic(node, operation, self.value(left), self.value(right))
            case ast.BoolOp(op=operation, values=values):
                results = [self._condition(value) for value in values]
                return self._folded(node, _LOGIC[type(operation)], results)
            case ast.Compare():
                return self._comparison(node)
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self._called(node, name, arguments)
        raise AssertionError(node)  # `_check` let it through

    def _call(self, node: ast.expr, function: str, *arguments: Value, **options: Any) -> Value:
        """Calls one of Arrow's functions."""
        import pyarrow as pa
        import pyarrow.compute as pc

        try:
            return getattr(pc, function)(*arguments, **options)
        except (pa.ArrowNotImplementedError, pa.ArrowTypeError) as error:
            types = " and ".join(str(argument.type) for argument in arguments)
            raise SchemaError(f"where: '{_said(node)}' does not work on {types}") from error
        except pa.ArrowInvalid as error:
            if function == "match_substring_regex":
                raise ConfigurationError(f"where: '{_said(node)}': {error}") from error
            if not self._view.num_rows:
                raise SchemaError(f"where: '{_said(node)}': {error}") from error
            raise DataError(f"where: '{_said(node)}': {error}") from error

    def _folded(self, node: ast.expr, function: str, values: list[Value]) -> Value:
        result = values[0]
        for value in values[1:]:
            result = self._call(node, function, result, value)
        return result

    def _condition(self, node: ast.expr) -> Value:
        import pyarrow as pa

        value = self.value(node)
        if not pa.types.is_boolean(value.type):
            raise SchemaError(f"where: '{_said(node)}' is not a condition, it gives {value.type}")
        return value

    def _column(self, name: str) -> Value:
        from biometal_stream.columns import without_views

        # Most of Arrow's functions know no views.
        return self._view.once(("plain", name), lambda view: without_views(view.column(name)))

    def _named(self, name: str) -> Value:
        schema = self._view.batch.schema
        found = len(schema.get_all_field_indices(name))
        if found == 1:
            return self._column(name)
        if found > 1:
            raise SchemaError(f"where: the input has {found} columns '{name}'")
        if name not in MEASURES:
            raise SchemaError(f"where: there is no column or measure '{name}'{self._meant(name)}")

        from biometal_stream.operators.measures import measured
        from biometal_stream.schemas import require_text

        require_text(schema, (MEASURES[name].reads,), f"where: {name}")
        return self._view.once(("array", name), lambda _: measured(self._view, name))

    def _meant(self, name: str) -> str:
        """What to write in place of an unknown name."""
        columns = self._view.batch.schema.names
        for column in columns:
            if not column.isidentifier() and column in self._text and name in column:
                return f"; write the column \"{column}\" as column('{column}')"
        number = meant_number(name)
        if number is not None:
            return f"; write {number:g}"
        if name.lower() in {"null", "none", "nan"}:
            return "; write is_null(...)"
        if name.lower() in {"true", "false"}:
            return f"; write {name.capitalize()}"
        return _similar(name, [*columns, *MEASURES])

    def _unary(self, node: ast.expr, operation: ast.unaryop, value: Value) -> Value:
        import pyarrow as pa

        if isinstance(operation, ast.Not):
            if not pa.types.is_boolean(value.type):
                raise SchemaError(f"where: '{_said(node)}': 'not' takes a condition")
            return self._call(node, "invert", value)
        if isinstance(operation, ast.USub):
            return self._call(node, "negate_checked", value)
        return self._call(node, "add_checked", value, pa.scalar(0))

    def _arithmetic(
        self, node: ast.expr, operation: ast.operator, left: Value, right: Value
    ) -> Value:
        import pyarrow as pa

        for value in (left, right):
            if not _is_number(value.type):
                raise SchemaError(f"where: '{_said(node)}' needs numbers, not {value.type}")
        function = _ARITHMETIC[type(operation)]
        if isinstance(operation, ast.Div | ast.Mod):
            # As in Python, and unlike in Arrow, 7 / 2 is 3.5.
            left = self._call(node, "cast", left, target_type=pa.float64(), safe=False)
            right = self._call(node, "cast", right, target_type=pa.float64(), safe=False)
        if isinstance(operation, ast.Mod):
            whole = self._call(node, "floor", self._call(node, "divide", left, right))
            return self._call(node, "subtract", left, self._call(node, "multiply", whole, right))
        return self._call(node, function, left, right)

    def _comparison(self, node: ast.Compare) -> Value:
        results = []
        left = self.value(node.left)
        for operation, right_node in zip(node.ops, node.comparators, strict=True):
            if isinstance(operation, ast.In | ast.NotIn):
                choices = ast.literal_eval(right_node)
                equal = [self._compared(node, "equal", left, _scalar(item)) for item in choices]
                found = self._folded(node, "or_kleene", equal)
                return found if isinstance(operation, ast.In) else self._call(node, "invert", found)
            right = self.value(right_node)
            results.append(self._compared(node, _COMPARISONS[type(operation)], left, right))
            left = right
        return self._folded(node, "and_kleene", results)

    def _compared(self, node: ast.expr, function: str, left: Value, right: Value) -> Value:
        from biometal_stream.schemas.checks import is_text

        kinds = {
            "text" if is_text(value.type) else "number" if _is_number(value.type) else "other"
            for value in (left, right)
        }
        if {"text", "number"} <= kinds:  # Arrow would read the texts as numbers
            raise SchemaError(
                f"where: '{_said(node)}' compares {left.type} with {right.type};"
                " quote a text, and do not quote a number"
            )
        return self._call(node, function, _rounded(left, right), _rounded(right, left))

    def _called(self, node: ast.expr, name: str, arguments: list[ast.expr]) -> Value:
        from biometal_stream.schemas.checks import is_text, require_columns

        if name == "column":
            wanted = ast.literal_eval(arguments[0])
            require_columns(self._view.batch.schema, (wanted,), "where")
            return self._column(wanted)
        value = self.value(arguments[0])
        if name == "is_null":
            return self._call(node, "is_null", value)
        if not is_text(value.type):
            raise SchemaError(f"where: '{_said(node)}' needs text, not {value.type}")
        if name == "length":
            return self._call(node, "utf8_length", value)
        pattern = ast.literal_eval(arguments[1])
        if name == "matches" and not self._view.num_rows:
            # Without a row Arrow does not look at the pattern, and it shall be wrong at once.
            self._call(node, _PATTERNS[name], _scalar(""), pattern=pattern)
        return self._call(node, _PATTERNS[name], value, pattern=pattern)


def _scalar(value: float | str) -> pa.Scalar:
    import pyarrow as pa

    return pa.scalar(value)


def _rounded(value: Value, beside: Value) -> Value:
    """Rounds a number as the column that it is compared with: 0.7 is 0.7 in ``float32`` too."""
    import pyarrow as pa

    if (
        isinstance(value, pa.Scalar)
        and isinstance(beside, pa.Array)
        and pa.types.is_float64(value.type)
        and pa.types.is_float32(beside.type)
    ):
        return value.cast(pa.float32(), safe=False)
    return value


def _is_number(data_type: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_integer(data_type) or pa.types.is_floating(data_type))
