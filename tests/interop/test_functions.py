"""The functions of columns, on arrays of every kind."""

import inspect
import json
import pickle
import shutil

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biometal_stream.errors import ConfigurationError, DataError, ModelError, SchemaError
from biometal_stream.interop.functions import (
    BY_NAME,
    FUNCTIONS,
    predict,
    predict_probability,
    predict_score,
)
from biometal_stream.operators.predict import Predict
from tests.conftest import REPOSITORY
from tests.interop.columns import (
    assert_expected,
    expected,
    numbered,
    passed,
    reads,
    real_reads,
    same,
)

TEXTS = [pa.string(), pa.large_string(), pa.string_view()]
NAMED = [function for function in FUNCTIONS if function is not predict_score]

each = pytest.mark.parametrize("function", NAMED, ids=lambda function: function.name)


def arguments(function, table):
    """The columns of a table that a function takes."""
    return passed(function, lambda name: table.column(name).combine_chunks())


@each
def test_it_gives_what_the_operators_do(function):
    assert_expected({function.name: function(*arguments(function, reads())).to_pylist()})


@pytest.mark.parametrize("file", ["ont/ecoli_ont", "illumina/human_ga2_76bp"])
def test_other_instruments(file, shared_data):
    table = real_reads(shared_data / "reads" / f"{file}.fastq.gz", 500)
    wanted = expected(table)
    for function in NAMED:
        assert same(function(*arguments(function, table)).to_pylist(), wanted[function.name])


@each
@pytest.mark.parametrize("text", TEXTS, ids=str)
def test_the_kind_of_text_makes_no_difference(function, text):
    table = reads().slice(1990, 30)
    wanted = function(*arguments(function, table))
    cast = [
        column if isinstance(column, str | int) else column.cast(text)
        for column in arguments(function, table)
    ]
    found = function(*cast)
    found.validate(full=True)
    assert found.to_pylist() == wanted.to_pylist()
    if function.result != pa.string():
        assert found.type == function.result


@each
def test_dictionaries_slices_chunks_and_nothing(function):
    table = reads().slice(1990, 30)
    columns = arguments(function, table)
    wanted = function(*columns).to_pylist()

    def by(change):
        changed = [
            column if isinstance(column, str | int) else change(column) for column in columns
        ]
        found = function(*changed)
        found.validate(full=True)
        return found

    assert by(lambda column: column.dictionary_encode()).to_pylist() == wanted
    assert by(lambda column: column.slice(7, 12)).to_pylist() == wanted[7:19]
    assert by(lambda column: column.slice(7, 0)).to_pylist() == []
    chunks = by(lambda c: pa.chunked_array([c.slice(0, 4), c.slice(4, 0), c.slice(4)]))
    assert isinstance(chunks, pa.ChunkedArray)
    assert chunks.to_pylist() == wanted
    assert by(lambda column: pa.chunked_array([], column.type)).type == function.result
    assert by(lambda column: pa.nulls(5)).to_pylist() == [None] * 5
    assert by(lambda column: pa.nulls(5, column.type)).to_pylist() == [None] * 5


def test_columns_may_be_chunked_differently():
    table = reads().slice(0, 10)
    sequence, quality = (table.column(name).combine_chunks() for name in ("sequence", "quality"))
    found = predict(
        "quality",
        pa.chunked_array([sequence.slice(0, 3), sequence.slice(3)]),
        pa.chunked_array([quality.slice(0, 8), quality.slice(8)]),
    )
    assert found.to_pylist() == predict("quality", sequence, quality).to_pylist()


@given(
    st.lists(st.none() | st.text("ACGTNacgtnURY", max_size=70), max_size=12),
    st.integers(0, 12),
)
@settings(max_examples=30)
def test_a_row_does_not_depend_on_others(sequences, first):
    column = pa.array(sequences, pa.string())
    for name in ("gc_fraction", "complexity", "reverse_complement"):
        function = BY_NAME[name]
        whole = function(column).to_pylist()
        assert function(column.slice(first)).to_pylist() == whole[first:]
        assert [function(column.slice(k, 1))[0].as_py() for k in range(len(column))] == whole


@each
def test_it_is_described_and_pickled(function):
    assert BY_NAME[function.name] is function
    assert function.summary.endswith(".")
    copy = pickle.loads(pickle.dumps(function))
    assert copy == function
    table = reads().slice(0, 5)
    assert copy(*arguments(copy, table)) == function(*arguments(function, table))
    assert inspect.get_annotations(type(function).__call__, eval_str=True)


