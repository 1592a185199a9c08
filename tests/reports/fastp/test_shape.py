import json
from pathlib import Path

import pytest

import biometal_stream as bs
from biometal_stream.errors import DataError
from biometal_stream.reports.document.document import Document
from biometal_stream.reports.document.merging import added
from biometal_stream.reports.fastp.reads import LAST_CYCLE
from biometal_stream.reports.fastp.shape import fastp_json

READS = [
    ("ACGTACGTAC", "I" * 10),
    ("ACGTNNNNAC", "?" * 10),
    ("ACG", "5!5"),
    ("AAAAAAAAAA", "#" * 10),
]


def fastq(path: Path, reads=READS) -> Path:
    records = (f"@r{n}\n{bases}\n+\n{scores}\n" for n, (bases, scores) in enumerate(reads))
    path.write_text("".join(records))
    return path


def document(tmp_path, *steps, reads=READS, mates=None, **named) -> Document:
    """The report of a run over reads, or over pairs, through some steps."""
    source = fastq(tmp_path / "in.fq", reads)
    mate = None if mates is None else fastq(tmp_path / "mates.fq", mates)
    pipeline = bs.read_fastq(source, mate=mate)
    for step in steps:
        pipeline |= step
    return pipeline.write_parquet(tmp_path / "out.parquet").document(**named)


def shape(*given, **named):
    return json.loads(fastp_json(document(*given, **named)))


def test_totals_and_curves_of_single_reads(tmp_path):
    found = shape(tmp_path, bs.QualityControl())
    summary = found["summary"]["before_filtering"]
    assert summary["total_reads"] == 4
    assert summary["total_bases"] == 33
    assert summary["q20_bases"] == 22
    assert summary["q30_bases"] == 20
    assert summary["q30_rate"] == 0.606061  # six digits, as fastp prints
    assert summary["read1_mean_length"] == 8  # rounded down, as in fastp
    assert summary["gc_content"] == round(10 / 33, 6)
    assert found["summary"]["sequencing"] == "single end (10 cycles)"
    assert found["summary"]["after_filtering"] == summary
    reads = found["read1_before_filtering"]
    assert reads["q40_bases"] == 10
    assert reads["total_cycles"] == 10
    assert len(reads["quality_curves"]["mean"]) == 10
    assert reads["content_curves"]["N"][4] == pytest.approx(1 / 3, abs=1e-6)
    # No C stands there: fastp then has the mean of all bases.
    assert reads["quality_curves"]["C"][0] == reads["quality_curves"]["mean"][0] == 23
    assert found["read1_after_filtering"] == reads


def test_reads_that_do_not_pass_have_a_reason(tmp_path):
    steps = (
        bs.QualityControl(),
        bs.MaxLowQualityFraction(0.4),
        bs.MaxN(2),
        bs.MinLength(5),
        bs.DropDuplicates(),
        bs.QualityControl(),
    )
    found = shape(tmp_path, *steps, reads=[*READS, READS[0]])
    assert found["filtering_result"] == {
        "passed_filter_reads": 1,
        "low_quality_reads": 1,
        "too_many_N_reads": 1,
        "too_short_reads": 1,
        "too_long_reads": 0,
        "drop_duplicates_reads": 1,  # fastp has no such reason
    }
    assert found["summary"]["before_filtering"]["total_reads"] == 5
    assert found["summary"]["after_filtering"]["total_reads"] == 1
    assert found["duplication"]["rate"] == 0.5  # of the step, which saw two reads


def test_steps_before_the_first_place_are_not_counted(tmp_path):
    found = shape(tmp_path, bs.MinLength(5), bs.QualityControl(), bs.MaxN(2), bs.QualityControl())
    assert found["summary"]["before_filtering"]["total_reads"] == 3
    assert found["filtering_result"]["too_short_reads"] == 0
    assert found["filtering_result"]["too_many_N_reads"] == 1
    assert found["filtering_result"]["passed_filter_reads"] == 2


def test_what_is_not_counted_after_the_last_change_is_left_out(tmp_path):
    found = shape(tmp_path, bs.QualityControl(), bs.MinLength(5))
    assert "after_filtering" not in found["summary"]
    assert "read1_after_filtering" not in found
    assert found["filtering_result"]["passed_filter_reads"] == 3


def test_steps_that_change_no_read_leave_what_was_counted(tmp_path):
    found = shape(tmp_path, bs.QualityControl(), bs.MinLength(1), bs.Measure())
    assert found["summary"]["after_filtering"] == found["summary"]["before_filtering"]


def test_pairs_have_two_reads(tmp_path):
    mates = [(bases[::-1][:7], scores[:7]) for bases, scores in READS]
    found = shape(tmp_path, bs.QualityControl(), bs.MinLength(5), bs.QualityControl(), mates=mates)
    assert found["summary"]["sequencing"] == "paired end (10 cycles + 7 cycles)"
    assert found["summary"]["before_filtering"]["total_reads"] == 8
    assert found["summary"]["after_filtering"]["read2_mean_length"] == 7
    assert found["filtering_result"]["too_short_reads"] == 2
    assert found["read2_before_filtering"]["total_bases"] == 7 * 3 + 3


