"""SQL functions for DuckDB, and operators on its relations."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from biometal_stream.errors import ConfigurationError
from biometal_stream.extras import need
from biometal_stream.interop.calls import watched_call
from biometal_stream.interop.functions import FUNCTIONS, Column, ColumnFunction
from biometal_stream.interop.streams import over_query
from biometal_stream.joined import operators_of
from biometal_stream.pipeline import Pipeline

if TYPE_CHECKING:
    from biometal_stream.joined import Joinable

_SQL_TYPES = {
    pa.float64(): "DOUBLE",
    pa.float32(): "FLOAT",
    pa.int64(): "BIGINT",
    pa.string(): "VARCHAR",
    pa.list_(pa.uint64()): "UBIGINT[]",
}
_BATCH_ROWS = 16 * 2048
"""DuckDB rows per batch: several of its vectors, to make the hand-off worthwhile."""


def register(connection: Any = None) -> None:
    """Adds the functions of `biometal_stream.interop.functions` to a database.

    All connections to the database share them, as long as this one is open. They take and return
    whole vectors of 2,048 rows; null gives null. Registering them again changes nothing.

    Args:
        connection: A connection of DuckDB; by default the one that ``duckdb.sql`` uses.

    Raises:
        MissingExtraError: DuckDB is not installed, or too old.
        ConfigurationError: The database has a different function with one of these names.
    """
    duckdb = need("duckdb", "duckdb", "interop.duckdb.register", at_least="1.1")
    connection = duckdb if connection is None else connection  # the module acts as one
    known = _known(connection)
    for function in FUNCTIONS:
        wanted = ([_SQL_TYPES[each] for each in function.types], _SQL_TYPES[function.result])
        found = known.get(function.name, [])
        if wanted in found:
            continue
        if found:
            raise ConfigurationError(
                f"the database has another function or macro '{function.name}':"
                " remove it, or register in a database without it"
            )
        connection.create_function(
            function.name, _called(function), *wanted, type="arrow", null_handling="special"
        )


def _known(connection: Any) -> dict[str, list[tuple[list[str], str]]]:
    """The types of functions in the database that have the names of ours."""
    found: dict[str, list[tuple[list[str], str]]] = {}
    query = (
        "SELECT function_name, parameter_types, return_type FROM duckdb_functions()"
        " WHERE list_contains(?, function_name)"
    )
    names = [function.name for function in FUNCTIONS]
    for name, parameters, result in connection.execute(query, [names]).fetchall():
        found.setdefault(name, []).append((parameters, result))
    return found


def _called(function: ColumnFunction) -> Callable[..., Column]:
    """A function with a signature, from which DuckDB learns the number of its columns."""
    call = watched_call(function)
    parameters = [
        inspect.Parameter(name, inspect.Parameter.POSITIONAL_ONLY) for name in function.parameters
    ]
    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return call


def apply(relation: Any, *operators: Joinable) -> Pipeline:
    """Runs operators on the rows of a relation.

    Nothing runs before the pipeline is read; each read runs the relation again. Rows come in the
    relation's order, and the pipeline's memory limits how many of them are held.

    Args:
        relation: What ``connection.sql(...)`` or ``connection.table(...)`` returns.
        operators: The operators to run, in order.

    Returns:
        A pipeline. DuckDB can read it by the name of its variable, through another connection to
        the database, ``connection.cursor()``, since its own is busy with the relation. It can
        also be written to a file, or read as batches.

    Raises:
        MissingExtraError: DuckDB is not installed, or too old.
        SchemaError: The relation lacks a column that an operator needs.
    """
    # Older versions would hang if a relation is read through its own connection.
    need("duckdb", "duckdb", "interop.duckdb.apply", at_least="2.0")
    schema = _reader(relation.limit(0), []).schema
    return over_query("the relation", schema, partial(_reader, relation), operators_of(*operators))


def _reader(relation: Any, _: list[str]) -> pa.RecordBatchReader:
    return relation.to_arrow_reader(_BATCH_ROWS)
