"""Counts that quality control does not make are refused when a report is read."""

import copy
import json

import numpy as np
import pytest

import biometal_stream as bs
from biometal_stream.errors import ForeignInputError
from biometal_stream.reports.document.reading import read_document
from biometal_stream.reports.quality.expected import EXPECTED, require_expected
from biometal_stream.reports.records.packing import packed
from tests.reports.runs import document_of, fastq


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    path = tmp_path_factory.mktemp("expected") / "a.fq"
    path.write_text(fastq(50, prefix="A:1:F:1:1101:7:"))
    return document_of(path, bs.MaxN(0), bs.QualityControl(kmers=True))


@pytest.fixture(scope="module")
def plain(document):
    found = json.loads(document.to_json())
    for each in found["quality"].values():
        each["tables"] = {}
    return found


def refused(plain) -> str:
    with pytest.raises(ForeignInputError, match="a damaged report") as caught:
        read_document(json.dumps(plain).encode(), "x.json")
    return str(caught.value)


def test_what_quality_control_makes(document):
    for quality in document.quality.values():
        require_expected(quality.state)
        names = {name for records in quality.state.values() for name in records}
        assert names <= set(EXPECTED)


@pytest.mark.parametrize("name", ["reads", "lengths"])
def test_missing_counts(plain, name):
    plain = copy.deepcopy(plain)
    del plain["quality"]["before"]["state"]["reads"][name]
    assert "reads" in refused(plain)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("reads", np.array([1, 2])),
        ("reads", np.array([-1])),
        ("reads", np.array([2**62])),
        ("bases_by_cycle", np.ones((60, 5), np.int64)),
        ("bases_by_cycle", np.ones((3, 6), np.int64)),
        ("scores_by_cycle", np.ones(60, np.int64)),
        ("adapters_by_cycle", np.ones((4, 3, 2), np.int64)),
        ("scores_by_base", np.ones((60, 4, 2), np.uint8)),
    ],
)
def test_arrays_of_other_shapes_and_values(plain, name, values):
    plain = copy.deepcopy(plain)
    plain["quality"]["before"]["state"]["reads"][name] = {
        "kind": "counts",
        "values": packed(values),
    }
    refused(plain)


@pytest.mark.parametrize("shape", [[10**12], [2**27], [-1], "x", [1.0], [True]])
def test_memory_is_bounded(plain, shape):
    plain = copy.deepcopy(plain)
    plain["quality"]["before"]["state"]["reads"]["reads"]["values"]["shape"] = shape
    assert len(refused(plain)) < 300


def test_many_large_arrays_are_refused_before_they_are_unpacked(plain):
    plain = copy.deepcopy(plain)
    records = plain["quality"]["before"]["state"]["reads"]
    for number in range(9):
        values = {"dtype": "int64", "shape": [2**24], "data": ""}
        records[f"other {number}"] = {"kind": "counts", "values": values}
    assert "at most 1,073,741,824 are read" in refused(plain)


def test_data_that_are_longer_than_their_shape(plain):
    plain = copy.deepcopy(plain)
    values = packed(np.zeros(1_000_000, np.int64)) | {"shape": [1]}
    plain["quality"]["before"]["state"]["reads"]["reads"]["values"] = values
    assert "do not fill" in refused(plain)


@pytest.mark.parametrize(("name", "value"), [("zeros", 1000), ("zeros", 40), ("seen", -1)])
def test_samples(plain, name, value):
    plain = copy.deepcopy(plain)
    plain["quality"]["before"]["state"]["reads"]["sequence_copies"][name] = value
    assert "sequence_copies of reads" in refused(plain)


def test_a_sample_out_of_order(plain):
    plain = copy.deepcopy(plain)
    sample = plain["quality"]["before"]["state"]["reads"]["sequence_copies"]
    sample["copies"] = packed(np.zeros(3, np.int64))
    refused(plain)


def test_unknown_group(plain):
    plain = copy.deepcopy(plain)
    state = plain["quality"]["before"]["state"]
    state["mate 3"] = state.pop("reads")
    assert "mate 3" in refused(plain)
