"""What is not a report is refused in one line that says what it is."""

import json
import re

import pytest

import biometal_stream as bs
from biometal_stream.errors import ForeignInputError
from biometal_stream.reports.document.reading import read_document
from tests.reports.runs import document_of, fastq


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    path = tmp_path_factory.mktemp("reading") / "a.fq"
    path.write_text(fastq(20))
    return document_of(path, bs.MaxN(0)).to_json().encode()


def refused(text: bytes) -> str:
    with pytest.raises(ForeignInputError) as caught:
        read_document(text, "x.json")
    said = str(caught.value)
    assert said.startswith("x.json: ")
    assert "\n" not in said
    return said


def test_a_report(text):
    assert read_document(text, "x.json").to_json().encode() == text


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (b"", "is empty; expected a report"),
        (b" \n", "is empty"),
        (b"@r1\nACGT\n+\nIIII\n", r"not JSON \(line 1, column 1"),
        (b"\x1f\x8b\x08\x00\xff\xfe", "not JSON; expected"),
        (b"[" * 100_000, "not JSON|truncated"),
        (b"[1, 2]", "not a report of biometal-stream; --report x.json writes one"),
        (b"{}", "not a report of biometal-stream"),
        (b'{"stages": [], "wall": 1}', "its statistics"),
        (b'{"summary": {}, "read1_before_filtering": {}}', "fastp's JSON"),
        (b'{"schema": "biometal-stream/report/7"}', "a report of version 7"),
        (b'{"schema": 3}', "not a report"),
        (b'{"schema": "biometal-stream/report/1"}', "a damaged report: 'sample' is missing"),
    ],
)
def test_other_text(other, said):
    assert re.search(said, refused(other))


def test_every_truncated_report(text):
    for end in range(1, len(text) - 2, 97):
        if not text[:end].rstrip().endswith(b"}"):
            assert "truncated" in refused(text[:end])


@pytest.mark.parametrize("data", ["!!", "", "eJw=", 5, None])
def test_damaged_counts(text, data):
    plain = json.loads(text)
    state = plain["quality"]["before"]["state"]["reads"]
    name = next(name for name, each in state.items() if each["kind"] == "counts")
    state[name]["values"]["data"] = data
    assert "a damaged report" in refused(json.dumps(plain).encode())


@pytest.mark.parametrize("kind", ["another", None, 3, []])
def test_unknown_counts(text, kind):
    plain = json.loads(text)
    state = plain["quality"]["before"]["state"]["reads"]
    next(iter(state.values()))["kind"] = kind
    assert "a damaged report" in refused(json.dumps(plain).encode())


@pytest.mark.parametrize(
    ("name", "value"), [("steps", 3), ("runs", "x"), ("quality", []), ("findings", [1])]
)
def test_members_of_other_types(text, name, value):
    plain = json.loads(text)
    plain[name] = value
    assert "a damaged report" in refused(json.dumps(plain).encode())
