"""The minimizers of files of sequences, in pieces of any size."""

import gzip
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biometal_stream.errors import BiometalError, FastaError
from biometal_stream.indexes.mixing import unmixed
from biometal_stream.indexes.scheme import Scheme
from biometal_stream.indexing import fasta as pieces
from biometal_stream.indexing import sequences
from biometal_stream.indexing.sequences import Counts, SequenceReader
from biometal_stream.run import LocalRun
from tests.indexes.plain import minimizers

SMALL = Scheme(5, 3)


def read(data, scheme=SMALL, piece=1 << 16, workers=1):
    """The values and the counts of one or several inputs."""
    inputs = data if isinstance(data, tuple) else (data,)
    with LocalRun(workers) as run:
        reader = SequenceReader(tuple(map(io.BytesIO, inputs)), scheme, run, 1 << 24)
        reader._piece = piece
        found = [np.sort(each) for each in reader.found()]
    values = unmixed(np.concatenate([*found, np.empty(0, np.uint64)]))
    return {int(value) for value in values}, reader.counts


def expected(records, scheme=SMALL):
    """The same, by the definition."""
    counts, values = Counts(), set()
    for record in records:
        found = {value for _, value in minimizers(record, scheme.k, scheme.w)}
        values |= found
        counts.sequences += 1
        counts.bases += len(record)
        counts.empty += not record
        counts.short += 0 < len(record) < scheme.window
        counts.without += len(record) >= scheme.window and not found
    return values, counts


def fasta(records, width, end):
    lines = []
    for number, record in enumerate(records):
        lines.append(f">record{number} with > in it")
        lines += [record[at : at + width] for at in range(0, len(record), width)]
    return (end.join(lines) + end).encode()


RECORDS = st.lists(st.text("ACGTACGTacgtNRn", max_size=300), min_size=1, max_size=5)


@settings(deadline=None, max_examples=60)
@given(RECORDS, st.sampled_from([7, 60, 1000]), st.sampled_from(["\n", "\r\n"]), st.integers(1, 90))
def test_pieces_of_any_size_give_the_minimizers_of_whole_sequences(records, width, end, piece):
    assert read(fasta(records, width, end), piece=piece) == expected(records)


def test_a_long_sequence_is_never_held_as_a_whole(monkeypatch):
    held = []
    work = SequenceReader._work

    def watched(self, source, chunk):
        held.append(chunk.text.stop - chunk.text.start)
        return work(self, source, chunk)

    monkeypatch.setattr(SequenceReader, "_work", watched)
    record = "ACGGTCATTAGC" * 20_000
    for text in (fasta([record], 60, "\n"), fasta([record], len(record), "\n")):
        values, counts = read(text, piece=4096)
        assert counts == Counts(1, len(record))
        assert values == expected([record[:100]])[0]
    assert max(held) < 5000


@pytest.mark.parametrize("workers", [1, 3])
def test_files_follow_each_other(workers):
    texts = (fasta(["ACGTTGCA"], 60, "\n"), b"", fasta(["ACGTTGCA", "", "AC"], 60, "\n"))
    values, counts = read(texts, workers=workers)
    assert counts == Counts(sequences=4, bases=18, empty=1, short=1)
    assert values == expected(["ACGTTGCA"])[0]


def test_lines_before_the_first_record_and_long_headers():
    record = "ACGGTCATTAGC"
    text = b"\xef\xbb\xbf\n\r\n>" + b"x" * 3000 + b"\n" + record.encode()
    for piece in (16, 1 << 16):
        assert read(text, piece=piece) == expected([record])


@pytest.mark.parametrize("before", [b"", b">a\nACGT\nAC\n"])
def test_a_header_without_end_is_refused_before_all_of_it_is_held(monkeypatch, before):
    monkeypatch.setattr(pieces, "_LONGEST_HEADER", 100)
    with pytest.raises(FastaError, match="a header of more than 100 bytes") as caught:
        read(before + b">" + b"x" * 5000, piece=16)
    place = caught.value.location
    assert (place.record, place.line) == ((2, 4) if before else (1, 1))
    assert place.offset == len(before)


def test_files_of_several_formats():
    record = "ACGGTCATTAGC"
    fastq = f"@a\n{record}\n+\n{'I' * 12}\n".encode()
    values, counts = read((b">a\nTTGACCA\n", fastq, b">a\nGGGAATC\n", b">a\nAC\n"))
    assert counts == Counts(sequences=4, bases=28, short=1)
    assert values == expected([record, "TTGACCA", "GGGAATC"])[0]


def test_fastq_is_read_too():
    record = "ACGGTCATTAGC"
    text = gzip.compress(f"@a\n{record}\n+\n{'I' * 12}\n@b\n\n+\n\n".encode())
    assert read(text) == expected([record, ""])


@pytest.mark.parametrize("piece", [16, 40, 1 << 16])
def test_a_bad_letter_is_named_where_it_stands(piece):
    text = b">a\nACGT\n>b\r\nACGTACGTACGTACGTACGTACGTACGTACGTACGTAC\r\nGTAC*GTACGT\r\n"
    with pytest.raises(FastaError) as caught:
        read(text, piece=piece)
    place = caught.value.location
    assert (place.record, place.line, place.offset) == (2, 5, text.index(b"*"))


@pytest.mark.parametrize(
    "text",
    [b"ACGT\n", b"; note\n>a\nACGT\n", b">a\nAC-GT\n", b">a\nAC GT\n", b"\n\nACGT\n>a\nACGT\n"],
)
def test_what_is_not_fasta_is_refused(text):
    with pytest.raises(BiometalError):
        read(text)


def test_protein_is_refused_and_named():
    letters = "MKVSRTHDAGWNYCMKVSRTHDAGWNYC"  # each is a letter of IUPAC
    text = f">one\nACGTACGTACGT\n>sp|P1 hydrolase\n{letters}\n".encode()
    with pytest.raises(FastaError, match=r"record 2, line 3, .*'sp\|P1 hydrolase' looks like prot"):
        read(text)
    with pytest.raises(FastaError, match=r"'E' cannot be a base .*this may be protein"):
        read(b">one\nMEEPQSDPSVEPPLSQETF\n")


@pytest.mark.parametrize("piece", [16, 20, 50, 1 << 16])
def test_protein_is_told_by_whole_sequences_whatever_the_pieces(piece):
    codes = "RYKMSWBDHV"
    consensus = "ACGTTGCATTAG" + codes * 9  # has minimizers, though not in its last pieces
    mostly_n = codes + "N" * 40
    assert read(fasta([consensus, mostly_n], 60, "\n"), piece=piece) == expected(
        [consensus, mostly_n]
    )
    for records in ([consensus, "NNACG" + codes * 9], [consensus, "NNACG" + codes * 9, "ACGT"]):
        with pytest.raises(
            FastaError, match=r"'record1 with .*' looks like protein: 95 %"
        ) as error:
            read(fasta(records, 60, "\n"), piece=piece)
        assert (error.value.location.record, error.value.location.line) == (2, 4)


def test_runs_of_n_and_ambiguous_bases_are_not_protein():
    records = ["N" * 50, "n" * 50 + "R", "ACGTACGT" + "N" * 50]
    assert read(fasta(records, 60, "\n")) == expected(records)
    assert sequences._MOST_OTHERS == 0.5
