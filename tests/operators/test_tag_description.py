"""SAM tags after SAM tags, words after everything else."""

import re
import shutil
import subprocess

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.errors import ConfigurationError, DataError
from biometal_stream.operators import TagDescription

SAM_TAG = re.compile(
    r"[A-Za-z][A-Za-z0-9]:(A:[!-~]|i:[-+]?[0-9]+|Z:[ !-~]*"
    r"|f:[-+]?[0-9]*\.?[0-9]+([eE][-+]?[0-9]+)?)"
)
"""As section 1.5 of the SAM format has it."""


def tagged(descriptions, columns, **settings):
    batch = pa.record_batch({"description": pa.array(descriptions, pa.string()), **columns})
    return TagDescription(tuple(columns), **settings)(batch)["description"].to_pylist()


def one(description, **columns):
    arrays = {
        name: value if isinstance(value, pa.Array) else [value] for name, value in columns.items()
    }
    return tagged([description], arrays)[0]


@pytest.mark.parametrize(
    "description",
    [
        "\tBC:Z:ACGT\tqs:f:12.5",
        "BC:Z:ACGT",
        "1:N:0:ACGT\tRG:Z:a run",
        "\tmv:B:c,5,1,0",
        "\tMM:Z:C+m?;\tML:B:C,12",
        "\tfn:Z:",
        "\tXA:A:x",
        "\tch:i:-5",
    ],
)
def test_a_sam_tag_follows_sam_tags(description):
    assert one(description, length=4) == f"{description}\txl:i:4"


@pytest.mark.parametrize(
    "description",
    [
        "1:N:0:ACGT",
        "1:N:0:ACGT BC:Z:ACGT",
        "runid=5 ch=4",
        "a\tb",
        "\tBC:Z:ACGT\tand words",
        "\tBC:X:ACGT",
        "\tB:Z:ACGT",
        "\tqs:f:12.5 length=3",
    ],
)
def test_words_follow_everything_else(description):
    assert one(description, length=4) == f"{description} length=4"


def test_each_read_is_told_by_its_own_description():
    assert tagged(["\tBC:Z:A", None, "1:N:0"], {"length": [1, 2, 3]}) == [
        "\tBC:Z:A\txl:i:1",
        "length=2",
        "1:N:0 length=3",
    ]


def test_the_style_can_be_chosen():
    given_ = ["\tBC:Z:A", None, "1:N:0"]
    assert tagged(given_, {"length": [1, 2, 3]}, style="sam") == [
        "\tBC:Z:A\txl:i:1",
        "\txl:i:2",
        "1:N:0\txl:i:3",
    ]
    assert tagged(given_, {"length": [1, 2, 3]}, style="words")[0] == "\tBC:Z:A length=1"


def test_types_and_tags():
    assert one(
        "\tBC:Z:A",
        mean_quality=pa.array([20.5], pa.float32()),
        gc=pa.array([1e-7], pa.float32()),
        quality_label=pa.array(["PASS"]).dictionary_encode(),
        good=True,
        big=pa.array([2**40], pa.int64()),
        small=pa.array([2**32 - 1], pa.uint64()),
    ) == ("\tBC:Z:A\txq:f:20.5\txg:f:1e-7\tx0:Z:PASS\tx1:i:1\tx2:Z:1099511627776\tx3:i:4294967295")


def test_tags_of_the_user():
    columns = {"length": [4], "label": ["PASS"]}
    assert tagged(["\tBC:Z:A"], columns, tags=("XL", "YX")) == ["\tBC:Z:A\tXL:i:4\tYX:Z:PASS"]
    assert tagged(["1:N:0"], columns, tags=("XL", "YX")) == ["1:N:0 length=4 label=PASS"]


def test_what_has_no_value_is_left_out():
    nothing = pa.array([None], pa.float64())
    assert one("\tBC:Z:A", gc=nothing) == "\tBC:Z:A"
    for odd in (float("nan"), float("inf"), float("-inf")):
        assert one("\tBC:Z:A", gc=odd, length=3) == "\tBC:Z:A\txl:i:3"


def test_a_tag_that_is_there_is_replaced():
    once = one("\tBC:Z:A\tqs:f:1.5", length=4)
    assert one(once, length=9) == "\tBC:Z:A\tqs:f:1.5\txl:i:9"
    assert one("xl:i:4\tBC:Z:A", length=9) == "\tBC:Z:A\txl:i:9"


@pytest.mark.parametrize("text", ["a\tb", "a\nb", "\xe9"])
def test_text_that_a_tag_cannot_hold(text):
    with pytest.raises(DataError, match=r"'label' has .*, which a SAM tag cannot hold"):
        one("\tBC:Z:A", label=text)
    assert one("1:N:0", label=text) == f"1:N:0 label={text}"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"tags": ("XLL",)}, "a SAM tag is a letter and a letter or digit"),
        ({"tags": ("1X",)}, "a SAM tag is"),
        ({"tags": ("XL", "XM")}, "as many tags as columns: 1 columns, 2 tags"),
        ({"style": "bam"}, "style must be one of auto, sam, words"),
    ],
)
def test_settings(settings, message):
    with pytest.raises(ConfigurationError, match=message):
        TagDescription(("length",), **settings)
    with pytest.raises(ConfigurationError, match="a tag is given twice"):
        TagDescription(("a", "b"), tags=("XL", "XL"))
    many = tuple(f"c{number}" for number in range(11))
    with pytest.raises(ConfigurationError, match="only 10 columns can have a default SAM tag"):
        TagDescription(many)
    assert TagDescription(many, style="words").columns == many


@given(
    st.lists(st.floats(width=32) | st.none(), min_size=1, max_size=8),
    st.lists(st.integers(-(2**63), 2**63 - 1), min_size=8, max_size=8),
)
def test_what_is_written_is_sam(numbers, wholes):
    columns = {
        "gc": pa.array(numbers, pa.float32()),
        "n": pa.array(wholes[: len(numbers)], pa.int64()),
    }
    for description in tagged(["\tBC:Z:A C"] * len(numbers), columns):
        assert all(SAM_TAG.fullmatch(field) for field in description.split("\t")[1:])


@pytest.mark.skipif(shutil.which("samtools") is None, reason="samtools is not installed")
def test_samtools_reads_them(tmp_path):
    (tmp_path / "in.fq").write_text(
        "@r1\tBC:Z:ACGT\tqs:f:12.5\nACGT\n+\nIIII\n@r2\nGG\n+\nII\n@r3 1:N:0:A\nC\n+\nI\n"
    )
    pipeline = bs.read_fastq(tmp_path / "in.fq") | bs.Measure(("length", "gc"))
    (pipeline | bs.TagDescription(("length", "gc"), style="sam")).write_fastq(tmp_path / "out.fq")
    words = ["samtools", "import", "-T", "*", "-0", "out.fq"]
    sam = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    rows = [line.split("\t") for line in sam.splitlines() if not line.startswith("@")]
    assert {row[0]: row[11:] for row in rows} == {
        "r1": ["BC:Z:ACGT", "qs:f:12.5", "xl:i:4", "xg:f:0.5"],
        "r2": ["xl:i:2", "xg:f:1"],
        "r3": ["xl:i:1", "xg:f:1"],
    }
