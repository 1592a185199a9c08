"""`Where`: an expression is refused, or it keeps what plain Python would keep."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Hashable, Iterator
from functools import cache
from typing import TypeAlias

import pyarrow as pa

from biometal_stream.errors import BiometalError, ConfigurationError, DataError, SchemaError
from biometal_stream.measured import MEASURES
from biometal_stream.operators.expressions import parse
from biometal_stream.operators.expressions.language import LONGEST
from biometal_stream.operators.measures import measured
from biometal_stream.view import BatchView
from tests.fuzz.target import Target

Scalar: TypeAlias = int | float | str | bool | None

COLUMNS: dict[str, list[Scalar]] = {
    "name": ["a1", "b2", "c3", ""],
    "sequence": ["ACGT", "GG", "", "NNNNA"],
    "quality": ["IIII", "5!", "", "#####"],
    "description": ["x", None, "é 1:N:0", "xyz"],
    "count": [7, -7, None, 2**40],
    "share": [0.5, -0.0, None, 1e300],
    "flag": [True, False, None, True],
    "odd name": [1, 2, 3, 4],
}
_TYPES = {"count": pa.int64(), "share": pa.float64(), "odd name": pa.int64(), "flag": pa.bool_()}
BATCH = pa.record_batch({name: pa.array(v, _TYPES.get(name)) for name, v in COLUMNS.items()})


_QUOTED = re.compile(r"'.*'|\d+", re.DOTALL)


class Unsure(Exception):
    """The twin does not know: types are mixed, or a regular expression is RE2's."""


@cache
def _measured(name: str) -> list[Scalar]:
    """A measure of each row; each has tests of its own."""
    return measured(BatchView(BATCH), name).to_pylist()  # type: ignore[no-any-return]


def twin(node: ast.expr, row: int) -> Scalar:
    """Evaluates an expression for one row, as its definition says.

    Raises:
        Unsure: It is not certain what must come out.
    """
    match node:
        case ast.Constant(value=value):
            return value  # type: ignore[return-value]
        case ast.Name(id=name):
            return COLUMNS[name][row] if name in COLUMNS else _measured(name)[row]
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            value = twin(operand, row)
            return None if value is None else not value
        case ast.UnaryOp(op=operation, operand=operand):
            value = twin(operand, row)
            if value is None:
                return None
            _require_numbers(value)
            signed = -value if isinstance(operation, ast.USub) else value + 0  # type: ignore[operator]
            return _fitting(signed)
        case ast.BinOp(left=left, op=operation, right=right):
            return _arithmetic(operation, twin(left, row), twin(right, row))
        case ast.BoolOp(op=operation, values=values):
            return _logic(isinstance(operation, ast.Or), [twin(value, row) for value in values])
        case ast.Compare(left=left, ops=operations, comparators=comparators):
            results = []
            one = twin(left, row)
            for relation, comparator in zip(operations, comparators, strict=True):
                if isinstance(relation, ast.In | ast.NotIn):
                    found = _logic(
                        True, [_compared(ast.Eq(), one, item) for item in _items(comparator)]
                    )
                    if isinstance(relation, ast.NotIn) and found is not None:
                        found = not found
                    return found
                other = twin(comparator, row)
                results.append(_compared(relation, one, other))
                one = other
            return _logic(False, results)
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _called(name, arguments, row)
    raise Unsure


def _items(node: ast.expr) -> list[Scalar]:
    return list(ast.literal_eval(node))


def _require_numbers(*values: Scalar) -> None:
    if any(isinstance(value, bool | str) for value in values):
        raise Unsure


def _fitting(value: Scalar) -> Scalar:
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise Unsure
    return value


