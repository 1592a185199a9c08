"""A card says the same after any round trip, and refuses what it cannot mean."""

import json
import pickle
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.errors import ConfigurationError, ModelError
from biometal_stream.models.card import PREFIX, Card
from biometal_stream.models.encodings import Encoding

CARD = Card(
    name="quality",
    version="1.0",
    description="Tells good reads from bad ones.",
    encoding=Encoding("sequence-quality-300/1"),
    output="logit",
    labels=("FAIL", "PASS"),
    threshold=0.4,
    windows="stride",
    stride=75,
    pooling="max",
    minimum_length=50,
    files={"fp32": "model.onnx", "int8": "variants/int8.onnx"},
    licence="Apache-2.0",
    training={"reads": 50_000, "instruments": ["NovaSeq", "MiSeq"]},
    metrics={"accuracy": 0.995, "µ": None},
)


def changed(**values):
    """The card's JSON with other values, or without those that are given as ``...``."""
    told = json.loads(CARD.to_json()) | values
    return json.dumps({key: value for key, value in told.items() if value is not ...})


def test_json_and_back():
    assert Card.from_json(CARD.to_json()) == CARD
    assert Card.from_json(CARD.to_json().encode()) == CARD
    assert pickle.loads(pickle.dumps(CARD)) == CARD


def test_the_least_card():
    text = json.dumps(
        {
            "name": "gc",
            "version": "",
            "description": "",
            "encoding": {"layout": "tokens/1", "dtype": "uint8"},
            "output": "score",
        }
    )
    card = Card.from_json(text)
    assert card.labels == ()
    assert card.files == {"fp32": "model.onnx"}
    assert (card.windows, card.pooling, card.minimum_length) == ("first", "mean", 1)
    assert Card.from_json(card.to_json()) == card


def test_metadata_and_back():
    metadata = CARD.to_metadata("int8")
    assert all(key.startswith(PREFIX) and isinstance(metadata[key], str) for key in metadata)
    assert metadata[PREFIX + "name"] == "quality"
    assert json.loads(metadata[PREFIX + "labels"]) == ["FAIL", "PASS"]
    read = Card.from_metadata({**metadata, "author": "somebody"}, "x.onnx")
    assert read == replace(CARD, files={"int8": "x.onnx"})
    assert Card.from_metadata(CARD.to_metadata()).files == {"fp32": "model.onnx"}
    with pytest.raises(ConfigurationError, match="'precision' must be one of fp32, int8: 'fp16'"):
        CARD.to_metadata("fp16")


def test_metadata_of_others():
    assert Card.from_metadata({"author": "somebody"}) is None


