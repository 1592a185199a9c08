"""Dictionary columns whose dictionaries depend only on their rows."""

from __future__ import annotations

import pyarrow as pa

from biometal_stream.errors import DataError, SchemaError


def require_recodable(field: pa.Field) -> None:
    """Checks that pyarrow can compare a dictionary's values.

    Raises:
        SchemaError: They are lists, structs or views.
    """
    try:
        recode(pa.nulls(0, field.type), field.name)
    except pa.ArrowNotImplementedError as error:
        raise SchemaError(
            f"column '{field.name}' is {field.type}, a dictionary that cannot be written;"
            " cast its values to text, or drop the column"
        ) from error


def recode(column: pa.Array, name: str) -> pa.DictionaryArray:
    """Builds a dictionary of the values that occur, in the order of their first rows.

    The dictionary that a batch comes with depends on how its rows were rebatched.

    Raises:
        DataError: There are more values than the column's indices can number.
    """
    kind = column.type
    encoded = column.cast(kind.value_type).dictionary_encode()
    return renumber(encoded.indices, encoded.dictionary, kind, name)


def renumber(
    indices: pa.Array, dictionary: pa.Array, kind: pa.DictionaryType, name: str
) -> pa.DictionaryArray:
    """Joins indices and their dictionary to a column of the given type.

    Raises:
        DataError: There are more values than the type's indices can number.
    """
    try:
        indices = indices.cast(kind.index_type)
    except pa.ArrowInvalid as error:
        raise DataError(
            f"column '{name}' has {len(dictionary)} different values, more than its indices of"
            f" {kind.index_type} can number; cast it to text or to a wider dictionary"
        ) from error
    return pa.DictionaryArray.from_arrays(indices, dictionary, ordered=kind.ordered)
