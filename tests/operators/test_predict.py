"""A model on every read, against the same model called by hand."""

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.errors import (
    ConfigurationError,
    DataError,
    ModelError,
    PredictionError,
    SchemaError,
)
from biometal_stream.models.encodings import Encoding
from biometal_stream.models.runtime import onnxruntime
from biometal_stream.operators import Predict
from biometal_stream.operators import predict as module
from tests.conftest import REPOSITORY
from tests.operators.conformance import cut, reads, rows
from tests.stand_ins import Collect, Given

SAMPLE = REPOSITORY / "biometal_stream" / "data" / "ERR777676_16S_R1.fastq.gz"
BARE = {"encoding": "sequence-quality-300/1", "labels": ("FAIL", "PASS"), "output": "logit"}


@pytest.fixture(scope="module")
def bare(data):
    """A file without a card, and what is said of it."""
    return Predict(str(data / "models" / "bare.onnx"), **BARE)


def expected(data, batch):
    """The probabilities of PASS, one read at a time, without anything of ours."""
    session = onnxruntime().InferenceSession(
        str(data / "models" / "bare.onnx"), providers=["CPUExecutionProvider"]
    )
    probabilities = []
    for row in batch.to_pylist():
        features = np.zeros((1, 300), np.float32)
        for index, (base, quality) in enumerate(zip(row["sequence"], row["quality"], strict=True)):
            if index < 150:
                code = "ACGT".find(base.upper())
                features[0, index] = (4 if code < 0 else code) * 0.25
                features[0, 150 + index] = np.float32(ord(quality) - 33) / np.float32(93)
        (logit,) = session.run(None, {session.get_inputs()[0].name: features})[0].ravel()
        probabilities.append(1 / (1 + np.exp(-np.float64(logit))))
    return probabilities


def test_a_read_gets_what_the_model_says(bare, data):
    batch = reads()
    result = Predict(bare.model, **BARE, probabilities=True, threshold=0.05)(batch)
    wanted = expected(data, batch)
    assert result.schema.names[-4:] == [
        "bare_label",
        "bare_probability",
        "bare_probability_FAIL",
        "bare_probability_PASS",
    ]
    for row, probability, read in zip(result.to_pylist(), wanted, batch.to_pylist(), strict=True):
        if not read["sequence"]:
            assert (
                row["bare_label"] is row["bare_probability"] is row["bare_probability_PASS"] is None
            )
            continue
        assert row["bare_label"] == ("PASS" if probability >= 0.05 else "FAIL")
        assert row["bare_probability_PASS"] == pytest.approx(probability, rel=1e-5)
        assert row["bare_probability_FAIL"] == pytest.approx(1 - probability, rel=1e-5, abs=1e-7)
        assert row["bare_probability"] == row[f"bare_probability_{row['bare_label']}"]
    assert (
        len(set(result.column("bare_label").to_pylist())) == 3
    )  # FAIL, PASS and null: a real test


@given(
    ends=st.lists(st.integers(0, 40), max_size=8),
    size=st.integers(1, 50),
    paired=st.booleans(),
)
@settings(max_examples=15)
def test_batches_of_any_size_and_calls_of_any_size_give_the_same(bare, ends, size, paired):
    batch = reads(paired=paired)
    whole = rows([bare(batch)])
    other = Predict(bare.model, **BARE, rows=size)
    assert rows([other(part) for part in cut(batch, ends)]) == whole


def test_a_model_of_a_fixed_batch_gives_the_same_to_its_precision(data):
    folder = data / "models"
    fixed = Predict(str(folder / "fixed.onnx"), **BARE, column="x")
    free = Predict(str(folder / "bare.onnx"), **BARE, column="x")
    found, wanted = fixed(reads()), free(reads())
    assert found.column("x_label").equals(wanted.column("x_label"))
    # It gives half precision.
    values = [result.column("x_probability").fill_null(0).to_numpy() for result in (found, wanted)]
    np.testing.assert_allclose(*values, rtol=2e-3)