@given(
    name=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,20}", fullmatch=True),
    description=st.text(max_size=50),
    labels=st.lists(
        st.text(min_size=1, max_size=9).filter(str.isprintable), min_size=2, max_size=5, unique=True
    ),
    minimum=st.integers(0, 10**9),
    metrics=st.dictionaries(st.text(max_size=9), st.floats(allow_nan=False, allow_infinity=False)),
)
def test_any_card_and_back(name, description, labels, minimum, metrics):
    card = Card(
        name,
        "2",
        description,
        Encoding("kmers/1", 60, "int64", 5),
        "probabilities",
        tuple(labels),
        minimum_length=minimum,
        metrics=metrics,
    )
    assert Card.from_json(card.to_json()) == card
    assert Card.from_metadata(card.to_metadata()) == card


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"colour": 1}, "unknown key 'colour'; choose from format, name,"),
        ({"name": ...}, "lacks the key 'name'"),
        ({"encoding": ...}, "lacks the key 'encoding'"),
        ({"format": "card/9"}, "key 'format': this version reads card/1, not 'card/9'"),
        ({"name": 3}, "key 'name' must be text: 3"),
        ({"name": "a b"}, "key 'name' must be letters, digits"),
        ({"name": "../a"}, "key 'name' must be letters, digits"),
        ({"licence": None}, "key 'licence' must be text: None"),
        ({"encoding": "tokens/1"}, "key 'encoding' must be an object: 'tokens/1'"),
        ({"encoding": {"layout": "tokens/9"}}, "key 'encoding': unknown layout 'tokens/9'"),
        ({"encoding": {"layout": "tokens/1", "width": 1}}, "key 'encoding': .*'width'"),
        ({"output": "class"}, "key 'output' must be one of logit, logits, probability,"),
        ({"output": ["logit"]}, "key 'output' must be one of logit, logits, probability,"),
        ({"labels": "PASS"}, "key 'labels' must be a list of texts: 'PASS'"),
        ({"labels": ["FAIL", 1]}, "key 'labels' must be a list of texts"),
        ({"labels": ["FAIL", ""]}, "key 'labels' must be printable"),
        ({"labels": ["FAIL", "a\tb"]}, "key 'labels' must be printable"),
        ({"labels": ["PASS", "PASS"]}, "key 'labels' must be different"),
        ({"labels": ["PASS"]}, "key 'labels' must be two, the negative and the positive one"),
        ({"labels": ["a", "b", "c"]}, "must be two, .* for the output logit"),
        ({"output": "logits", "labels": ["a"], "threshold": None}, "two or more, one for each"),
        ({"output": "score"}, "must be none for the output score"),
        ({"threshold": "0.5"}, "key 'threshold' must be a number: '0.5'"),
        ({"threshold": True}, "key 'threshold' must be a number: True"),
        ({"threshold": float("nan")}, "is not a card: NaN is not a number of JSON"),
        ({"threshold": 1.5}, "key 'threshold' must be from 0 to 1: 1.5"),
        ({"threshold": 10**399}, "is not a card: it has a number of 400 digits"),
        ({"metrics": {"loss": -(10**399)}}, "is not a card: it has a number of 401 digits"),
        ({"minimum_length": 10**25}, "is not a card: it has a number of 26 digits"),
        ({"version": "\ud800"}, "is not a card: it has half of a character, as "),
        ({"output": ["a"] * 10_000}, "key 'output' must be one of .*, \\.\\.\\.\\]$"),
        ({"labels": [str(each) for each in range(10_001)]}, "has 10,001 entries; at most 10,000"),
        (
            {"files": {f"p{each}": "model.onnx" for each in range(65)}},
            "key 'files' has 65 entries; at most 64 work",
        ),
        ({"encoding": {"layout": "x" * 99}}, "key 'encoding': 'layout' must be a short text or"),
        ({"encoding": {"layout": [[[[[[]]]]]]}}, "key 'encoding': 'layout' must be a short text"),
        ({"output": "logits"}, "key 'threshold' must be absent for the output logits"),
        ({"windows": "all"}, "key 'windows' must be one of first, even, stride: 'all'"),
        ({"windows": "even"}, "key 'stride' must be absent for the windows 'even': 75"),
        ({"stride": None}, "key 'stride' must be a whole number of bases, 1 or more"),
        ({"stride": 0}, "key 'stride' must be a whole number"),
        ({"stride": 1.5}, "key 'stride' must be a whole number"),
        ({"stride": 151}, "key 'stride' must be at most the encoding's 150 bases"),
        ({"pooling": "sum"}, "key 'pooling' must be one of mean, max: 'sum'"),
        ({"minimum_length": -1}, "key 'minimum_length' must be a whole number"),
        ({"minimum_length": True}, "key 'minimum_length' must be a whole number"),
        ({"files": {}}, "key 'files' must be precisions and their files: {}"),
        ({"files": ["model.onnx"]}, "key 'files' must be precisions and their files"),
        ({"files": {"FP 32": "model.onnx"}}, "key 'files' must be named by precisions"),
        ({"files": {"fp32": 1}}, "key 'files.fp32' must be a path below the model's folder: 1"),
        ({"files": {"fp32": "../model.onnx"}}, "key 'files.fp32' must be a path below"),
        ({"files": {"fp32": "a/../../m.onnx"}}, "key 'files.fp32' must be a path below"),
        ({"files": {"fp32": "/etc/model.onnx"}}, "key 'files.fp32' must be a path below"),
        ({"files": {"fp32": ""}}, "key 'files.fp32' must be a path below"),
        ({"files": {"fp32": "a\\b.onnx"}}, "key 'files.fp32' must be a path below"),
        ({"training": []}, "key 'training' must be an object: \\[\\]"),
        ({"metrics": {"loss": float("inf")}}, "is not a card: Infinity is not a number of JSON"),
    ],
)
def test_what_a_card_cannot_mean(values, told):
    with pytest.raises(ModelError, match=f"^model/card.json: .*{told}") as caught:
        Card.from_json(changed(**values), "model/card.json")
    assert len(str(caught.value)) < 300
    assert "\n" not in str(caught.value)


