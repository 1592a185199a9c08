"""Reports add up as if one run had read all reads, and what cannot be added is named."""

import itertools
from dataclasses import replace

import pytest

import biometal_stream as bs
from biometal_stream.reports.document.merging import added
from tests.reports.runs import document_of, fastq


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("merging")
    texts = [fastq(number, seed, prefix=f"{seed}_") for seed, number in enumerate((50, 0, 70))]
    for name, text in zip(("a", "b", "c"), texts, strict=True):
        (folder / f"{name}.fq").write_text(text)
    (folder / "all.fq").write_text("".join(texts))
    return folder


OPERATORS = (bs.TrimQuality(20), bs.MinLength(3), bs.TrimPolyG(when="always"))


def test_runs_add_up_to_the_run_of_all_reads(files):
    parts = [document_of(files / f"{name}.fq", *OPERATORS) for name in "abc"]
    whole = document_of(files / "all.fq", *OPERATORS)
    for one, two, three in itertools.permutations(parts):
        for total in (added(added(one, two), three), added(one, added(two, three))):
            assert total.runs == 3
            assert total.samples == ("a", "b", "c")
            assert total.sample == "a, b, c"
            assert total.results == whole.results
            expected = replace(
                whole, sample="a, b, c", samples=("a", "b", "c"), runs=3, findings=(), results={}
            )
            counts = replace(total, findings=(), results={}, additive=())
            assert counts.to_json() == replace(expected, additive=()).to_json()


def test_equal_samples_keep_their_name(files):
    one = document_of(files / "a.fq")
    total = added(one, one)
    assert (total.sample, total.runs, total.reads_in) == ("a", 2, 100)
    names = [f"s{n}" for n in range(5)]
    total = replace(one, sample=names[0])
    for name in names[1:]:
        total = added(total, replace(one, sample=name))
    assert total.sample == "s0, s1, s2 and 2 more"


def test_steps_that_differ_are_named(files):
    one = document_of(files / "a.fq", bs.MinLength(3))
    two = document_of(files / "c.fq", bs.MinLength(4))
    total = added(one, two)
    assert total.steps == ()
    assert total.reads_in == 120
    assert list(total.quality) == ["before", "after"]
    assert total.warnings == ("the steps differ, so they are not added",)


def test_places_that_are_not_in_all_are_named(files):
    one = document_of(files / "a.fq", bs.MinLength(3))
    two = (
        (bs.read_fastq(files / "c.fq") | bs.QualityControl()).write_fastq(files / "o.fq").document()
    )
    total = added(one, two)
    assert total.quality == {}
    assert total.reads_in == 120
    assert "place 'before' is not in all reports, so it is left out" in total.warnings
    assert "place 'reads' is not in all reports, so it is left out" in total.warnings


def test_results_that_are_not_counts_are_named(files):
    one = document_of(files / "a.fq", bs.Summarize())
    assert one.additive == ()
    total = added(one, one)
    assert total.results == {}
    assert total.warnings == ("the results of summarize cannot be added",)


def test_results_of_a_run_without_reads_add_nothing(files):
    one = replace(document_of(files / "a.fq"), results={"x": {"n": 3, "of": "pairs"}})
    none = replace(document_of(files / "b.fq"), results={"x": {"n": 0, "of": "reads"}})
    one, none = (replace(each, additive=("x",)) for each in (one, none))
    for total in (added(one, none), added(none, one), added(added(none, none), one)):
        assert (total.results, total.additive) == (one.results, ("x",))
        assert total.warnings == ()
    assert added(none, none).results == none.results


def test_counts_by_name_are_added(files):
    one = document_of(files / "a.fq")
    total = added(replace(one, counts={"bad records": 2}), replace(one, counts={"x": 1}))
    assert total.counts == {"bad records": 2, "x": 1}


def test_a_run_that_stopped_has_no_number_of_reads(files):
    one = document_of(files / "a.fq")
    assert added(one, replace(one, reads_in=None)).reads_in is None


def test_assays_that_differ_are_named(files):
    one = document_of(files / "a.fq")
    total = added(replace(one, assay="rna"), replace(one, assay="ont"))
    assert total.assay == "ont"
    assert total.warnings == ("assays differ (ont, rna); the verdicts are those of ont",)


@pytest.mark.parametrize(
    ("one", "two", "total"),
    [
        ({"n": 1, "why": "x"}, {"n": 2, "why": "x"}, {"n": 3, "why": "x"}),
        ({"n": 1, "why": "x"}, {"n": 2, "why": "y"}, None),
        ({"sizes": {"9": 1}}, {"sizes": {"10": 2, "9": 1}}, {"sizes": {"9": 2, "10": 2}}),
        ({"n": [1, 2]}, {"n": [1, 3]}, {"n": [2, 5]}),
        ({"n": [1, 2]}, {"n": [1, 2]}, {"n": [2, 4]}),
        ({"n": [1, 2]}, {"n": [1]}, None),
        ({"n": 1}, {"n": None}, None),
        ({"n": None}, {"n": None}, {"n": None}),
        ({"n": 0.5}, {"n": 0.5}, None),
        ({"n": True}, {"n": True}, {"n": True}),
        ({"n": 1}, {"n": {"a": 1}}, None),
    ],
)
def test_results_add_up_as_a_whole_or_not_at_all(files, one, two, total):
    document = document_of(files / "b.fq")
    both = [replace(document, results={"x": each}, additive=("x",)) for each in (one, two)]
    found = added(*both)
    assert found.results == ({} if total is None else {"x": total})
    assert ("the results of x cannot be added" in found.warnings) == (total is None)
