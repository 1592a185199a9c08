"""The document: its schema, its text, and back."""

import json
from importlib import resources

import jsonschema
import pytest

import biometal_stream as bs
from biometal_stream.reports.document.document import SCHEMA, Document
from biometal_stream.reports.document.layout import laid_out
from tests.reports.runs import document_of, fastq


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    path = tmp_path_factory.mktemp("document") / "liver.fq"
    path.write_text(fastq(200))
    return document_of(path, bs.TrimQuality(20), bs.MaxN(0), bs.Summarize())


@pytest.fixture(scope="module")
def validator():
    text = (resources.files("biometal_stream.reports.document") / "schema.json").read_text()
    schema = json.loads(text)
    assert schema["properties"]["schema"]["const"] == schema["$id"] == SCHEMA
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_it_follows_its_schema(document, validator):
    validator.validate(json.loads(document.to_json()))


def test_the_schema_describes_all_members(document, validator):
    assert set(document.to_dict()) == set(validator.schema["properties"])
    step = document.to_dict()["steps"][0]
    assert set(step) == set(validator.schema["$defs"]["step"]["properties"])


@pytest.mark.parametrize(
    "change", [{"reads_in": -1}, {"schema": "x"}, {"steps": {}}, {"runs": 0}, {"sample": None}]
)
def test_the_schema_refuses_what_is_wrong(document, validator, change):
    assert not validator.is_valid(document.to_dict() | change)


def test_it_is_read_back_in_full(document):
    again = Document.from_json(document.to_json())
    assert again.to_json() == document.to_json()
    assert again.sample == "liver"
    assert list(again.quality) == ["before", "after"]
    assert [step["name"] for step in again.steps if step["kind"] != "observer"] == [
        "trim-quality",
        "max-n",
    ]


def test_what_is_missing_is_named(document):
    plain = document.to_dict()
    del plain["quality"]["after"]["state"]
    with pytest.raises(ValueError, match="'state' is missing"):
        Document.from_dict(plain)


@pytest.mark.parametrize("threads", [1, 3])
def test_it_depends_neither_on_threads_nor_on_memory(tmp_path, document, threads):
    path = tmp_path / "liver.fq"
    path.write_text(fastq(200))
    operators = (bs.TrimQuality(20), bs.MaxN(0), bs.Summarize())
    other = document_of(path, *operators, threads=threads, memory=2**24)
    assert other.to_json() == document.to_json()


def test_its_text_has_a_column_on_a_line(document):
    lines = document.to_json().splitlines()
    assert json.loads("\n".join(lines)) == json.loads(json.dumps(document.to_dict()))
    assert max(line.count("[") for line in lines) == 1
    assert ' "schema": "biometal-stream/report/1",' in lines


def test_numbers_that_json_cannot_hold_are_null():
    plain = {"a": [1.5, float("nan")], "b": {"c": float("inf")}, "steps": [{"x": float("nan")}]}
    assert json.loads(laid_out(plain)) == {
        "a": [1.5, None],
        "b": {"c": None},
        "steps": [{"x": None}],
    }


def test_an_early_end_has_no_number_of_reads(tmp_path):
    path = tmp_path / "a.fq"
    path.write_text(fastq(300))
    report = (bs.read_fastq(path) | bs.Head(10) | bs.QualityControl()).write_fastq(
        tmp_path / "o.fq"
    )
    document = report.document()
    assert (document.reads_in, document.reads_out) == (None, 10)
    assert list(document.quality) == ["reads"]


def test_a_later_place_has_what_differs_from_the_first(document):
    before, after = document.to_dict()["quality"].values()
    assert "like" not in before
    assert after["like"] == "before"
    assert set(after["state"]["reads"]["sampled_reads"]) - set(
        before["state"]["reads"]["sampled_reads"]
    ) == {"kept"}


def test_it_is_read_back_with_its_members_in_any_order(document):
    again = Document.from_json(json.dumps(document.to_dict(), sort_keys=True))
    assert again.quality == dict(document.quality)


@pytest.mark.parametrize("like", ["nowhere", "after"])
def test_a_place_that_differs_from_none_is_refused(document, like):
    plain = document.to_dict()
    plain["quality"]["after"]["like"] = like
    with pytest.raises(ValueError, match=f"'{like}' is missing"):
        Document.from_dict(plain)
