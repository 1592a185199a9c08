"""Filters by what a model said, and its labels in FASTQ."""

import pyarrow as pa
import pytest

from biometal_stream.errors import ConfigurationError, SchemaError
from biometal_stream.operators import DropLabel, KeepLabel, TagDescription, Where

LABELS = ["human", "other", None, "human", "other", "human"]
PROBABILITIES = [0.9, 0.8, None, 0.6, 0.55, 0.75]
ROWS = list(range(6))


def batch(kind=None, *, mate=False):
    kind = kind or pa.dictionary(pa.int16(), pa.string())
    columns = {
        "row": pa.array(ROWS),
        "host_label": pa.array(LABELS, pa.string()).cast(kind),
        "host_probability": pa.array(PROBABILITIES, pa.float32()),
    }
    if mate:
        columns["mate"] = pa.array([1, 2] * 3, pa.int8())
    return pa.record_batch(columns)


def rows(operator, of):
    return operator(of).column("row").to_pylist()


@pytest.mark.parametrize(
    "kind",
    [
        pa.string(),
        pa.large_string(),
        pa.string_view(),
        pa.dictionary(pa.int16(), pa.string()),
        pa.dictionary(pa.int8(), pa.large_string()),
    ],
    ids=str,
)
def test_labels_of_any_kind_are_compared(kind):
    if pa.types.is_dictionary(kind):
        reads = batch(pa.dictionary(kind.index_type, kind.value_type))
    else:
        reads = batch(kind)
    assert rows(KeepLabel("host", "human"), reads) == [0, 3, 5]
    assert rows(DropLabel("host", "human"), reads) == [1, 2, 4]
    assert rows(KeepLabel("host", "human", probability=0.75), reads) == [0, 5]
    assert rows(DropLabel("host", "human", probability=0.75), reads) == [1, 2, 3, 4]
    assert rows(KeepLabel("host", "nobody"), reads) == []


def test_a_probability_counts_in_its_own_precision():
    assert rows(KeepLabel("host", "human", probability=0.9), batch()) == [0]


def test_a_pair_needs_two_mates_with_the_label():
    # Pairs: human and other, null and human, other and human.
    assert rows(KeepLabel("host", "human"), batch(mate=True)) == []
    assert rows(DropLabel("host", "other"), batch(mate=True)) == [2, 3]


def test_a_condition_compares_labels_too():
    assert rows(Where('host_label == "human" and host_probability > 0.7'), batch()) == [0, 5]
    assert rows(Where("is_null(host_label)"), batch()) == [2]


def test_columns_that_are_no_prediction_are_refused():
    with pytest.raises(SchemaError, match="needs labels in column 'row_label', which is int64"):
        KeepLabel("row", "human")(batch().rename_columns(["row_label", "x", "y"]))
    with pytest.raises(SchemaError, match="needs a column 'virus_label'"):
        DropLabel("virus", "yes")(batch())
    with pytest.raises(SchemaError, match="needs a column 'host_probability'"):
        KeepLabel("host", "human", 0.5)(batch().drop_columns(["host_probability"]))
    odd = batch().set_column(2, "host_probability", pa.array(["x"] * 6))
    with pytest.raises(SchemaError, match="needs probabilities in column 'host_probability'"):
        KeepLabel("host", "human", 0.5)(odd)


def described(descriptions, kind=None):
    kind = kind or pa.string()
    return pa.record_batch(
        {
            "description": pa.array(descriptions, kind),
            "host": pa.array(["human", None, "other"]).dictionary_encode(),
            "p": pa.array([0.1, 0.25, None], pa.float32()),
            "n": pa.array([1, 2, 3], pa.int32()),
            "good": pa.array([True, False, None]),
        }
    )


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()], ids=str)
def test_tags_follow_the_description(kind):
    tagged = TagDescription(("host", "p", "good", "n"))(described(["1:N:0", None, ""], kind))
    assert tagged.column("description").to_pylist() == [
        "1:N:0 host=human p=0.1 good=true n=1",
        "p=0.25 good=false n=2",
        "host=other n=3",
    ]
    assert tagged.column("description").type == kind


def test_without_values_the_description_stays_what_it_was():
    nothing = described([None, "", "x"]).set_column(3, "n", pa.array([None] * 3, pa.int32()))
    tagged = TagDescription(("n",))(nothing)
    assert tagged.column("description").to_pylist() == [None, "", "x"]


def test_what_cannot_be_written_is_refused():
    lists = pa.record_batch({"description": ["x"], "list": [[1, 2]]})
    with pytest.raises(SchemaError, match="cannot write column 'list', which is list"):
        TagDescription(("list",))(lists)
    with pytest.raises(SchemaError, match="needs a column 'description'"):
        TagDescription(("n",))(pa.record_batch({"n": [1]}))
    with pytest.raises(ConfigurationError, match="in a tuple"):
        TagDescription("quality")