def test_a_number_without_end_from_python():
    with pytest.raises(ConfigurationError, match=r"from 0 to 1: a number of 5,001 digits$"):
        replace(CARD, threshold=10**5000)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"threshold": 1e400}', "the number 1e400 is too large"),
        ('{"a": 1, "a": 2}', "the key 'a' stands there twice"),
        ('{"a": {"b": 1, "b": 2}}', "the key 'b' stands there twice"),
        ('{"a": ' * 200_000, "it is nested too deeply"),
    ],
)
def test_what_no_json_holds(text, told):
    with pytest.raises(ModelError, match=f"^card.json: is not a card: {told}$"):
        Card.from_json(text, "card.json")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is not a card: "),
        ("{", "is not a card: "),
        ("[" * 100_000, "is not a card: "),
        (b"\xff\xfe\xfd", "is not a card: "),
        ("[1]", "a JSON object is expected"),
        ('{"name": "a", "name": "b"}', "is not a card: the key 'name' stands there twice"),
    ],
)
def test_what_is_no_card(text, told):
    with pytest.raises(ModelError, match=f"^card.json: .*{told}") as caught:
        Card.from_json(text, "card.json")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("metadata", "told"),
    [
        ({PREFIX + "labels": "FAIL,PASS"}, f"metadata '{PREFIX}labels' is not JSON"),
        ({PREFIX + "files": "{}"}, f"unknown key '{PREFIX}files'"),
        ({PREFIX + "colour": "1"}, "unknown key 'colour'"),
        ({PREFIX + "precision": "A B"}, "key 'files' must be named by precisions"),
    ],
)
def test_metadata_that_are_wrong(metadata, told):
    with pytest.raises(ModelError, match=f"^x.onnx: .*{told}"):
        Card.from_metadata(CARD.to_metadata() | metadata, "x.onnx", "x.onnx")


def test_metadata_that_lack_a_key():
    with pytest.raises(ModelError, match=r"^x.onnx: metadata: lacks the key 'version'"):
        Card.from_metadata({PREFIX + "name": "x"}, "x.onnx", "x.onnx")


def test_a_card_made_wrongly_is_wrong_usage():
    with pytest.raises(ConfigurationError, match="key 'labels' must be two"):
        replace(CARD, labels=())
    with pytest.raises(ConfigurationError, match="key 'encoding' must be an Encoding: 'tokens/1'"):
        replace(CARD, encoding="tokens/1")
    with pytest.raises(ConfigurationError, match="key 'metrics' must be what JSON can hold"):
        replace(CARD, metrics={"accuracy": object()})


def test_a_card_keeps_no_hold_of_what_it_was_made_of():
    metrics = {"accuracy": 1.0}
    card = replace(CARD, metrics=metrics)
    metrics["accuracy"] = 0.0
    assert card.metrics == {"accuracy": 1.0}
