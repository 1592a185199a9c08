"""Filters by what a model said, and its labels in FASTQ."""

import pyarrow as pa
import pyarrow.dataset as ds
import pytest

import biometal_stream as bs
from biometal_stream.errors import ConfigurationError, SchemaError
from biometal_stream.operators import DropLabel, KeepLabel, TagDescription, Where
from biometal_stream.schemas.predictions import LABELS_KEY, known_labels, prediction_fields
from tests.conftest import REPOSITORY

SAMPLE = REPOSITORY / "biometal_stream" / "data" / "ERR777676_16S_R1.fastq.gz"

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
    with pytest.raises(ConfigurationError, match="must be a list of names"):
        TagDescription("quality")


def told(labels=("human", "other"), *, kind=None):
    """The batch, whose field says which labels there are."""
    made = batch(kind)
    field = made.schema.field("host_label")
    known = prediction_fields("host", labels)[0].metadata
    columns = [
        each.with_metadata(known) if each.name == field.name else each for each in made.schema
    ]
    return pa.record_batch(made.columns, schema=pa.schema(columns))


def test_a_label_that_the_model_has_passes():
    assert rows(KeepLabel("host", "human"), told()) == [0, 3, 5]
    assert rows(KeepLabel("host", "virus"), told(("human", "other", "virus"))) == []
    assert rows(Where("host_label == 'other'"), told()) == [1, 4]
    assert rows(Where("host_label in ('other', 'human')"), told()) == [0, 1, 3, 4, 5]
    assert rows(Where("host_label > 'a'"), told(kind=pa.string())) == [0, 1, 3, 4, 5]


@pytest.mark.parametrize(
    ("operator", "message"),
    [
        (KeepLabel("host", "Human"), "^keep-label: .*'host_label' .*; did you mean 'human'\\?$"),
        (DropLabel("host", "humn"), "^drop-label: .*no label 'humn', .* did you mean 'human'\\?$"),
        (DropLabel("host", "x"), "^drop-label: .* has no label 'x', only human, other$"),
        (Where("host_label == 'Human'"), "^where: .*no label 'Human', .* did you mean 'human'\\?$"),
        (Where("'x' != host_label"), "^where: .*no label 'x', only human, other$"),
        (Where("host_label in ('human', 'x')"), "^where: .*no label 'x'"),
        (Where("row > 1 and not (host_label not in ['x'])"), "^where: .*no label 'x'"),
        (Where("column('host_label') == 'x'"), "^where: .*no label 'x'"),
    ],
)
@pytest.mark.parametrize("kind", [None, pa.string()])
def test_a_label_that_the_model_does_not_have(operator, message, kind):
    reads = told(kind=kind)
    with pytest.raises(ConfigurationError, match=message):
        operator.output_schema(reads.schema)
    with pytest.raises(ConfigurationError, match=message):
        operator(reads)


def test_of_many_labels_the_first_are_shown():
    many = tuple(f"genus{each}" for each in range(500))
    with pytest.raises(ConfigurationError, match=r"only genus0, .*, genus9 and 490 more$"):
        KeepLabel("host", "?").output_schema(told(many).schema)


@pytest.mark.parametrize("metadata", [b"", b"{", b"[]", b"[1]", b'"human"', b"\xff", b"[" * 99_999])
def test_metadata_that_say_nothing_are_left_alone(metadata):
    field = pa.field("host_label", pa.string(), metadata={LABELS_KEY: metadata})
    assert known_labels(field) is None
    assert KeepLabel("host", "x").output_schema(pa.schema([field]))


def test_the_labels_of_a_model_are_known_before_any_read(tmp_path):
    reads = bs.read_fastq(tmp_path / "nothing.fq") | bs.Predict("quality")
    steps = {
        "quality": bs.Select(("quality_label",)),
        "q": bs.Rename(("quality_label=q_label",)),
    }
    for name, step in steps.items():
        with pytest.raises(ConfigurationError, match="did you mean 'PASS'"):
            KeepLabel(name, "pass").output_schema((reads | step).schema)


def test_the_labels_are_known_after_parquet_and_arrow(tmp_path):
    reads = bs.read_fastq(SAMPLE) | bs.Head(20) | bs.Predict("quality")
    reads.write_parquet(tmp_path / "out.parquet")
    reads.write_arrow(tmp_path / "out.arrow")
    for file in ("out.parquet", "out.arrow"):
        stored = ds.dataset(tmp_path / file, format=file[4:])
        assert known_labels(stored.schema.field("quality_label")) == ("FAIL", "PASS")
        (first, *_) = stored.to_batches()
        with pytest.raises(ConfigurationError, match="did you mean 'FAIL'"):
            DropLabel("quality", "fail")(first)