def test_merged_reads_have_a_section_of_their_own(tmp_path):
    insert = "ACGGTCATTGCAGGTCCATACGATCGGATTACAGGCTTAACCGTA"
    turned = insert[::-1].translate(str.maketrans("ACGT", "TGCA"))
    other = "TTGACCATGGACCATTACGGATCCAGTTGGCAACTGCCATAGGCT"
    reads = [(insert, "I" * len(insert)), (other, "I" * len(other))]
    mates = [(turned, "I" * len(turned)), (insert, "I" * len(insert))]
    steps = (bs.QualityControl(), bs.MergePairs(), bs.QualityControl())
    found = shape(tmp_path, *steps, reads=reads, mates=mates)
    assert found["merged_and_filtered"]["total_reads"] == 1
    assert found["read1_after_filtering"]["total_reads"] == 1
    assert found["summary"]["after_filtering"]["read1_mean_length"] == len(insert)
    assert "read2_mean_length" not in found["summary"]["after_filtering"]
    assert found["filtering_result"]["passed_filter_reads"] == 4  # as in fastp, both mates count
    assert found["insert_size"]["peak"] == len(insert)
    assert found["insert_size"]["unknown"] == 1


def test_adapters_and_tails(tmp_path):
    adapter = "AGATCGGAAGAGC"
    reads = [("ACGTTGCAAC" + adapter, "I" * 23), ("ACGTTGCAACGGGGGGGGGGGG", "I" * 22)]
    steps = (
        bs.QualityControl(),
        bs.TrimAdapters(adapter=(adapter,), error_rate=0.1),
        bs.TrimPolyG(when="always"),
        bs.QualityControl(),
    )
    command = f"biometal-stream read in.fq trim-adapters --adapter {adapter} 'it'"
    found = shape(tmp_path, *steps, reads=reads, command=command)
    cut = found["adapter_cutting"]
    assert cut["adapter_trimmed_reads"] == 1
    assert cut["adapter_trimmed_bases"] == 13
    assert cut["read1_adapter_sequence"] == adapter
    assert list(cut["read1_adapter_counts"].values()) == [1]
    assert found["polyx_trimming"]["total_polyx_trimmed_reads"] == 1


@pytest.mark.parametrize("length", [1, 999, 1_000, 1_234, 20_000])
def test_curves_of_long_reads_end(tmp_path, length):
    bases = ("ACGT" * 5_000)[:length]
    found = shape(tmp_path, bs.QualityControl(), reads=[(bases, "I" * length)])
    reads = found["read1_before_filtering"]
    assert reads["total_cycles"] == length
    for curve in (*reads["quality_curves"].values(), *reads["content_curves"].values()):
        assert len(curve) == min(length, LAST_CYCLE)


def test_an_empty_run(tmp_path):
    found = shape(tmp_path, bs.QualityControl(), bs.MinLength(5), bs.QualityControl(), reads=[])
    assert found["summary"]["before_filtering"]["total_reads"] == 0
    assert found["filtering_result"]["passed_filter_reads"] == 0


def test_reads_without_qualities_have_no_curves_of_them(tmp_path):
    path = tmp_path / "in.fa"
    path.write_text(">a\nACGT\n>b\nGGGG\n")
    pipeline = bs.read(path) | bs.QualityControl()
    report = pipeline.write_parquet(tmp_path / "out.parquet").document()
    text = fastp_json(report)
    assert "null" not in text  # which MultiQC refuses
    assert "quality_curves" not in text
    assert json.loads(text)["summary"]["before_filtering"]["gc_content"] == 0.75


def test_multiqc_finds_the_file_and_the_sample(tmp_path):
    text = fastp_json(document(tmp_path, bs.QualityControl(), sample="S 1", command="a b"))
    assert any('"before_filtering": {' in line for line in text.split("\n")[:50])
    assert json.loads(text)["command"] == "a b # --report_title S 1"


def test_a_run_without_quality_control_is_refused(tmp_path):
    with pytest.raises(DataError, match="--report, or with quality-control"):
        fastp_json(document(tmp_path, bs.MinLength(1)))


def test_a_sum_of_runs_with_other_steps_counts_what_passed(tmp_path):
    one = document(tmp_path, bs.QualityControl(), bs.MinLength(5), bs.QualityControl())
    two = document(tmp_path, bs.QualityControl(), bs.MaxN(2), bs.QualityControl())
    found = json.loads(fastp_json(added(one, two)))
    assert found["summary"]["before_filtering"]["total_reads"] == 8
    assert found["filtering_result"]["passed_filter_reads"] == 6


@pytest.mark.parametrize("columns", [["name"], ["name", "quality"], ["sequence"]])
def test_reads_without_some_columns(tmp_path, columns):
    table = bs.read_fastq(fastq(tmp_path / "in.fq")).stream().read_all().select(columns)
    reads = bs.from_arrow(table) | bs.QualityControl()
    made = reads.write_parquet(tmp_path / "out.parquet").document()
    read = json.loads(fastp_json(made))["read1_before_filtering"]
    assert read["total_reads"] == 4
    assert ("content_curves" in read) == ("sequence" in columns)
    assert ("quality_curves" in read) == ("quality" in columns)