def _arithmetic(operation: ast.operator, one: Scalar, other: Scalar) -> Scalar:
    if one is None or other is None:
        return None
    _require_numbers(one, other)
    assert not isinstance(one, str)
    assert not isinstance(other, str)
    if (
        isinstance(one, float)
        or isinstance(other, float)
        or isinstance(operation, ast.Div | ast.Mod)
    ):
        one, other = float(one), float(other)
    match operation:
        case ast.Add():
            return _fitting(one + other)
        case ast.Sub():
            return _fitting(one - other)
        case ast.Mult():
            return _fitting(one * other)
    if other == 0:
        raise Unsure  # as IEEE 754 has it; Python raises
    quotient = one / other
    if isinstance(operation, ast.Div):
        return quotient
    return one - (math.floor(quotient) if math.isfinite(quotient) else quotient) * other


def _logic(or_: bool, values: list[Scalar]) -> bool | None:
    """SQL's ``or`` and ``and``: a null decides nothing."""
    if or_ in values:
        return or_
    return None if None in values else not or_


def _compared(relation: ast.cmpop, one: Scalar, other: Scalar) -> bool | None:
    if one is None or other is None:
        return None
    if isinstance(one, bool) != isinstance(other, bool):
        raise Unsure
    if isinstance(one, float) or isinstance(other, float):
        one, other = float(one), float(other)
    if isinstance(one, str):  # bytes are compared
        one, other = one.encode(), str(other).encode()
    match relation:
        case ast.Eq():
            return one == other
        case ast.NotEq():
            return one != other
        case ast.Lt():
            return one < other  # type: ignore[operator, no-any-return]
        case ast.LtE():
            return one <= other  # type: ignore[operator, no-any-return]
        case ast.Gt():
            return one > other  # type: ignore[operator, no-any-return]
    return one >= other  # type: ignore[operator, no-any-return]


def _called(name: str, arguments: list[ast.expr], row: int) -> Scalar:
    if name == "column":
        return COLUMNS[ast.literal_eval(arguments[0])][row]
    value = twin(arguments[0], row)
    if name == "is_null":
        return value is None
    if value is None:
        return None
    if not isinstance(value, str):
        raise Unsure
    if name == "length":
        return len(value)
    pattern = ast.literal_eval(arguments[1])
    match name:
        case "contains":
            return pattern in value
        case "starts_with":
            return value.startswith(pattern)
        case "ends_with":
            return value.endswith(pattern)
    raise Unsure


def _kind(error: Exception) -> str:
    """What is wrong, without the part that it is wrong with."""
    return _QUOTED.sub("", str(error))[:60]


def _check_length(error: Exception) -> None:
    assert len(str(error)) < 2 * LONGEST + 500


def check_text(text: str) -> Hashable:
    """Evaluates an expression both ways."""
    parse.cache_clear()
    try:
        expression = parse(text)
    except ConfigurationError as error:
        _check_length(error)
        return "refused", _kind(error)
    try:
        result = expression.evaluate(BatchView(BATCH))
    except (SchemaError, DataError, ConfigurationError) as error:
        return type(error).__name__, _kind(error)
    assert pa.types.is_boolean(result.type)
    given = [result.as_py()] * 4 if isinstance(result, pa.Scalar) else result.to_pylist()
    kinds = tuple(sorted({type(part).__name__ for part in ast.walk(expression.tree)}))
    for row, value in enumerate(given):
        try:
            wanted = twin(expression.tree, row)
        except Unsure:
            return "unsure", kinds
        assert value is wanted, (text, row, value, wanted)
    return "agreed", kinds, tuple(given)


def check_where(data: bytes) -> Hashable:
    """Nothing but a result or an error of ours comes of any text."""
    try:
        return check_text(data.decode("utf-8", "surrogateescape"))
    except BiometalError as error:
        raise AssertionError("an error of another kind") from error


_NUMBERS = (
    "count",
    "share",
    "length",
    "gc",
    "mean_quality",
    "complexity",
    "7",
    "-1",
    "0.5",
    "1e300",
)
_TEXTS = ("name", "description", "sequence", "'x'", "'a1'", "''", "'é'")
_ANY = ("flag", "True", "is_null(share)", "column('odd name')", "expected_errors", "None", "name")
_MARKS = ("+", "-", "*", "/", "%", "<", "<=", "==", "!=", ">", ">=", "and", "or")
_FUNCTIONS = ("contains", "starts_with", "ends_with", "matches")