def test_what_the_condition_rejects_is_null_and_never_seen(bare):
    batch = reads()
    routed = Predict(bare.model, **BARE, where="length > 70 and lane > 3")
    with routed.open() as function:
        result = function(batch)
        details = function.details
    whole = bare(batch).to_pylist()
    seen = 0
    for row, all_row in zip(result.to_pylist(), whole, strict=True):
        if len(row["sequence"]) > 70 and (row["lane"] or 0) > 3:
            assert row == all_row
            seen += 1
        else:
            assert row["bare_label"] is row["bare_probability"] is None
    assert 0 < seen < 40
    assert details["windows"] == seen
    assert details["calls"] == 1


def test_where_nothing_is_seen_the_model_is_not_called(bare):
    with Predict(bare.model, **BARE, where="length > 1000000").open() as function:
        result = function(reads())
        assert function.details["calls"] == 0
    assert result.column("bare_label").null_count == 40


def test_the_threshold_of_the_user(bare):
    strict = Predict(bare.model, **BARE, threshold=0.99)
    for row, usual in zip(strict(reads()).to_pylist(), bare(reads()).to_pylist(), strict=True):
        if usual["bare_label"] == "PASS" and usual["bare_probability"] < 0.99:
            assert row["bare_label"] == "FAIL"
            assert row["bare_probability"] == pytest.approx(1 - usual["bare_probability"], abs=1e-6)


def test_the_column_is_named_by_the_user(bare):
    named = Predict(bare.model, **BARE, column="virus")
    assert named(reads()).schema.names[-2:] == ["virus_label", "virus_probability"]


def test_it_can_be_sent_elsewhere_after_it_was_used(bare):
    result = bare(reads())
    again = pickle.loads(pickle.dumps(bare))
    assert again == bare
    assert again(reads()).equals(result)


def test_many_threads_share_one_model(bare):
    batch = reads()
    whole = rows([bare(batch)])
    with ThreadPoolExecutor(4) as workers:
        for result in workers.map(bare, [batch] * 40):
            assert rows([result]) == whole


def test_a_function_opens_the_model_once(bare, monkeypatch):
    module._opened.cache_clear()
    opened = []
    load = Predict._load
    monkeypatch.setattr(Predict, "_load", lambda self: opened.append(1) or load(self))
    for _ in range(3):
        bare(reads())
    assert opened == [1]
    module._opened.cache_clear()


def test_the_pipeline_tells_what_ran_the_model(bare, tmp_path, data):
    reads_ = bs.read_fastq(SAMPLE) | bare | bs.KeepLabel("bare", "PASS")
    report = reads_.write_parquet(str(tmp_path / "out.parquet"))
    details = next(stage.details for stage in report.stages if stage.name == "predict")
    assert details["model"] == "bare"
    assert details["provider"] == "cpu"
    assert details["windows"] == report.reads_in == 2000
    assert '"provider": "cpu"' in report.to_json()


@pytest.mark.parametrize(
    ("settings_", "error", "message"),
    [
        ({"model": "nothing.onnx"}, ModelError, "there is no such file"),
        ({"encoding": None}, ModelError, "encoding"),
        ({"encoding": "odd/1"}, ConfigurationError, "odd/1"),
        ({"encoding": "tokens/1:length=10,length=9"}, ConfigurationError, "each once"),
        ({"encoding": "tokens/1:length=x"}, ConfigurationError, "whole number"),
        ({"encoding": "tokens/1:size=3"}, ConfigurationError, "names length, dtype and k"),
        ({"output": "logits", "threshold": 0.2}, ConfigurationError, "a threshold applies to"),
        (
            {"output": "score", "labels": (), "probabilities": True},
            ConfigurationError,
            "a score, not probabilities",
        ),
    ],
)
def test_a_model_that_cannot_work_is_found_before_data_flows(bare, settings_, error, message):
    operator = Predict(**({"model": bare.model} | BARE | settings_))
    with pytest.raises(error, match=message):
        operator.output_schema(reads().schema)


