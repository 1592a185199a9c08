"""`DecodeQuality` against the definition."""

import pyarrow as pa
import pytest

from biometal_stream.errors import DataError, SchemaError
from biometal_stream.operators import DecodeQuality
from tests.operators.conformance import reads


@pytest.mark.parametrize("first", [0, 13])
def test_scores_are_the_characters_less_33(first):
    batch = reads().slice(first, 20)
    scores = DecodeQuality()(batch).column("phred")
    wanted = [[ord(c) - 33 for c in text] for text in batch.column("quality").to_pylist()]
    assert scores.to_pylist() == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (pa.string(), pa.list_),
        (pa.large_string(), pa.large_list),
        (pa.string_view(), pa.large_list),
    ],
)
def test_the_list_is_as_large_as_the_text(text, wanted):
    field = DecodeQuality().output_schema(reads(text=text).schema).field("phred")
    assert field.type == wanted(pa.field("item", pa.uint8(), nullable=False))
    assert not field.nullable


def test_what_is_no_quality_is_an_error():
    batch = pa.record_batch({"quality": ["I" * 70, "I\tI"]})
    with pytest.raises(DataError, match="byte 0x09 in row 1"):
        DecodeQuality()(batch)


def test_a_column_that_exists_is_not_replaced():
    with pytest.raises(SchemaError, match="'name', which the input already has"):
        DecodeQuality("name").output_schema(reads().schema)
