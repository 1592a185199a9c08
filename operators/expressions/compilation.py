"""Compiles a condition to an Arrow expression for the columns of a schema."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from biometal_stream.columns import empty_batch
from biometal_stream.errors import ConfigurationError, DataError, SchemaError
from biometal_stream.evaluation import evaluate
from biometal_stream.measured import MEASURES, PAIR_MEASURES, added_by
from biometal_stream.operators.expressions.language import (
    ARITHMETIC,
    COMPARISONS,
    LOGIC,
    PATTERNS,
    said,
    similar,
)
from biometal_stream.operators.pairs.checks import require_pairs
from biometal_stream.schemas.checks import is_text, require_columns, require_text
from biometal_stream.settings import meant_number
from biometal_stream.view import BatchView

_COLUMN, _MEASURE = "column", "measure"
_ROWS = "rows"
"""The input of a condition that reads no columns."""


@dataclass(frozen=True, eq=False)
class Part:
    """A compiled part of a condition.

    Attributes:
        node: The part.
        expression: Its value, in terms of the inputs.
        type: The type of its value.
        constant: Whether it has the same value in each row.
    """

    node: ast.expr
    expression: pc.Expression
    type: pa.DataType
    constant: bool = False


@dataclass(frozen=True, eq=False)
class Compiled:
    """A condition, compiled for a schema. Safe to share between threads.

    Attributes:
        inputs: What it reads, by input name: whether a column or a measure, and its name.
        parts: Its parts, each after those that it consists of; the last is the whole.
    """

    inputs: dict[str, tuple[str, str]]
    parts: list[Part]

    def evaluate(self, view: BatchView) -> pa.Array:
        """Evaluates the condition in each row, (num_rows,); null if it has no answer.

        Raises:
            DataError: A value cannot be computed, for example because a sum is too large.
        """
        arrays = {name: _input(view, *source) for name, source in self.inputs.items()}
        batch = pa.record_batch(arrays or {_ROWS: pa.nulls(view.num_rows)})
        try:
            (result,) = evaluate([self.parts[-1].expression], batch)
        except pa.ArrowInvalid:
            for part in self.parts:
                try:
                    evaluate([part.expression], batch)
                except pa.ArrowInvalid as error:
                    raise DataError(f"where: '{said(part.node)}': {error}") from error
            raise
        return result


def compiled(tree: ast.expr, text: str, schema: pa.Schema) -> Compiled:
    """Compiles a condition.

    Args:
        tree: The condition, which has been checked.
        text: The condition as the user wrote it.
        schema: The schema of the batches.

    Raises:
        SchemaError: A name is unknown, or a type does not fit.
        ConfigurationError: A regular expression is wrong.
    """
    compiler = _Compiler(text, schema)
    compiler.part(tree)
    return Compiled(compiler.inputs, compiler.parts)


def _input(view: BatchView, kind: str, name: str) -> pa.Array:
    """A column or a measure of a view."""
    if kind == _COLUMN:
        from biometal_stream.columns import without_views

        # Most Arrow functions do not accept views.
        return view.once(("plain", name), lambda view: without_views(view.column(name)))
    from biometal_stream.operators.measures import measured

    return view.once(("array", name), lambda _: measured(view, name))


class _Compiler:
    def __init__(self, text: str, schema: pa.Schema) -> None:
        self.inputs: dict[str, tuple[str, str]] = {}
        self.parts: list[Part] = []
        self._text = text
        self._schema = schema
        self._view = BatchView(empty_batch(schema))
        self._empty = {_ROWS: pa.nulls(0)}

    def part(self, node: ast.expr) -> Part:
        """Compiles a part."""
        part = self._compiled(node)
        self.parts.append(part)
        return part

    def _compiled(self, node: ast.expr) -> Part:
        match node:
            case ast.Name(id=name):
                return self._named(node, name)
            case ast.Constant(value=value):
                assert isinstance(value, str | int | float)
                return _constant(node, value)
            case ast.UnaryOp(op=operation, operand=operand):
                return self._unary(node, operation, self.part(operand))
            case ast.BinOp(left=left, op=operation, right=right):
                return self._arithmetic(node, operation, self.part(left), self.part(right))
            case ast.BoolOp(op=operation, values=values):
                parts = [self._condition(value) for value in values]
                return self._folded(node, LOGIC[type(operation)], parts)
            case ast.Compare():
                return self._comparison(node)
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self._called(node, name, arguments)
        raise AssertionError(node)  # `checking` does not let it pass

    def _call(self, node: ast.expr, function: str, *parts: Part, **options: Any) -> Part:
        """Calls an Arrow function."""
        expression = getattr(pc, function)(*(part.expression for part in parts), **options)
        constant = all(part.constant for part in parts)
        # A constant is computed here, so that an error in it is found before the run.
        batch = pa.record_batch({_ROWS: pa.nulls(1)} if constant else self._empty)
        try:
            (values,) = evaluate([expression], batch)
        except (pa.ArrowNotImplementedError, pa.ArrowTypeError) as error:
            types = " and ".join(str(part.type) for part in parts)
            raise SchemaError(f"where: '{said(node)}' does not work on {types}") from error
        except pa.ArrowInvalid as error:
            raise SchemaError(f"where: '{said(node)}': {error}") from error
        return Part(node, expression, values.type, constant)

    def _folded(self, node: ast.expr, function: str, parts: list[Part]) -> Part:
        result = parts[0]
        for part in parts[1:]:
            result = self._call(node, function, result, part)
        return result

    def _condition(self, node: ast.expr) -> Part:
        part = self.part(node)
        if not pa.types.is_boolean(part.type):
            raise SchemaError(f"where: '{said(node)}' is not a condition, it gives {part.type}")
        return part

    def _input(self, node: ast.expr, kind: str, name: str) -> Part:
        key = f"{kind} {name}"
        if key not in self.inputs:
            self._empty[key] = _input(self._view, kind, name)
            self.inputs[key] = (kind, name)
        return Part(node, pc.field(key), self._empty[key].type)

    def _named(self, node: ast.expr, name: str) -> Part:
        found = len(self._schema.get_all_field_indices(name))
        if found == 1:
            return self._input(node, _COLUMN, name)
        if found > 1:
            raise SchemaError(f"where: the input has {found} columns named '{name}'")
        if name in PAIR_MEASURES:
            require_pairs(self._schema, f"where: {name}")
            return self._input(node, _MEASURE, name)
        if name not in MEASURES:
            raise SchemaError(f"where: there is no column or measure '{name}'{self._meant(name)}")
        require_text(self._schema, (MEASURES[name].reads,), f"where: {name}")
        return self._input(node, _MEASURE, name)

    def _meant(self, name: str) -> str:
        """What to write instead of an unknown name."""
        columns = self._schema.names
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
        step = added_by(name)
        if step is not None and not get_close_matches(name, columns):
            return f", which '{step}' adds; put that step before it"
        return similar(name, [*columns, *MEASURES, *PAIR_MEASURES])

    def _unary(self, node: ast.expr, operation: ast.unaryop, part: Part) -> Part:
        if isinstance(operation, ast.Not):
            if not pa.types.is_boolean(part.type):
                raise SchemaError(f"where: '{said(node)}': 'not' needs a condition")
            return self._call(node, "invert", part)
        if isinstance(operation, ast.USub):
            return self._call(node, "negate_checked", part)
        return self._call(node, "add_checked", *_alike(part, _constant(node, 0)))

    def _arithmetic(self, node: ast.expr, operation: ast.operator, left: Part, right: Part) -> Part:
        for part in (left, right):
            if not _is_number(part.type):
                raise SchemaError(f"where: '{said(node)}' needs numbers, not {part.type}")
        if isinstance(operation, ast.Div | ast.Mod):
            # As in Python, and unlike in Arrow, 7 / 2 is 3.5.
            left, right = (_cast(part, pa.float64()) for part in (left, right))
        else:
            left, right = _alike(left, right)
        if isinstance(operation, ast.Mod):
            whole = self._call(node, "floor", self._call(node, "divide", left, right))
            return self._call(node, "subtract", left, self._call(node, "multiply", whole, right))
        return self._call(node, ARITHMETIC[type(operation)], left, right)

    def _comparison(self, node: ast.Compare) -> Part:
        results = []
        left = self.part(node.left)
        for operation, other in zip(node.ops, node.comparators, strict=True):
            if isinstance(operation, ast.In | ast.NotIn):
                choices = [_constant(node, value) for value in ast.literal_eval(other)]
                equal = [self._compared(node, "equal", left, choice) for choice in choices]
                found = self._folded(node, "or_kleene", equal)
                return found if isinstance(operation, ast.In) else self._call(node, "invert", found)
            right = self.part(other)
            results.append(self._compared(node, COMPARISONS[type(operation)], left, right))
            left = right
        return self._folded(node, "and_kleene", results)

    def _compared(self, node: ast.expr, function: str, left: Part, right: Part) -> Part:
        kinds = {
            "text" if is_text(part.type) else "number" if _is_number(part.type) else "other"
            for part in (left, right)
        }
        if {"text", "number"} <= kinds:  # Arrow would parse the texts as numbers
            raise SchemaError(
                f"where: '{said(node)}' compares {left.type} with {right.type};"
                " quote a text, and do not quote a number"
            )
        left, right = _rounded(left, right), _rounded(right, left)
        if kinds == {"number"}:
            left, right = _alike(left, right)
        return self._call(node, function, left, right)

    def _called(self, node: ast.expr, name: str, arguments: list[ast.expr]) -> Part:
        if name == "column":
            wanted = ast.literal_eval(arguments[0])
            require_columns(self._schema, (wanted,), "where")
            return self._input(node, _COLUMN, wanted)
        part = self.part(arguments[0])
        if name == "is_null":
            return self._call(node, "is_null", part)
        if not is_text(part.type):
            raise SchemaError(f"where: '{said(node)}' needs text, not {part.type}")
        if name == "length":
            return self._call(node, "utf8_length", part)
        pattern = ast.literal_eval(arguments[1])
        if name == "matches":  # without rows Arrow does not check the pattern
            try:
                pc.match_substring_regex(pa.scalar(""), pattern=pattern)
            except pa.ArrowInvalid as error:
                raise ConfigurationError(f"where: '{said(node)}': {error}") from error
        return self._call(node, PATTERNS[name], part, pattern=pattern)


def _constant(node: ast.expr, value: float | str) -> Part:
    scalar = pa.scalar(value)
    return Part(node, pc.scalar(scalar), scalar.type, constant=True)


def _cast(part: Part, kind: pa.DataType, *, safe: bool = False) -> Part:
    if part.type == kind:
        return part
    return Part(part.node, part.expression.cast(kind, safe=safe), kind, part.constant)


def _alike(left: Part, right: Part) -> tuple[Part, Part]:
    """Casts two numbers to a type that holds both; a constant has the type of its context."""
    try:
        kind = pc.add(pa.array([], left.type), pa.array([], right.type)).type
    except (pa.ArrowNotImplementedError, pa.ArrowTypeError):
        return left, right  # the function they are passed to reports the error
    return _cast(left, kind, safe=True), _cast(right, kind, safe=True)


def _rounded(part: Part, beside: Part) -> Part:
    """Rounds a constant like the column next to it: 0.7 equals 0.7 in ``float32`` too."""
    rounds = pa.types.is_float64(part.type) and pa.types.is_float32(beside.type)
    return _cast(part, pa.float32()) if rounds and part.constant and not beside.constant else part


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))
