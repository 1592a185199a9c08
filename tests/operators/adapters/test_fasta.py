"""Adapters from FASTA."""

import gzip
import os

import pytest

import biometal_stream as bs
from biometal_stream.errors import ConfigurationError, InputError
from biometal_stream.operators.adapters.fasta import checked, read_adapters


def written(tmp_path, text):
    path = tmp_path / "adapters.fa"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        (">both\nACGT\nACG\n", [("ACGTACG", "ACGTACG")]),
        (">kit/1\nACGT\n>kit/2 of mate 2\r\nuuga\n\n", [("ACGT", "TTGA")]),
        (">kit/2\nTTGA\n>x\nAAC\n>kit/1\nACGT", [("ACGT", "TTGA"), ("AAC", "AAC")]),
        (">one/1\nACGT\n>two/2\nTTGA\n", [("ACGT", ""), ("", "TTGA")]),
        (">a\nACGT\n>b\nACGT\n>c/1\nACGT\n>c/2\nACGT\n", [("ACGT", "ACGT")]),
    ],
)
def test_records_are_for_both_mates_or_for_one(tmp_path, text, pairs):
    assert read_adapters(written(tmp_path, text)) == pairs


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no adapter in the file"),
        ("ACGT\n", "not FASTA; line 1 must begin with '>'"),
        ("@read\nACGT\n+\nIIII\n", "not FASTA; line 1"),
        (b"\x00\xff", "not FASTA; adapters are read from text"),
        (">a\n>b\nACGT\n", "adapter 'a' must have at least one base"),
        (">a\nACGT\n>a\nAC\n", "adapter 'a' is there twice"),
        (">a/1\nACGT\n>a/1\nAC\n", "adapter 'a/1' is there twice"),
        (">a\nACGTN\n", "adapter 'a' must be bases A, C, G and T: 'ACGTN'"),
        (">\nAC-T\n", "adapter 'record 1' must be bases"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, message):
    path = written(tmp_path, text)
    with pytest.raises(ConfigurationError, match=r"adapters\.fa: ") as caught:
        read_adapters(path)
    assert message in str(caught.value)


def test_a_missing_file_is_an_error_of_the_input(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        read_adapters(str(tmp_path / "none.fa"))


def test_ambiguous_bases_come_with_advice():
    with pytest.raises(ConfigurationError, match=r"before the first one, AGATCGGAAGAGC$"):
        checked("AGATCGGAAGAGCNNNNNNAT", "adapter")
    with pytest.raises(ConfigurationError, match=r"an adapter has no ambiguous bases$"):
        checked("ANNAGAGAGAAGAGAGAG", "adapter")


def test_a_file_may_be_compressed_or_a_pipe(tmp_path):
    text = b">a/1\nACGTACGT\n>b/2\nTTGATTGA\n"
    path = tmp_path / "adapters.fa.gz"
    path.write_bytes(gzip.compress(text))
    assert read_adapters(str(path)) == [("ACGTACGT", ""), ("", "TTGATTGA")]
    for operator in (bs.MatchAdapters, bs.TrimAdapters):
        reader, writer = os.pipe()
        os.write(writer, text)
        os.close(writer)
        made = operator(adapters=f"/dev/fd/{reader}", times=1)
        assert [len(made._rules_of("x").mates[mate]) for mate in (0, 1)] == [1, 1]
        os.close(reader)


def test_a_file_without_an_end_is_refused():
    with pytest.raises(ConfigurationError, match="bytes, and this has more"):
        read_adapters("/dev/zero")