def build(choices: Iterator[int], depth: int = 0) -> str:
    """Makes an expression, most of them of the grammar, by a choice for each part."""
    choice = next(choices, 0)
    kind, pick = choice % 8, choice // 8
    if depth > 6 or kind == 0:
        return _NUMBERS[pick % len(_NUMBERS)]
    match kind:
        case 1:
            return _ANY[pick % len(_ANY)]
        case 2:
            mark = _MARKS[5 + pick % 6]
            return f"{_TEXTS[pick % len(_TEXTS)]} {mark} {_TEXTS[next(choices, 0) % len(_TEXTS)]}"
        case 3:
            function, text = _FUNCTIONS[pick % 4], _TEXTS[next(choices, 0) % len(_TEXTS)]
            return f"{function}({text}, {_TEXTS[3 + pick % 4]})"
        case 4:
            return f"({build(choices, depth + 1)})"
        case 5:
            return ("not ({})", "-({})", "is_null({})", "length({})", "{} in (7, -7, 0.5)")[
                pick % 5
            ].format(build(choices, depth + 1))
        case 6:
            first, second, third = (build(choices, depth + 1) for _ in range(3))
            return f"{first} {_MARKS[5 + pick % 6]} {second} {_MARKS[5 + pick % 5]} {third}"
    mark = _MARKS[pick % len(_MARKS)]
    return f"{build(choices, depth + 1)} {mark} {build(choices, depth + 1)}"


def check_conditions(data: bytes) -> Hashable:
    """As `check_where`, of expressions that are made, so that most are worked out."""
    return check_text(build(iter(data)))


SEEDS = (
    "mean_quality >= 20 and gc < 0.7",
    "-7 <= count < 8 or is_null(share)",
    "count in (7, -8, 1.5)",
    "name not in ['a1', 'b2']",
    "not (flag and length % 2 == 1)",
    "contains(description, 'x') or starts_with(name, \"a\")",
    "matches(name, '^[ab]\\d$')",
    "column('odd name') * 2 - 1 > +length / 2",
    "length(description) == 1 and ends_with(sequence, 'T')",
    "expected_errors <= 0.001 or complexity != 1 or n_count == 4",
    "share * 1e308 > 9**9",
    "count * 9223372036854775807 == -9223372036854775808",
    "(((((1))))) < 2 == True",
    "__import__('os').system('x')",
    "[x for x in (1).__class__.__mro__]",
    "f'{name}' == (y := 3) if flag else lambda: 0",
)

TARGETS = (
    Target(
        "where",
        check_where,
        tuple(seed.encode() for seed in SEEDS),
        tuple(
            word.encode()
            for word in (
                *COLUMNS,
                *MEASURES,
                *("==", "!=", "<=", ">=", "<", ">", " and ", " or ", "not ", " in ", " not in "),
                *("+", "-", "*", "/", "%", "**", "//", "@", "~", "(", ")", "[", "]", ",", ", "),
                *("is_null(", "contains(", "matches(", "column('odd name')", "length(", "'x'", '"'),
                *("True", "False", "None", "1", "0", "0.5", "1e999", "9" * 19, "-1", "nan", "1j"),
                *("'", "\\", "\n", "\0", "é", "b'x'", "{", "}", ":", ".", "...", "is "),
                *("count > 0", "flag", "share / count", "('a', 'b')", "(1, 2)", "((((", "not not "),
            )
        ),
        longest=300,
    ),
    Target(
        "conditions",
        check_conditions,
        (b"\x07\x00\x00", b"\x3f\x07\x00\x08\x28\x00", b"\x5f\x02\x0b", b"\x0e\0\0\0"),
        tuple(bytes([choice]) for choice in range(0, 256, 3)),
        longest=24,
    ),
)