@pytest.mark.parametrize(
    ("settings_", "message"),
    [
        ({"encoding": "quality-mask/1:length=75"}, "150"),
        ({"output": "logits", "labels": ("a", "b", "c")}, "3"),
        ({"precision": "int8"}, "int8"),
    ],
)
def test_a_model_that_does_not_fit_is_found_when_it_is_opened(bare, settings_, message):
    operator = Predict(**({"model": bare.model} | BARE | settings_))
    with pytest.raises(ModelError, match=message), operator.open():
        pass


def test_columns_that_exist_are_not_replaced(bare):
    with pytest.raises(SchemaError, match="adds a column 'bare_label'"):
        bare(bare(reads()))


def test_reads_of_unequal_lengths_are_refused(bare):
    odd = pa.record_batch({"sequence": ["ACGT"], "quality": ["III"]})
    with pytest.raises(DataError, match="differ in length in row 0"):
        bare(odd)


class Faulty:
    """A model that fails in the middle of a run, or gives what is no number."""

    provider = "cpu"
    rows = 64
    fixed = False
    outputs = 1
    placement: dict[str, int] = {}  # noqa: RUF012

    def __init__(self, number):
        self.number = number
        self.closed = False

    def predict(self, features, out, calls=None):
        if self.number is None:
            raise PredictionError("the device is gone")
        out[:] = self.number

    def close(self):
        self.closed = True


@pytest.mark.parametrize(("number", "message"), [(None, "is gone"), (float("nan"), "gave nan")])
def test_a_model_that_fails_ends_the_run_and_leaves_nothing(
    bare, number, message, monkeypatch, tmp_path
):
    from biometal_stream.models import sessions

    faulty = Faulty(number)
    monkeypatch.setattr(sessions, "open_predictor", lambda *_, **__: faulty)
    pipeline = bs.read_fastq(SAMPLE) | bare
    with pytest.raises(PredictionError, match=message) as caught:
        pipeline.write_parquet(str(tmp_path / "out.parquet"))
    assert "in predict" in caught.value.__notes__
    assert list(tmp_path.iterdir()) == []
    assert faulty.closed


def test_a_score_is_a_column_of_numbers(bare, monkeypatch):
    from biometal_stream.models import sessions

    monkeypatch.setattr(sessions, "open_predictor", lambda *_, **__: Faulty(0.25))
    scoring = Predict(bare.model, encoding=BARE["encoding"], output="score")
    with scoring.open() as function:
        result = function(reads())
    assert result.schema.field("bare_score") == pa.field("bare_score", pa.float32())
    lengths = [len(each) for each in reads().column("sequence").to_pylist()]
    assert result.column("bare_score").to_pylist() == [0.25 if n else None for n in lengths]


def test_a_card_of_every_encoding_can_be_said_in_a_word():
    from biometal_stream.models.encodings.notation import parse_encoding

    assert parse_encoding("one-hot/1") == Encoding("one-hot/1")
    wanted = Encoding("kmers/1", length=100, dtype="int32", k=6)
    assert parse_encoding("kmers/1:k=6,dtype=int32,length=100") == wanted


@pytest.mark.parametrize("threads", [1, 3])
def test_a_run_counts_its_labels(threads):
    pieces = tuple(cut(reads(40), [7, 8, 30]))
    pipeline = bs.Pipeline(Given(pieces)).with_options(threads=threads)
    predicted = pipeline | bs.Predict("quality", where="length > 20")
    report = (predicted | bs.MinLength(60)).run(Collect())
    table = predicted.stream().read_all()
    labels = table["quality_label"].to_pylist()
    found = report.results["predict"]
    assert found.name == "quality_label"
    assert found.counts == {each: labels.count(each) for each in set(labels) - {None}}
    assert found.nulls == labels.count(None) > 0
    stopped = (pipeline | bs.Predict("quality") | bs.Head(3)).run(Collect())
    assert stopped.results == {}
