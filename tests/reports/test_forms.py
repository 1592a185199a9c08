"""A file's name gives the form of the report."""

import pytest

from biometal_stream.errors import ConfigurationError
from biometal_stream.reports.assay_names import ASSAY_NAMES, DEFAULT_ASSAY
from biometal_stream.reports.forms import fastqc_name, form_of


@pytest.mark.parametrize(
    ("path", "suffix"),
    [
        ("x.html", ".html"),
        ("a/b.HTML", ".html"),
        ("x.json", ".json"),
        ("x.fastp.json", "fastp.json"),
        ("fastp.json", "fastp.json"),
        ("x_fastqc.zip", "_fastqc.zip"),
        ("x.parquet", ".parquet"),
        ("x.txt", ".txt"),
        ("-", ".txt"),
    ],
)
def test_suffixes(path, suffix):
    assert form_of(path).suffix == suffix


@pytest.mark.parametrize("path", ["x", "x.pdf", "x.zip", "x.json.gz", "json", "html/"])
def test_other_names(path):
    with pytest.raises(ConfigurationError, match="the name gives no form of a report"):
        form_of(path)


def test_names_of_fastqc_files():
    places = ("before", "step 2", "after")
    assert fastqc_name("d/x_fastqc.zip", "after", "reads", places) == "d/x_fastqc.zip"
    assert fastqc_name("d/x_fastqc.zip", "after", "mate 2", places) == "d/x_R2_fastqc.zip"
    assert fastqc_name("x_fastqc.zip", "before", "mate 1", places) == "x_R1_before_fastqc.zip"
    assert fastqc_name("x_fastqc.zip", "step 2", "merged", places) == "x_merged_step-2_fastqc.zip"


def test_assays_are_those_with_limits():
    from biometal_stream.reports.verdicts.assays import ASSAYS

    assert tuple(ASSAYS) == ASSAY_NAMES
    assert DEFAULT_ASSAY in ASSAY_NAMES
