"""FastQC's files of simulated reads, against those that FastQC 0.12.1 made of them."""

import io
import zipfile

import pytest

import biometal_stream as bs
from biometal_stream.reports.fastqc.sections import length
from biometal_stream.reports.fastqc.text import fastqc_data, summary
from biometal_stream.reports.fastqc.zip import fastqc_zip
from tests.reports.fastqc.simulated import simulated


def document_of(folder, text, name="simulated.fastq", **options):
    path = folder / name
    path.write_text(text)
    pipeline = bs.read_fastq(path, **options) | bs.QualityControl()
    return pipeline.write_arrow(folder / "reads.arrow").document()


def sections(text):
    """The lines of each module by name, the first one with the verdict."""
    parts = text.split(">>END_MODULE\n")[:-1]
    lines = [part.splitlines() for part in parts]
    lines[0] = lines[0][1:]
    return {each[0].split("\t")[0].removeprefix(">>"): each for each in lines}


def section(folder, text, module, **options):
    found = fastqc_data(document_of(folder, text, **options), "reads", "reads", "x.fastq")
    return sections(found).get(module)


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    return document_of(tmp_path_factory.mktemp("simulated"), simulated())


def test_the_data_are_those_of_fastqc(document, data):
    ours = fastqc_data(document, "reads", "reads", "simulated.fastq")
    theirs = (data / "fastqc_data.txt").read_text()
    assert sections(ours) == sections(theirs)
    assert ours == theirs


def test_the_summary_is_that_of_fastqc(document, data):
    ours = summary(document, "reads", "reads", "simulated.fastq")
    assert ours == (data / "fastqc_summary.txt").read_text()


def test_other_limits(document):
    ours = summary(document, "reads", "reads", "simulated.fastq", assay="amplicon")
    assert "PASS\tPer base sequence content\t" in ours
    with pytest.raises(ValueError, match="unknown assay 'exome': use one of any, fastqc, wgs"):
        summary(document, "reads", "reads", "simulated.fastq", assay="exome")


def test_the_zip(document):
    packed = fastqc_zip(document, "reads", "reads", "simulated.fastq.gz")
    assert packed == fastqc_zip(document, "reads", "reads", "simulated.fastq.gz")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            "simulated_fastqc/",
            "simulated_fastqc/summary.txt",
            "simulated_fastqc/fastqc_data.txt",
        ]
        text = archive.read("simulated_fastqc/fastqc_data.txt").decode()
    assert text == fastqc_data(document, "reads", "reads", "simulated.fastq.gz")


def test_a_name_stays_in_its_cell(document):
    text = summary(document, "reads", "reads", "a\tb\nc")
    assert {line.split("\t")[2] for line in text.splitlines()} == {"a b c"}
    data = fastqc_data(document, "reads", "reads", "a\tb\nc")
    assert sections(data)["Basic Statistics"][2] == "Filename\ta b c"


def test_no_reads(tmp_path):
    text = fastqc_data(document_of(tmp_path, ""), "reads", "reads", "empty.fastq")
    found = sections(text)
    assert found["Basic Statistics"][2:] == [
        "Filename\tempty.fastq",
        "File type\tnull",
        "Encoding\tIllumina 1.5",
        "Total Sequences\t0",
        "Total Bases\t0 bp",
        "Sequences flagged as poor quality\t0",
        "Sequence length\t0",
        "%GC\t0",
    ]
    assert "Per base sequence quality" not in found
    assert "Per sequence quality scores" not in found
    assert found["Sequence Duplication Levels"][1] == "#Total Deduplicated Percentage\t100.0"
    assert found["Sequence Duplication Levels"][3] == "1\tNaN"
    assert found["Overrepresented sequences"] == [">>Overrepresented sequences\tpass"]
    assert found["Adapter Content"] == [">>Adapter Content\twarn"]


def test_reads_without_qualities(tmp_path):
    path = tmp_path / "reads.fasta"
    path.write_text(">a\nACGT\n>b\nGGNN\n")
    pipeline = bs.read_fasta(path) | bs.QualityControl()
    document = pipeline.write_arrow(tmp_path / "x.arrow").document()
    found = sections(fastqc_data(document, "reads", "reads", "reads.fasta"))
    assert "Per base sequence quality" not in found
    assert found["Per base N content"][-1] == "4\t50.0"


def test_short_reads_have_no_adapters(tmp_path):
    text = "".join(f"@{i}\nAGATCGGAAGAG\n+\nIIIIIIIIIIII\n" for i in range(4))
    assert section(tmp_path, text, "Adapter Content") == [">>Adapter Content\twarn"]


def test_qualities_are_never_taken_for_phred_64(tmp_path):
    text = "@a\nACGT\n+\nIIII\n"
    assert section(tmp_path, text, "Per sequence quality scores")[-1] == "40\t1.0"
    assert section(tmp_path, text, "Basic Statistics")[4] == "Encoding\tSanger / Illumina 1.9"


def test_qualities_that_were_converted(tmp_path):
    text = "@a\nACGT\n+\nhhhB\n"
    found = section(tmp_path, text, "Per sequence quality scores", quality_encoding="phred64")
    assert found[-1] == "30\t1.0"


@pytest.mark.parametrize(
    ("lengths", "first", "last", "number"),
    [
        ([5], "5\t1.0", "5\t1.0", 1),
        ([0, 2], "0\t1.0", "2\t1.0", 3),
        ([10, 59], "10-11\t1.0", "58-59\t1.0", 25),
        ([100, 100, 199], "100-101\t2.0", "198-199\t1.0", 50),
        ([7, 1000], "0-19\t1.0", "1000-1001\t1.0", 51),
    ],
)
def test_lengths_are_grouped(tmp_path, lengths, first, last, number):
    # As FastQC 0.12.1 groups them.
    reads = (f"@{n}\n{'A' * n}\n+\n{'I' * n}\n" for n in lengths)
    _, _, *lines = section(tmp_path, "".join(reads), "Sequence Length Distribution")
    assert (lines[0], lines[-1], len(lines)) == (first, last, number)


@pytest.mark.parametrize(
    ("bases", "shown"),
    [(999, "999 bp"), (1000, "1 kbp"), (1999, "1.9 kbp"), (10**6, "1 Mbp"), (2 * 10**10, "20 Gbp")],
)
def test_numbers_of_bases(bases, shown):
    assert length(bases) == shown