def test_a_model_may_be_a_column_of_its_name():
    table = reads().slice(0, 6)
    _, sequence, quality = arguments(predict, table)
    wanted = predict("quality", sequence, quality)
    names = pa.array(["quality"] * 5 + [None])
    assert predict(names, sequence, quality).to_pylist() == [*wanted.to_pylist()[:5], None]
    names = pa.array(["quality"] * 5 + ["quality_linear"])
    with pytest.raises(DataError, match=r"one model for all rows.*'quality' and 'quality_linear'"):
        predict(names, sequence, quality)
    assert predict(names.slice(0, 0), sequence[:0], quality[:0]).to_pylist() == []


def test_a_model_is_asked_what_it_gives(data, tmp_path):
    read = (pa.array(["ACGT"]), pa.array(["IIII"]))
    with pytest.raises(ModelError, match="'quality' returns labels; use predict and"):
        predict_score("quality", *read)
    scoring = _scoring_model(data, tmp_path)
    (score,) = predict_score(scoring, *read).to_pylist()
    assert isinstance(score, float)
    for function in (predict, predict_probability):
        with pytest.raises(ModelError, match="returns a score; use predict_score"):
            function(scoring, *read)


def _scoring_model(data, folder):
    """A network whose card says that it scores."""
    card = json.loads((REPOSITORY / "models" / "shipped" / "quality" / "card.json").read_text())
    card["encoding"] |= {"layout": "sequence-quality-300/1"}
    card |= {"name": "scoring", "output": "score", "labels": [], "files": {"fp32": "model.onnx"}}
    del card["threshold"]
    (folder / "card.json").write_text(json.dumps(card))
    shutil.copy(data / "models" / "bare.onnx", folder / "model.onnx")
    return str(folder)


NULL_FIRST = pa.array([None, "AC", "ACG"])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (BY_NAME["mean_quality"], SchemaError, "takes quality, not 0 columns"),
        (
            lambda: BY_NAME["mean_quality"](pa.array([1])),
            SchemaError,
            "mean_quality needs text as its quality, not int64",
        ),
        (
            lambda: BY_NAME["gc_fraction"](pa.array([b"AC"])),
            SchemaError,
            "gc_fraction needs text as its sequence, not binary",
        ),
        (
            lambda: BY_NAME["mean_quality"](pa.array([None, "I", "I "])),
            DataError,
            "'quality' has byte 0x20 in row 2 of the batch",
        ),
        (
            lambda: BY_NAME["reverse_complement"](pa.array([None, "é"])),
            DataError,
            "'sequence' has byte 0xc3 in row 1 of the batch; bases are ASCII",
        ),
        (
            lambda: predict("quality", NULL_FIRST, pa.array(["I", "II", "II"])),
            DataError,
            "differ in length in row 2 of the batch: 3 bases, 2 qualities",
        ),
        (
            lambda: predict("quality", NULL_FIRST, pa.array(["I", "II", "II "])),
            DataError,
            "'quality' has byte 0x20 in row 2",
        ),
        (
            lambda: predict("quality", NULL_FIRST, pa.array(["I"])),
            DataError,
            "predict needs columns of the same length; they have 1, 3 rows",
        ),
        (lambda: predict("quality", "AC", "II"), DataError, "needs columns of the same length"),
        (
            lambda: BY_NAME["minimizers"](NULL_FIRST, 4, 3),
            ConfigurationError,
            "k must be odd, from 3 to 31, not 4",
        ),
        (lambda: BY_NAME["kmers"](NULL_FIRST, 33), ConfigurationError, "k must be from 1 to 32"),
        (
            lambda: BY_NAME["kmers"](NULL_FIRST, pa.array([9, 3, 5])),
            DataError,
            "kmers takes one k for all rows, not both 3 and 5",
        ),
        (
            lambda: BY_NAME["kmers"](NULL_FIRST, 5.0),
            SchemaError,
            "kmers needs a whole number as its k, not double",
        ),
        (
            lambda: BY_NAME["kmers"](NULL_FIRST, "3"),
            SchemaError,
            "kmers needs a whole number as its k, not string",
        ),
        (lambda: predict("", NULL_FIRST, NULL_FIRST), ConfigurationError, "name a model"),
        (lambda: predict("nobody", NULL_FIRST, NULL_FIRST), ModelError, "'nobody': there is no"),
    ],
)
def test_what_cannot_be_computed(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_null_is_not_shown_to_the_model(monkeypatch):
    seen = []
    call = Predict.__call__

    def watch(operator, batch):
        seen.append(batch.num_rows)
        return call(operator, batch)

    monkeypatch.setattr(Predict, "__call__", watch)
    table = numbered(pa.table({"sequence": ["AC", None], "quality": ["II", None]}))
    assert predict(*arguments(predict, table)).to_pylist() == ["FAIL", None]
    empty = pa.nulls(3, pa.string())
    assert predict("quality", empty, empty).to_pylist() == [None] * 3
    assert seen == [1]
