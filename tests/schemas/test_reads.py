"""The schema of reads, its check, and other tools' names for its columns."""

import pyarrow as pa
import pytest

from biometal_stream.errors import ConfigurationError, SchemaError
from biometal_stream.schemas import (
    NAMINGS,
    reads_schema,
    rename_reads,
    require_columns,
    require_text,
)


def test_single_reads() -> None:
    schema = reads_schema()
    assert schema.names == ["name", "description", "sequence", "quality"]
    assert [field.name for field in schema if field.nullable] == ["description"]
    assert {field.type for field in schema} == {pa.string()}
    assert schema.metadata == {b"biometal_stream.schema": b"reads/1"}


def test_paired_reads_of_a_sample() -> None:
    schema = reads_schema(paired=True, sample="S1")
    assert schema.field("mate") == pa.field("mate", pa.int8(), nullable=False)
    assert schema.metadata[b"biometal_stream.sample"] == b"S1"


@pytest.mark.parametrize(
    ("naming", "names"),
    [
        ("biometal", ["name", "description", "sequence", "quality", "extra"]),
        ("polars-bio", ["name", "description", "sequence", "quality_scores", "extra"]),
        ("oxbow", ["name", "description", "sequence", "quality", "extra"]),
        ("huggingface", ["id", "description", "sequence", "quality", "extra"]),
    ],
)
def test_namings(naming: str, names: list[str]) -> None:
    schema = reads_schema().append(pa.field("extra", pa.int32()))
    renamed = rename_reads(schema, naming)
    assert renamed.names == names
    assert renamed.metadata == schema.metadata
    assert naming in NAMINGS


def test_an_unknown_naming() -> None:
    with pytest.raises(ConfigurationError, match="'spark'; choose from biometal, polars-bio"):
        rename_reads(reads_schema(), "spark")


def test_a_column_that_is_missing_or_twice() -> None:
    said = (
        "x needs a column 'gc', which 'measure' adds; put that step before it. The input has: name"
    )
    with pytest.raises(SchemaError, match=said):
        require_columns(reads_schema(), ("name", "gc"), "x")
    with pytest.raises(SchemaError, match="The input has: none"):
        require_columns(pa.schema([]), ("name",), "x")
    twice = reads_schema().append(pa.field("name", pa.string()))
    with pytest.raises(SchemaError, match="x needs one column 'name'; the input has 2"):
        require_columns(twice, ("name",), "x")


def test_a_column_that_is_no_text() -> None:
    for kind in (pa.string(), pa.large_string(), pa.string_view()):
        require_text(pa.schema([("sequence", kind)]), ("sequence",), "x")
    with pytest.raises(SchemaError, match="x needs text in column 'sequence', which is binary"):
        require_text(pa.schema([("sequence", pa.binary())]), ("sequence",), "x")
